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
  const { begin, ids } = pageOf(query, all.reverse(), messageOf);
  const page = ids.flatMap((id) => messageOf(id) ?? []);
  const answer = messagesWithPeers(store, account, page);
  const place = { count: all.length, offset_id_offset: begin };
  if (isChannel(peer))
    return { _: 'messages.channelMessages', pts: ptsOf(store.state, peer), ...place, ...answer };
  return page.length === all.length
    ? { _: 'messages.messages', ...answer }
    : { _: 'messages.messagesSlice', ...place, ...answer };
}

/** The ids of a page, and how many messages come before it. */
function pageOf(
  query: TlObject,
  ids: number[],
  messageOf: (id: number) => Message | undefined,
): { begin: number; ids: number[] } {
  const offsetId = intField(query, 'offset_id');
  const offsetDate = query['offset_date'] === undefined ? 0 : intField(query, 'offset_date');
  const [maxId, minId] = [intField(query, 'max_id'), intField(query, 'min_id')];
  const isAfterOffset = (id: number): boolean =>
    offsetId > 0 ? id < offsetId : offsetDate === 0 || (messageOf(id)?.date ?? 0) < offsetDate;
  const first = ids.findIndex(isAfterOffset);
  const from = (first < 0 ? ids.length : first) + intField(query, 'add_offset');
  const begin = Math.max(0, from);
  const end = Math.max(0, from + Math.min(intField(query, 'limit') || MAX_LIMIT, MAX_LIMIT));
  const page = ids.slice(begin, end);
  return { begin, ids: page.filter((id) => (maxId === 0 || id < maxId) && id > minId) };
}
