import type { Account } from '../../../state/model.ts';
import { rpcError } from '../../errors.ts';
import { bytesField, intField, longField } from '../../fields.ts';
import { maxParts } from '../../limits.ts';
import type { UserRequest } from '../../telegram.ts';

/** A part of a file of at most 10 MB. Only the message that uses the file tells how many parts it has. */
export function saveFilePart({ query, account, telegram }: UserRequest): boolean {
  const part = partOf(account, intField(query, 'file_part'));
  const name = { accountId: account.id, fileId: longField(query, 'file_id') };
  telegram.files.savePart(name, part, bytesField(query, 'bytes'), undefined);
  return true;
}

/** A part of a file of any size. A client that does not know yet how many parts there are says -1. */
export function saveBigFilePart({ query, account, telegram }: UserRequest): boolean {
  const part = partOf(account, intField(query, 'file_part'));
  const total = intField(query, 'file_total_parts');
  if (total !== -1 && (total < 1 || total > maxParts(account))) throw rpcError('FILE_PARTS_INVALID');
  if (total !== -1 && part >= total) throw rpcError('FILE_PART_INVALID');
  const isLast = total === -1 ? undefined : part === total - 1;
  const name = { accountId: account.id, fileId: longField(query, 'file_id') };
  telegram.files.savePart(name, part, bytesField(query, 'bytes'), isLast);
  return true;
}

function partOf(account: Account, part: number): number {
  if (part < 0 || part >= maxParts(account)) throw rpcError('FILE_PART_INVALID');
  return part;
}
