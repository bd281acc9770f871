import type { MediaName } from './media-store.ts';

/** A file of Telegram is kept in blocks of this size, the last one apart. Telegram answers within one block. */
export const FILE_BLOCK_BYTES = 1024 * 1024;

/** @param file its key: letters, digits, `_` and `-`. @param block from 0. */
export function blockName(userId: string, file: string, block: number): MediaName {
  return { userId, id: `${file}-${block}` };
}

/** Bytes of a block of a file with `size` bytes. */
export function blockLength(size: number, block: number): number {
  return Math.min(FILE_BLOCK_BYTES, size - block * FILE_BLOCK_BYTES);
}
