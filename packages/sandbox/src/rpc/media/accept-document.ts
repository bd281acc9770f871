import { readImageHeader } from '../../files/image-header.ts';
import type { FileType, StoredFile, Thumbnail } from '../../state/media.ts';
import type { Account } from '../../state/model.ts';
import type { TlObject, TlValue } from '../../types.ts';
import { flagField, objectField, objectList, optionalObject, textField } from '../fields.ts';
import type { Telegram } from '../telegram.ts';
import { newFileId, type NewFile } from './new-file.ts';
import { uploadedFile } from './uploaded-file.ts';

/** A thumbnail is a small JPEG. In bytes. */
const LARGEST_THUMBNAIL = 200 * 1024;

type Details = Partial<StoredFile>;

/**
 * The file in an `inputMediaUploadedDocument`. Its attributes decide the type, unless `force_file` is set.
 *
 * @throws {RpcError} as {@link uploadedFile}.
 */
export function acceptDocument(telegram: Telegram, account: Account, media: TlObject): NewFile {
  const { sha256, size, name } = uploadedFile(telegram, account, objectField(media, 'file'));
  const attributes = new Map(objectList(media, 'attributes').map((attribute) => [attribute._, attribute]));
  const type = flagField(media, 'force_file') ? 'document' : typeOf(attributes);
  const fileName = textOf(attributes.get('documentAttributeFilename')?.['file_name']) ?? name;
  const thumb = optionalObject(media, 'thumb');
  return {
    id: newFileId(),
    type,
    sha256,
    size,
    mimeType: textField(media, 'mime_type') || 'application/octet-stream',
    ...(fileName !== '' && { fileName }),
    ...detailsOf(type, attributes),
    ...(thumb !== undefined && thumbnailOf(telegram, account, thumb)),
  };
}

function typeOf(attributes: ReadonlyMap<string, TlObject>): FileType {
  const [video, audio] = ['Video', 'Audio'].map((name) => attributes.get(`documentAttribute${name}`));
  if (attributes.has('documentAttributeSticker')) return 'sticker';
  if (attributes.has('documentAttributeAnimated')) return 'animation';
  if (video !== undefined) return flagField(video, 'round_message') ? 'video_note' : 'video';
  if (audio !== undefined) return flagField(audio, 'voice') ? 'voice' : 'audio';
  return 'document';
}

function detailsOf(type: FileType, attributes: ReadonlyMap<string, TlObject>): Details {
  const video = attributes.get('documentAttributeVideo');
  const audio = attributes.get('documentAttributeAudio');
  switch (type) {
    case 'video':
    case 'video_note':
    case 'animation':
      return {
        ...sizeOf(video ?? attributes.get('documentAttributeImageSize')),
        ...durationOf(video),
        ...(video !== undefined && flagField(video, 'supports_streaming') && { supportsStreaming: true }),
      };
    case 'audio':
      return { ...durationOf(audio), ...textsOf(audio) };
    case 'voice': {
      const waveform = audio?.['waveform'];
      return {
        ...durationOf(audio),
        ...(waveform instanceof Uint8Array && { waveform: Buffer.from(waveform).toString('hex') }),
      };
    }
    case 'sticker':
      return {
        ...sizeOf(attributes.get('documentAttributeImageSize') ?? video),
        emoji: textOf(attributes.get('documentAttributeSticker')?.['alt']) ?? '',
      };
    case 'document':
    case 'photo':
      return sizeOf(attributes.get('documentAttributeImageSize'));
  }
}

function sizeOf(attribute: TlObject | undefined): Details {
  const [width, height] = [attribute?.['w'], attribute?.['h']];
  return typeof width === 'number' && typeof height === 'number' ? { width, height } : {};
}

function durationOf(attribute: TlObject | undefined): Details {
  const duration = attribute?.['duration'];
  return typeof duration === 'number' ? { duration } : {};
}

function textsOf(audio: TlObject | undefined): Details {
  const [title, performer] = [textOf(audio?.['title']), textOf(audio?.['performer'])];
  return { ...(title !== undefined && { title }), ...(performer !== undefined && { performer }) };
}

/** As at Telegram, a thumbnail that is too large or no picture is ignored. */
function thumbnailOf(telegram: Telegram, account: Account, input: TlObject): { thumbnail?: Thumbnail } {
  const { sha256, size } = uploadedFile(telegram, account, input);
  const header = readImageHeader(telegram.files.read(sha256, 0, size) ?? Buffer.alloc(0));
  if (header === undefined || size > LARGEST_THUMBNAIL) return {};
  return { thumbnail: { sha256, size, width: header.width, height: header.height } };
}

function textOf(value: TlValue): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
