import type { MediaType } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import { inputFile, type FileUpload } from './upload-part.ts';

/** A file to send. All of its parts are at Telegram. */
export interface OutgoingMedia extends FileUpload {
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
}

/** The largest photo that Telegram takes as a photo. */
const LARGEST_PHOTO = 10 * 1024 * 1024;

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

/** The file as a document, if Telegram may take it so after this refusal; else `null`. */
export function asDocument(media: OutgoingMedia, rpcName: string | undefined): OutgoingMedia | null {
  const isRefused = media.type === 'photo' && rpcName !== undefined && NOT_AS_PHOTO.has(rpcName);
  return isRefused ? { ...media, type: 'document' } : null;
}

export function inputMedia(given: OutgoingMedia): Api.TypeInputMedia {
  const media: OutgoingMedia =
    given.type === 'photo' && given.size > LARGEST_PHOTO ? { ...given, type: 'document' } : given;
  const { fileName, mimeType, spoiler = false } = media;
  const file = inputFile(media, fileName);
  if (media.type === 'photo') return new Api.InputMediaUploadedPhoto({ file, spoiler });
  return new Api.InputMediaUploadedDocument({
    file,
    mimeType,
    spoiler,
    attributes: [new Api.DocumentAttributeFilename({ fileName }), ...attributesOf(media)],
    nosoundVideo: media.type === 'animation',
    // Otherwise Telegram shows some documents as photos or videos.
    forceFile: media.type === 'document',
  });
}

function attributesOf(media: OutgoingMedia): Api.TypeDocumentAttribute[] {
  const { type, duration = 0, width: w = 0, height: h = 0, title, performer } = media;
  switch (type) {
    case 'video':
      return [new Api.DocumentAttributeVideo({ duration, w, h, supportsStreaming: true })];
    case 'video_note':
      return [new Api.DocumentAttributeVideo({ duration, w, h, roundMessage: true })];
    case 'animation':
      return [new Api.DocumentAttributeVideo({ duration, w, h }), new Api.DocumentAttributeAnimated()];
    case 'voice':
      return [new Api.DocumentAttributeAudio({ duration: Math.round(duration), voice: true })];
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
    case 'photo':
      return [];
  }
}

/** Whether a message may have this file: a photo or, of the same size, a document. Telegram compresses photos. */
export function hasFile(message: Api.Message, { type, size }: OutgoingMedia): boolean {
  const { media } = message;
  if (media instanceof Api.MessageMediaPhoto) return type === 'photo';
  if (!(media instanceof Api.MessageMediaDocument) || !(media.document instanceof Api.Document)) return false;
  return media.document.size.toJSNumber() === size;
}
