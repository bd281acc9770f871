import type { ThumbnailSize } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import { largestSize, photoSizes, thumbnailOf, type PhotoSize } from './photo-sizes.ts';

/** A file at Telegram, and where to read it. */
export interface LocatedFile {
  /** Names the bytes in the account: letters, digits, `_` and `-`. */
  key: string;
  /** Bytes. */
  size: number;
  mimeType: string;
  fileName: string | null;
  /** The data centre that has it. */
  dcId: number;
  /** Telegram's name of the bytes. It expires; then the message must be read again. */
  location: Api.InputPhotoFileLocation | Api.InputDocumentFileLocation;
}

/** Part of a file, in bytes. It lies within one block of 1 MiB, which Telegram demands. */
export interface FileRange {
  offset: number;
  limit: number;
}

const PICTURE_TYPE = 'image/jpeg';

/**
 * Finds the file of a message's media, or a thumbnail of it.
 * @returns `undefined` if there is none. A location, a contact or a poll has no file.
 */
export function locateFile(
  media: Api.TypeMessageMedia | undefined,
  size: ThumbnailSize | null,
): LocatedFile | undefined {
  if (media instanceof Api.MessageMediaPhoto && media.photo instanceof Api.Photo)
    return inPhoto(media.photo, size);
  if (media instanceof Api.MessageMediaDocument && media.document instanceof Api.Document)
    return size === null ? wholeDocument(media.document) : thumbnailOfDocument(media.document, size);
  return undefined;
}

function inPhoto(photo: Api.Photo, size: ThumbnailSize | null): LocatedFile | undefined {
  const sizes = photoSizes(photo.sizes);
  const found = size === null ? largestSize(sizes) : thumbnailOf(sizes, size);
  return found && picture('p', photo, found, new Api.InputPhotoFileLocation(nameOf(photo, found.type)));
}

function thumbnailOfDocument(document: Api.Document, size: ThumbnailSize): LocatedFile | undefined {
  const found = thumbnailOf(photoSizes(document.thumbs ?? []), size);
  return (
    found && picture('d', document, found, new Api.InputDocumentFileLocation(nameOf(document, found.type)))
  );
}

function picture(
  kind: 'p' | 'd',
  { id, dcId }: Api.Photo | Api.Document,
  { type, size }: PhotoSize,
  location: LocatedFile['location'],
): LocatedFile {
  return {
    key: `${kind}${id.toString()}_${type}`,
    size,
    mimeType: PICTURE_TYPE,
    fileName: null,
    dcId,
    location,
  };
}

function wholeDocument(document: Api.Document): LocatedFile {
  const { id, size, mimeType, attributes, dcId } = document;
  const name = attributes.find((each) => each instanceof Api.DocumentAttributeFilename);
  return {
    key: `d${id.toString()}`,
    size: size.toJSNumber(),
    mimeType,
    fileName: name?.fileName ?? null,
    dcId,
    location: new Api.InputDocumentFileLocation(nameOf(document, '')),
  };
}

function nameOf({ id, accessHash, fileReference }: Api.Photo | Api.Document, thumbSize: string) {
  return { id, accessHash, fileReference, thumbSize };
}
