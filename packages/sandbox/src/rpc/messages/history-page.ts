import type { Message, PeerId } from '../../state/model.ts';
import { ptsOf } from '../../state/state.ts';
import type { TlObject } from '../../types.ts';
import { intField } from '../fields.ts';
import { boxOf, isChannel } from '../peers.ts';
import type { UserRequest } from '../telegram.ts';
import { messagesWithPeers } from './message-objects.ts';

const MAX_LIMIT = 100;

/**
 * The `messages.Messages` with a page of a chat's messages that `isWanted`, newest first, by Telegram's rules
 * (core.telegram.org/api/offsets).
 */
export function historyAnswer(
  { query, account, telegram: { store } }: UserRequest,
  peer: PeerId,
  isWanted: (message: Message) => boolean = () => true,
): TlObject {
  const mailbox = store.state.boxes.get(boxOf(peer, account.id));
  const messageOf = (id: number): Message | undefined => mailbox?.messages[id - 1];
  const all = (mailbox?.chats.get(peer) ?? []).filter((id) => {
    const message = messageOf(id);
    return message !== undefined && isWanted(message);
  });
  const page = pageOf(query, all.reverse(), messageOf).flatMap((id) => messageOf(id) ?? []);
  const answer = messagesWithPeers(store, account, page);
  const count = all.length;
  if (isChannel(peer))
    return { _: 'messages.channelMessages', pts: ptsOf(store.state, peer), count, ...answer };
  return page.length === count
    ? { _: 'messages.messages', ...answer }
    : { _: 'messages.messagesSlice', count, ...answer };
}

function pageOf(query: TlObject, ids: number[], messageOf: (id: number) => Message | undefined): number[] {
  const offsetId = intField(query, 'offset_id');
  const offsetDate = query['offset_date'] === undefined ? 0 : intField(query, 'offset_date');
  const [maxId, minId] = [intField(query, 'max_id'), intField(query, 'min_id')];
  const isAfterOffset = (id: number): boolean =>
    offsetId > 0 ? id < offsetId : offsetDate === 0 || (messageOf(id)?.date ?? 0) < offsetDate;
  const first = ids.findIndex(isAfterOffset);
  const begin = (first < 0 ? ids.length : first) + intField(query, 'add_offset');
  const end = begin + Math.min(intField(query, 'limit') || MAX_LIMIT, MAX_LIMIT);
  const page = ids.slice(Math.max(0, begin), Math.max(0, end));
  return page.filter((id) => (maxId === 0 || id < maxId) && id > minId);
}
