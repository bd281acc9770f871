import type { StoredFile } from '../../../state/media.ts';
import type { Account } from '../../../state/model.ts';
import type { TlObject } from '../../../types.ts';
import { rpcError } from '../../errors.ts';
import { flagField, intField, longField, objectField, textField } from '../../fields.ts';
import { photoSizeType, THUMBNAIL_TYPE } from '../../media/file-objects.ts';
import { fileOfInput } from '../../media/file-references.ts';
import type { Telegram, UserRequest } from '../../telegram.ts';

const KB = 1024;
/** One answer lies within one block of this size. */
const BLOCK = 1024 * KB;

/** A part of a file. Only the file's data centre has it. */
export function getFile({ call, query, account, telegram }: UserRequest): TlObject {
  const location = objectField(query, 'location');
  const file = locatedFile(telegram, account, location);
  if (file.dcId !== call.dcId) throw rpcError(`FILE_MIGRATE_${file.dcId}`);
  const { sha256, mimeType } = bytesWanted(file, textField(location, 'thumb_size'));
  const { offset, limit } = rangeOf(query);
  const bytes = telegram.files.read(sha256, offset, limit);
  if (bytes === undefined) throw rpcError('LOCATION_INVALID');
  return { _: 'upload.file', type: { _: fileTypeOf(mimeType) }, mtime: file.date, bytes };
}

function locatedFile(telegram: Telegram, account: Account, location: TlObject): StoredFile {
  const isPhoto = location._ === 'inputPhotoFileLocation';
  if (!isPhoto && location._ !== 'inputDocumentFileLocation') throw rpcError('LOCATION_INVALID');
  const file = fileOfInput(telegram, account, location, 'FILE_ID_INVALID');
  if ((file.type === 'photo') !== isPhoto) throw rpcError('LOCATION_INVALID');
  return file;
}

/** The bytes of a thumbnail, or of the file itself. */
function bytesWanted(file: StoredFile, size: string): { sha256: string; mimeType: string } {
  const { type, thumbnail } = file;
  if (type === 'photo' ? size === photoSizeType(file) : size === '') return file;
  if (type === 'photo' || thumbnail === undefined || size !== THUMBNAIL_TYPE)
    throw rpcError('LOCATION_INVALID');
  return { sha256: thumbnail.sha256, mimeType: 'image/jpeg' };
}

/** By the rules of core.telegram.org/api/files#downloading-files. @throws {RpcError} OFFSET_INVALID, LIMIT_INVALID. */
function rangeOf(query: TlObject): { offset: number; limit: number } {
  const [offset, limit] = [Number(longField(query, 'offset')), intField(query, 'limit')];
  const isPrecise = flagField(query, 'precise');
  const unit = isPrecise ? KB : 4 * KB;
  if (offset < 0 || offset % unit !== 0) throw rpcError('OFFSET_INVALID');
  const isInBlock = Math.floor(offset / BLOCK) === Math.floor((offset + limit - 1) / BLOCK);
  if (limit <= 0 || limit % unit !== 0 || !isInBlock) throw rpcError('LIMIT_INVALID');
  if (!isPrecise && BLOCK % limit !== 0) throw rpcError('LIMIT_INVALID');
  return { offset, limit };
}

const FILE_TYPES: Readonly<Record<string, string>> = {
  'image/jpeg': 'storage.fileJpeg',
  'image/png': 'storage.filePng',
  'image/gif': 'storage.fileGif',
  'image/webp': 'storage.fileWebp',
  'application/pdf': 'storage.filePdf',
  'audio/mpeg': 'storage.fileMp3',
  'video/quicktime': 'storage.fileMov',
  'video/mp4': 'storage.fileMp4',
};

function fileTypeOf(mimeType: string): string {
  return FILE_TYPES[mimeType] ?? 'storage.fileUnknown';
}
