import { createHash } from 'node:crypto';
import type { UploadedBytes } from '../../files/upload.ts';
import type { Account } from '../../state/model.ts';
import type { TlObject } from '../../types.ts';
import { rpcError } from '../errors.ts';
import { intField, longField, textField } from '../fields.ts';
import { maxParts } from '../limits.ts';
import type { Telegram } from '../telegram.ts';

/** A larger file must be uploaded by `upload.saveBigFilePart`. In bytes. */
const LARGEST_SMALL_FILE = 10 * 2 ** 20;

export interface UploadedFile extends UploadedBytes {
  /** The name that the client gives the file; may be empty. */
  name: string;
}

/**
 * Stores the file that an `InputFile` names.
 *
 * @throws {RpcError} FILE_PARTS_INVALID, FILE_PART_X_MISSING, MD5_CHECKSUM_INVALID, INPUT_FILE_INVALID.
 */
export function uploadedFile(
  { files, fileFaults }: Telegram,
  account: Account,
  input: TlObject,
): UploadedFile {
  if (input._ !== 'inputFile' && input._ !== 'inputFileBig') throw rpcError('INPUT_FILE_INVALID');
  const parts = intField(input, 'parts');
  if (parts < 1 || parts > maxParts(account)) throw rpcError('FILE_PARTS_INVALID');
  const upload = { accountId: account.id, fileId: longField(input, 'id') };
  if (fileFaults.take('missing_parts', account.id)) files.forgetUpload(upload);
  const stored = files.storeUpload(upload, parts);
  if (input._ === 'inputFile') {
    if (stored.size > LARGEST_SMALL_FILE) throw rpcError('FILE_PARTS_INVALID');
    const expected = textField(input, 'md5_checksum').toLowerCase();
    if (expected !== '' && expected !== md5(files.read(stored.sha256, 0, stored.size)))
      throw rpcError('MD5_CHECKSUM_INVALID');
  }
  return { ...stored, name: textField(input, 'name') };
}

function md5(bytes: Buffer = Buffer.alloc(0)): string {
  return createHash('md5').update(bytes).digest('hex');
}
