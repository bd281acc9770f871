import type { StoredFile } from '../../state/media.ts';
import type { Store } from '../../state/store.ts';
import type { TlObject } from '../../types.ts';
import { derivedLong } from '../accounts.ts';
import { rpcError } from '../errors.ts';
import { bytesField, longField } from '../fields.ts';

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
export function fileOfInput(store: Store, viewerId: number, input: TlObject, invalid: string): StoredFile {
  const file = store.state.files.get(String(longField(input, 'id')));
  if (file === undefined || longField(input, 'access_hash') !== fileAccessHash(store, viewerId, file))
    throw rpcError(invalid);
  const given = bytesField(input, 'file_reference');
  if (given.length === 0) throw rpcError('FILE_REFERENCE_EMPTY');
  if (given.equals(fileReference(store, file))) return file;
  const expired = store.state.expiredReferences.get(file.id) ?? 0;
  const number = given.length === REFERENCE_LENGTH ? given.readUInt32BE(1) : expired;
  const isOld = number < expired && given.equals(referenceOf(store, file.id, number));
  throw rpcError(isOld ? 'FILE_REFERENCE_EXPIRED' : 'FILE_REFERENCE_INVALID');
}

const REFERENCE_LENGTH = 13;

function referenceOf(store: Store, id: string, number: number): Buffer {
  const reference = Buffer.alloc(REFERENCE_LENGTH);
  reference.writeUInt32BE(number, 1);
  reference.writeBigInt64BE(derivedLong(store, `reference ${id} ${number}`), 5);
  return reference;
}
