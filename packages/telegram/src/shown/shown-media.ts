import type { ShownMedia } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import { largestSize, photoSizes } from '../files/photo-sizes.ts';

const NO_FILE = {
  file_id: null,
  size: null,
  mime_type: null,
  file_name: null,
  width: null,
  height: null,
  duration: null,
} as const;

/**
 * Converts a message's media to the API's form; `null` where there is none. A link's preview does not count.
 * @param fileIdOf gives the id of the message's file.
 */
export function shownMedia(
  media: Api.TypeMessageMedia | undefined,
  fileIdOf: () => string,
): ShownMedia | null {
  if (media instanceof Api.MessageMediaPhoto) return photo(media.photo, fileIdOf());
  if (media instanceof Api.MessageMediaDocument) return document(media, fileIdOf());
  if (!media || media instanceof Api.MessageMediaEmpty) return null;
  if (media instanceof Api.MessageMediaWebPage) return null;
  return { ...NO_FILE, type: kindOf(media) };
}

function kindOf(media: Api.TypeMessageMedia): ShownMedia['type'] {
  if (
    media instanceof Api.MessageMediaGeo ||
    media instanceof Api.MessageMediaGeoLive ||
    media instanceof Api.MessageMediaVenue
  )
    return 'location';
  if (media instanceof Api.MessageMediaContact) return 'contact';
  return media instanceof Api.MessageMediaPoll ? 'poll' : 'other';
}

/** A photo that has destroyed itself is empty. */
function photo(given: Api.TypePhoto | undefined, fileId: string): ShownMedia {
  if (!(given instanceof Api.Photo)) return { ...NO_FILE, type: 'photo' };
  const { size = null, w: width = null, h: height = null } = largestSize(photoSizes(given.sizes)) ?? {};
  return { ...NO_FILE, type: 'photo', file_id: fileId, size, mime_type: 'image/jpeg', width, height };
}

function document(media: Api.MessageMediaDocument, fileId: string): ShownMedia {
  const given = media.document;
  if (!(given instanceof Api.Document)) return { ...NO_FILE, type: 'document' };
  const find = <T extends Api.TypeDocumentAttribute>(type: new (...args: never[]) => T): T | undefined =>
    given.attributes.find((each): each is T => each instanceof type);
  const video = find(Api.DocumentAttributeVideo);
  const audio = find(Api.DocumentAttributeAudio);
  const shape = video ?? find(Api.DocumentAttributeImageSize);
  return {
    type: typeOf(given),
    file_id: fileId,
    size: given.size.toJSNumber(),
    mime_type: given.mimeType || null,
    file_name: find(Api.DocumentAttributeFilename)?.fileName ?? null,
    width: shape?.w ?? null,
    height: shape?.h ?? null,
    duration: video?.duration ?? audio?.duration ?? null,
  };
}

function typeOf({ attributes }: Api.Document): ShownMedia['type'] {
  const has = (type: new (...args: never[]) => Api.TypeDocumentAttribute) =>
    attributes.some((each) => each instanceof type);
  if (has(Api.DocumentAttributeSticker)) return 'sticker';
  if (has(Api.DocumentAttributeAnimated)) return 'animation';
  const audio = attributes.find((each) => each instanceof Api.DocumentAttributeAudio);
  if (audio !== undefined) return audio.voice === true ? 'voice' : 'audio';
  const video = attributes.find((each) => each instanceof Api.DocumentAttributeVideo);
  if (video === undefined) return 'document';
  return video.roundMessage === true ? 'video_note' : 'video';
}
