import { randomBytes } from 'node:crypto';
import type { StoredFile } from '../../state/media.ts';

/** A file before "Telegram" notes when and where it is stored. */
export type NewFile = Omit<StoredFile, 'date' | 'dcId'>;

/** A positive 64-bit number in decimal. */
export function newFileId(): string {
  return String(BigInt.asUintN(62, randomBytes(8).readBigInt64LE()) | 1n);
}
