import type { Media } from '../state/media.ts';
import type { Store } from '../state/store.ts';

/** A message's media. Only files have a size. */
export interface MediaView {
  /** `photo`, `video`, `animation`, `audio`, `voice`, `video_note`, `document` or `sticker`. */
  type: string;
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
  /** The media has a thumbnail of its own. */
  thumbnail?: true;
}

export function mediaView({ state }: Store, { fileId, spoiler }: Media): MediaView {
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
