import { randomBytes } from 'node:crypto';
import type { FileType, Media } from '../../state/media.ts';
import type { Store } from '../../state/store.ts';
import { rpcError } from '../errors.ts';
import { fileTypeOf } from './media-type.ts';

/** Telegram's largest album. */
const MAX_ITEMS = 10;

/** Files of one group can be in an album together. Other types cannot be in an album. */
const GROUPS: Partial<Record<FileType, string>> = {
  photo: 'visual',
  video: 'visual',
  audio: 'audio',
  document: 'documents',
};

/** A signed 64-bit number in decimal. */
export function newGroupedId(): string {
  return String(randomBytes(8).readBigInt64LE() | 1n);
}

/** @throws {RpcError} MEDIA_EMPTY, MULTI_MEDIA_TOO_LONG. */
export function checkAlbumLength(count: number): void {
  if (count === 0) throw rpcError('MEDIA_EMPTY');
  if (count > MAX_ITEMS) throw rpcError('MULTI_MEDIA_TOO_LONG');
}

/** Undefined for media that cannot be in an album. */
export function albumGroup(store: Store, media: Media): string | undefined {
  const type = fileTypeOf(store, media);
  return type === undefined ? undefined : GROUPS[type];
}

/** @throws {RpcError} MEDIA_GROUPED_INVALID unless the media can be in one album. */
export function checkAlbum(store: Store, items: readonly Media[]): void {
  const groups = new Set(items.map((media) => albumGroup(store, media)));
  if (items.length > 1 && (groups.size > 1 || groups.has(undefined))) throw rpcError('MEDIA_GROUPED_INVALID');
}
