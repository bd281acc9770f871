import { readImageHeader } from '../../files/image-header.ts';
import type { Account } from '../../state/model.ts';
import type { TlObject } from '../../types.ts';
import { rpcError } from '../errors.ts';
import { objectField } from '../fields.ts';
import type { Telegram } from '../telegram.ts';
import { newFileId, type NewFile } from './new-file.ts';
import { uploadedFile } from './uploaded-file.ts';

/** In bytes. */
export const LARGEST_PHOTO = 10 * 2 ** 20;
/** Width and height together, in pixels. */
const MAX_DIMENSIONS = 10_000;
const MAX_RATIO = 20;
const EXTENSIONS = new Set(['jpg', 'jpeg', 'png', 'gif', 'webp', 'bmp']);
/** A header may follow a long block of metadata. In bytes. */
const LONGEST_HEADER = 2 ** 20;

/**
 * The photo in an `inputMediaUploadedPhoto`. Unlike Telegram, the sandbox keeps the bytes as they are.
 *
 * @throws {RpcError} PHOTO_EXT_INVALID, PHOTO_SAVE_FILE_INVALID, IMAGE_PROCESS_FAILED, PHOTO_INVALID_DIMENSIONS, and as
 *   {@link uploadedFile}.
 */
export function acceptPhoto(telegram: Telegram, account: Account, media: TlObject): NewFile {
  const { name, sha256, size } = uploadedFile(telegram, account, objectField(media, 'file'));
  const extension = /\.([^./\\]+)$/.exec(name)?.[1];
  if (extension !== undefined && !EXTENSIONS.has(extension.toLowerCase()))
    throw rpcError('PHOTO_EXT_INVALID');
  if (size > LARGEST_PHOTO) throw rpcError('PHOTO_SAVE_FILE_INVALID');
  const header = readImageHeader(telegram.files.read(sha256, 0, LONGEST_HEADER) ?? Buffer.alloc(0));
  if (header === undefined) throw rpcError('IMAGE_PROCESS_FAILED');
  const { width, height, mimeType } = header;
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  if (short === 0 || long > short * MAX_RATIO || width + height > MAX_DIMENSIONS)
    throw rpcError('PHOTO_INVALID_DIMENSIONS');
  const named = name === '' ? {} : { fileName: name };
  return { id: newFileId(), type: 'photo', sha256, size, mimeType, width, height, ...named };
}
