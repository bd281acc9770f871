import type { FileMedia, FileType, Media } from '../state/media.ts';
import type { Store } from '../state/store.ts';

/** A message's media. Each type has fields of its own. */
export interface MediaView {
  type: FileType | 'location' | 'contact' | 'poll';
  /** In bytes; only files have it. */
  size?: number;
  /** Hex, of the bytes that were uploaded. */
  sha256?: string;
  mime_type?: string;
  file_name?: string;
  /** Pixels. */
  width?: number;
  height?: number;
  /** Seconds. */
  duration?: number;
  title?: string;
  performer?: string;
  spoiler?: true;
  /** The file has a thumbnail of its own. */
  thumbnail?: true;
  latitude?: number;
  longitude?: number;
  /** Metres. */
  accuracy?: number;
  live_seconds?: number;
  phone_number?: string;
  first_name?: string;
  last_name?: string;
  question?: string;
  options?: string[];
  multiple?: boolean;
  anonymous?: boolean;
  /** The index of the right option, of a quiz. */
  correct_option?: number;
}

export function mediaView(store: Store, media: Media): MediaView {
  switch (media.kind) {
    case 'file':
      return fileView(store, media);
    case 'location': {
      const { kind: type, latitude, longitude, accuracy, liveSeconds } = media;
      return {
        type,
        latitude,
        longitude,
        ...(accuracy !== undefined && { accuracy }),
        ...(liveSeconds !== undefined && { live_seconds: liveSeconds }),
      };
    }
    case 'contact': {
      const { kind: type, phone, firstName, lastName } = media;
      const name = { first_name: firstName, ...(lastName !== '' && { last_name: lastName }) };
      return { type, phone_number: phone, ...name };
    }
    case 'poll': {
      const { kind: type, question, options, correctOption, isMultiple = false, isPublic } = media;
      return {
        type,
        question,
        options: options.map(({ text }) => text),
        multiple: isMultiple,
        anonymous: isPublic !== true,
        ...(correctOption !== undefined && { correct_option: correctOption }),
      };
    }
  }
}

function fileView({ state }: Store, { fileId, spoiler }: FileMedia): MediaView {
  const file = state.files.get(fileId);
  if (file === undefined) throw new Error(`there is no file ${fileId}`);
  const { type, size, sha256, mimeType, fileName, width, height, duration, title, performer, thumbnail } =
    file;
  return {
    type,
    size,
    sha256,
    mime_type: mimeType,
    ...(fileName !== undefined && { file_name: fileName }),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(duration !== undefined && { duration }),
    ...(title !== undefined && { title }),
    ...(performer !== undefined && { performer }),
    ...(spoiler === true && { spoiler }),
    ...(thumbnail !== undefined && { thumbnail: true }),
  };
}
