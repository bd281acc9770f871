import type { FileMedia, FileType, StoredFile, Thumbnail } from '../../state/media.ts';
import type { Store } from '../../state/store.ts';
import type { TlObject } from '../../types.ts';
import { fileAccessHash, fileReference } from './file-references.ts';

/** The `MessageMedia` of a file as one account sees it. */
export function fileMediaObject(store: Store, viewerId: number, media: FileMedia): TlObject {
  const file = store.state.files.get(media.fileId);
  return file === undefined ? { _: 'messageMediaEmpty' } : fileObject(store, viewerId, media, file);
}

function fileObject(
  store: Store,
  viewerId: number,
  { spoiler, ttl: ttl_seconds }: FileMedia,
  file: StoredFile,
): TlObject {
  const common = { spoiler, ttl_seconds };
  if (file.type === 'photo')
    return { _: 'messageMediaPhoto', ...common, photo: photoObject(store, viewerId, file) };
  return {
    _: 'messageMediaDocument',
    ...common,
    video: file.type === 'video' || file.type === 'animation',
    round: file.type === 'video_note',
    voice: file.type === 'voice',
    document: documentObject(store, viewerId, file),
  };
}

function photoObject(store: Store, viewerId: number, file: StoredFile): TlObject {
  const { width: w = 0, height: h = 0, size } = file;
  return {
    _: 'photo',
    ...fileFields(store, viewerId, file),
    sizes: [{ _: 'photoSize', type: photoSizeType(file), w, h, size }],
  };
}

/** The sandbox makes no smaller sizes: the only one has the bytes that were uploaded. */
export function photoSizeType({ width = 0, height = 0 }: StoredFile): string {
  return Math.max(width, height) <= 800 ? 'x' : 'y';
}

/** The type of a document's only thumbnail. */
export const THUMBNAIL_TYPE = 'm';

function documentObject(store: Store, viewerId: number, file: StoredFile): TlObject {
  return {
    _: 'document',
    ...fileFields(store, viewerId, file),
    mime_type: file.mimeType,
    size: BigInt(file.size),
    thumbs: file.thumbnail && [thumbnailObject(file.thumbnail)],
    attributes: attributesOf(file),
  };
}

function fileFields(
  store: Store,
  viewerId: number,
  file: StoredFile,
): Record<string, bigint | Buffer | number> {
  return {
    id: BigInt(file.id),
    access_hash: fileAccessHash(store, viewerId, file),
    file_reference: fileReference(store, file),
    date: file.date,
    dc_id: file.dcId,
  };
}

function thumbnailObject({ width: w, height: h, size }: Thumbnail): TlObject {
  return { _: 'photoSize', type: THUMBNAIL_TYPE, w, h, size };
}

function attributesOf(file: StoredFile): TlObject[] {
  const { fileName, width, height } = file;
  const name = fileName === undefined ? [] : [{ _: 'documentAttributeFilename', file_name: fileName }];
  const imageSize =
    width === undefined ? [] : [{ _: 'documentAttributeImageSize', w: width, h: height ?? width }];
  return [...ATTRIBUTES[file.type](file, imageSize), ...name];
}

const ATTRIBUTES: Record<FileType, (file: StoredFile, imageSize: TlObject[]) => TlObject[]> = {
  photo: () => [],
  document: (_file, imageSize) => imageSize,
  video: (file) => [videoAttribute(file)],
  video_note: (file) => [videoAttribute(file)],
  animation: (file) => [videoAttribute(file), { _: 'documentAttributeAnimated' }],
  audio: (file) => [audioAttribute(file)],
  voice: (file) => [audioAttribute(file)],
  sticker: ({ emoji = '' }, imageSize) => [
    ...imageSize,
    { _: 'documentAttributeSticker', alt: emoji, stickerset: { _: 'inputStickerSetEmpty' } },
  ],
};

function videoAttribute({
  type,
  width: w = 0,
  height: h = 0,
  duration = 0,
  supportsStreaming,
}: StoredFile): TlObject {
  return {
    _: 'documentAttributeVideo',
    round_message: type === 'video_note',
    nosound: type === 'animation',
    supports_streaming: supportsStreaming,
    duration,
    w,
    h,
  };
}

function audioAttribute({ type, duration = 0, title, performer, waveform }: StoredFile): TlObject {
  return {
    _: 'documentAttributeAudio',
    voice: type === 'voice',
    duration: Math.round(duration),
    title,
    performer,
    waveform: waveform === undefined ? undefined : Buffer.from(waveform, 'hex'),
  };
}
