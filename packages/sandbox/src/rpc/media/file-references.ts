import type { StoredFile } from '../../state/media.ts';
import type { Account } from '../../state/model.ts';
import type { Store } from '../../state/store.ts';
import type { TlObject } from '../../types.ts';
import { derivedLong } from '../accounts.ts';
import { rpcError } from '../errors.ts';
import { bytesField, longField } from '../fields.ts';
import type { Telegram } from '../telegram.ts';

const REFERENCE_LENGTH = 13;

/** The access hash of a file for one account. */
export function fileAccessHash(store: Store, viewerId: number, { id }: StoredFile): bigint {
  return derivedLong(store, `file ${viewerId} ${id}`);
}

/** The bytes that a client must show beside a file's id. They change when the file's references expire. */
export function fileReference(store: Store, { id }: StoredFile): Buffer {
  return referenceOf(store, id, store.state.expiredReferences.get(id) ?? 0);
}

/**
 * The file that an `InputPhoto`, an `InputDocument` or an `InputFileLocation` names.
 *
 * @param invalid the error for an unknown id or a wrong access hash.
 * @throws {RpcError} FILE_REFERENCE_EMPTY, FILE_REFERENCE_EXPIRED, FILE_REFERENCE_INVALID.
 */
export function fileOfInput(
  { store, fileFaults }: Telegram,
  account: Account,
  input: TlObject,
  invalid: string,
): StoredFile {
  const file = store.state.files.get(String(longField(input, 'id')));
  if (file === undefined || longField(input, 'access_hash') !== fileAccessHash(store, account.id, file))
    throw rpcError(invalid);
  const given = bytesField(input, 'file_reference');
  if (given.length === 0) throw rpcError('FILE_REFERENCE_EMPTY');
  if (!isReference(store, file, given)) throw rpcError('FILE_REFERENCE_INVALID');
  if (fileFaults.take('expired_reference', account.id))
    store.commit({ type: 'references_expired', fileId: file.id, times: 1 });
  if (!given.equals(fileReference(store, file))) throw rpcError('FILE_REFERENCE_EXPIRED');
  return file;
}

/** The `InputMedia` by which an account sends a stored file. */
export function inputMediaOf(store: Store, accountId: number, file: StoredFile): TlObject {
  const id = {
    _: file.type === 'photo' ? 'inputPhoto' : 'inputDocument',
    id: BigInt(file.id),
    access_hash: fileAccessHash(store, accountId, file),
    file_reference: fileReference(store, file),
  };
  return { _: file.type === 'photo' ? 'inputMediaPhoto' : 'inputMediaDocument', id };
}

/** Whether the bytes are a reference to the file, expired or not. */
function isReference(store: Store, { id }: StoredFile, given: Buffer): boolean {
  if (given.length !== REFERENCE_LENGTH) return false;
  const number = given.readUInt32BE(1);
  return (
    number <= (store.state.expiredReferences.get(id) ?? 0) && given.equals(referenceOf(store, id, number))
  );
}

function referenceOf(store: Store, id: string, number: number): Buffer {
  const reference = Buffer.alloc(REFERENCE_LENGTH);
  reference.writeUInt32BE(number, 1);
  reference.writeBigInt64BE(derivedLong(store, `reference ${id} ${number}`), 5);
  return reference;
}
