import type { FileType, Media } from '../../state/media.ts';
import type { Message } from '../../state/model.ts';
import type { Store } from '../../state/store.ts';
import { rpcError } from '../errors.ts';
import { albumGroup } from './albums.ts';
import { fileTypeOf } from './media-type.ts';

/** Telegram lets clients edit only messages with these files. */
const EDITABLE = new Set<FileType>(['photo', 'video', 'animation', 'audio', 'document']);

/**
 * A text can become media, and a live location moves. An item of an album stays one.
 *
 * @throws {RpcError} MEDIA_PREV_INVALID, MEDIA_NEW_INVALID, MEDIA_GROUPED_INVALID.
 */
export function checkReplacement(store: Store, { media: before, groupedId }: Message, after: Media): void {
  if (before !== undefined && isLive(before) && isLive(after)) return;
  if (before !== undefined && !isEditable(store, before)) throw rpcError('MEDIA_PREV_INVALID');
  if (!isEditable(store, after)) throw rpcError('MEDIA_NEW_INVALID');
  const isAlbum = groupedId !== undefined && before !== undefined;
  if (isAlbum && albumGroup(store, before) !== albumGroup(store, after))
    throw rpcError('MEDIA_GROUPED_INVALID');
}

function isLive(media: Media): boolean {
  return media.kind === 'location' && media.liveSeconds !== undefined;
}

function isEditable(store: Store, media: Media): boolean {
  const type = fileTypeOf(store, media);
  return type !== undefined && EDITABLE.has(type);
}
