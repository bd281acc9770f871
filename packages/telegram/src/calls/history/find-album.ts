import { sameTextAs } from '@gateway/contracts';
import type { Api } from 'telegram/tl/index.js';
import type { Asker } from '../../caller.ts';
import { hasFile, type StoredMedia } from '../media/outgoing-media.ts';
import { isInTopic } from '../reply-to.ts';
import type { SentMessage } from '../sent-message.ts';
import { ownByIds } from './bot-history.ts';
import { ownInHistory, type Floor } from './history.ts';
import { unseen } from './sent-before.ts';

/**
 * Searches a chat for an album of this account: its own messages of one group, as many as there are items, each with
 * the text and the file of its item. As `findInHistory`, it prefers the oldest match with `after`, else the newest.
 * @returns its messages, in the order of the items; `undefined` if there is no such album.
 */
export async function findAlbum(
  asker: Asker,
  peer: Api.TypeInputPeer,
  {
    items,
    topicId,
  }: { items: readonly { media: StoredMedia; text: string }[]; topicId?: number | undefined },
  floor: Floor,
  isBot: boolean,
): Promise<SentMessage[] | undefined> {
  // A bot cannot read a chat's history: without an id to search from, it sees nothing.
  if (isBot && floor.after === 0) throw unseen();
  const own = isBot ? await ownByIds(asker, peer, floor.after) : await ownInHistory(asker, peer, floor);
  const isLike = items.map(({ media, text }) => {
    const isSame = sameTextAs(text);
    return (message: Api.Message) =>
      isSame(message.message) && hasFile(message, media) && isInTopic(message, topicId);
  });
  const groups = new Map<string, Api.Message[]>();
  for (const message of own.toSorted((a, b) => a.id - b.id)) {
    const group = message.groupedId?.toString() ?? '';
    groups.set(group, [...(groups.get(group) ?? []), message]);
  }
  groups.delete('');
  const albums = [...groups.values()].filter(
    (group) => group.length === items.length && group.every((message, index) => isLike[index]?.(message)),
  );
  const album = floor.after === 0 ? albums.at(-1) : albums[0];
  return album?.map((message) => ({ id: message.id, date: message.date, message }));
}
