import type { MediaType, StoredFile } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import { inputFile, type FileUpload } from './upload-part.ts';

/** A file that a message can have. */
export type OutgoingMedia = UploadedMedia | StoredMedia;

/** A file that Telegram stores. */
export interface StoredMedia {
  stored: StoredFile;
  spoiler?: boolean | undefined;
}

/** A file all of whose parts are at Telegram. */
export interface UploadedMedia extends FileUpload {
  type: MediaType;
  fileName: string;
  mimeType: string;
  spoiler?: boolean | undefined;
  /** Seconds. */
  duration?: number | undefined;
  width?: number | undefined;
  height?: number | undefined;
  title?: string | undefined;
  performer?: string | undefined;
  /** Of a voice note, in base64. */
  waveform?: string | undefined;
  /** A small JPEG, whose only part is at Telegram. Not of a photo. */
  thumbnail?: FileUpload | undefined;
}

/** The largest photo that Telegram takes as a photo, in bytes. */
export const LARGEST_PHOTO = 10 * 1024 * 1024;

/** Refusals of a photo that Telegram takes as a document. */
const NOT_AS_PHOTO = new Set([
  'PHOTO_SAVE_FILE_INVALID',
  'PHOTO_INVALID_DIMENSIONS',
  'PHOTO_EXT_INVALID',
  'IMAGE_PROCESS_FAILED',
]);

/** Telegram no longer has all parts of the file: it must be uploaded again. */
const PARTS_MISSING = /^(FILE_PART_\d+_MISSING|FILE_PARTS_INVALID|FILE_ID_INVALID|FILE_REFERENCE_\w+)$/;

export function arePartsMissing(rpcName: string | undefined): boolean {
  return rpcName !== undefined && PARTS_MISSING.test(rpcName);
}

/** Whether Telegram refuses a file only as a photo, and may take it as a document. */
export function refusesAsPhoto(rpcName: string | undefined): boolean {
  return rpcName !== undefined && NOT_AS_PHOTO.has(rpcName);
}

/** The file as a document, if Telegram may take it so after this refusal; else `null`. */
export function asDocument(media: OutgoingMedia, rpcName: string | undefined): UploadedMedia | null {
  if ('stored' in media || media.type !== 'photo' || !refusesAsPhoto(rpcName)) return null;
  return { ...media, type: 'document' };
}

export function inputMedia(media: OutgoingMedia): Api.TypeInputMedia {
  return 'stored' in media ? inputStored(media) : inputUploaded(media);
}

function inputStored({ stored, spoiler = false }: StoredMedia): Api.TypeInputMedia {
  const file = {
    id: bigInt(stored.id),
    accessHash: bigInt(stored.accessHash),
    fileReference: Buffer.from(stored.fileReference, 'base64'),
  };
  return stored.kind === 'photo'
    ? new Api.InputMediaPhoto({ id: new Api.InputPhoto(file), spoiler })
    : new Api.InputMediaDocument({ id: new Api.InputDocument(file), spoiler });
}

function inputUploaded(given: UploadedMedia): Api.TypeInputMedia {
  const media: UploadedMedia =
    given.type === 'photo' && given.size > LARGEST_PHOTO ? { ...given, type: 'document' } : given;
  const { fileName, mimeType, spoiler = false, thumbnail } = media;
  const file = inputFile(media, fileName);
  if (media.type === 'photo') return new Api.InputMediaUploadedPhoto({ file, spoiler });
  return new Api.InputMediaUploadedDocument({
    file,
    ...(thumbnail !== undefined && { thumb: inputFile(thumbnail, 'thumbnail.jpg') }),
    mimeType,
    spoiler,
    attributes: [new Api.DocumentAttributeFilename({ fileName }), ...attributesOf(media)],
    // Otherwise Telegram makes animations of videos without sound.
    nosoundVideo: media.type === 'video' || media.type === 'video_note',
    // Otherwise Telegram shows some documents as photos or videos.
    forceFile: media.type === 'document',
  });
}

function attributesOf(media: UploadedMedia): Api.TypeDocumentAttribute[] {
  const { type, duration = 0, width: w = 0, height: h = 0, title, performer, waveform } = media;
  switch (type) {
    case 'video':
      return [new Api.DocumentAttributeVideo({ duration, w, h, supportsStreaming: true })];
    case 'video_note':
      return [new Api.DocumentAttributeVideo({ duration, w, h, roundMessage: true })];
    case 'animation':
      return [new Api.DocumentAttributeVideo({ duration, w, h }), new Api.DocumentAttributeAnimated()];
    case 'voice':
      return [
        new Api.DocumentAttributeAudio({
          duration: Math.round(duration),
          voice: true,
          ...(waveform !== undefined && { waveform: Buffer.from(waveform, 'base64') }),
        }),
      ];
    case 'audio':
      return [
        new Api.DocumentAttributeAudio({
          duration: Math.round(duration),
          ...(title !== undefined && { title }),
          ...(performer !== undefined && { performer }),
        }),
      ];
    case 'sticker':
      return [
        new Api.DocumentAttributeImageSize({ w, h }),
        new Api.DocumentAttributeSticker({ alt: '', stickerset: new Api.InputStickerSetEmpty() }),
      ];
    case 'document':
      return w > 0 && h > 0 ? [new Api.DocumentAttributeImageSize({ w, h })] : [];
    case 'photo':
      return [];
  }
}

/** Whether a message may have this file: a photo or, of the same size, a document. Telegram compresses photos. */
export function hasFile({ media }: Api.Message, file: OutgoingMedia): boolean {
  const { isPhoto, size } = shapeOf(file);
  if (media instanceof Api.MessageMediaPhoto) return isPhoto;
  if (!(media instanceof Api.MessageMediaDocument) || !(media.document instanceof Api.Document)) return false;
  return media.document.size.toJSNumber() === size;
}

function shapeOf(file: OutgoingMedia): { isPhoto: boolean; size: number } {
  return 'stored' in file
    ? { isPhoto: file.stored.kind === 'photo', size: file.stored.size }
    : { isPhoto: file.type === 'photo', size: file.size };
}
