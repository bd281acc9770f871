/** What a message carries beside its text. All of it is plain JSON data, because it is stored in a journal. */

export type FileType =
  | 'photo'
  | 'video'
  | 'animation'
  | 'audio'
  | 'voice'
  | 'video_note'
  | 'document'
  | 'sticker';

/** An uploaded file, as "Telegram" knows it. The bytes are in the `FileStore`. */
export interface StoredFile {
  /** A positive 64-bit number in decimal. */
  id: string;
  type: FileType;
  /** Hex, of the bytes that were uploaded. */
  sha256: string;
  size: number;
  mimeType: string;
  fileName?: string;
  /** Unix seconds. */
  date: number;
  /** The data centre that serves the file. */
  dcId: number;
  width?: number;
  height?: number;
  /** Seconds. */
  duration?: number;
  /** Only for audio. */
  title?: string;
  /** Only for audio. */
  performer?: string;
  /** Hex; only for voice. */
  waveform?: string;
  /** Only for videos. */
  supportsStreaming?: true;
  /** Only for stickers. */
  emoji?: string;
  thumbnail?: Thumbnail;
}

export interface Thumbnail {
  /** Hex. */
  sha256: string;
  size: number;
  width: number;
  height: number;
}

/** A message's file. */
export interface FileMedia {
  kind: 'file';
  /** Of a {@link StoredFile}. */
  fileId: string;
  spoiler?: true;
  /** Seconds after which the file goes once it has been seen. */
  ttl?: number;
}

export interface LocationMedia {
  kind: 'location';
  latitude: number;
  longitude: number;
  /** Metres. */
  accuracy?: number;
  /** Seconds; only for a live location. */
  liveSeconds?: number;
  /** Degrees from north, 1 to 360. */
  heading?: number;
}

export interface ContactMedia {
  kind: 'contact';
  /** As the client wrote it. */
  phone: string;
  firstName: string;
  lastName: string;
  vcard: string;
}

export interface PollMedia {
  kind: 'poll';
  /** A positive 64-bit number in decimal. */
  pollId: string;
  question: string;
  options: PollOption[];
  /** The index of the right option, of a quiz. */
  correctOption?: number;
  /** Told with the result of a quiz. */
  solution?: string;
  isMultiple?: true;
  /** Everybody sees who voted for what. */
  isPublic?: true;
  isClosed?: true;
}

interface PollOption {
  text: string;
  /** Hex: the bytes that name the option in a vote. */
  data: string;
}

export type Media = FileMedia | LocationMedia | ContactMedia | PollMedia;
