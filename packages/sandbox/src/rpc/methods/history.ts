import type { Account, Message, PeerId } from '../../state/model.ts';
import { idIn, messageIn, ptsOf } from '../../state/state.ts';
import type { Store } from '../../state/store.ts';
import type { TlObject } from '../../types.ts';
import { intField, objectField, objectList } from '../fields.ts';
import { messagesWithPeers, type PeeredMessages } from '../message-objects.ts';
import { messageRepliedTo } from '../message-parts.ts';
import { boxOf, channelOfInput, isChannel, peerOfInput } from '../peers.ts';
import { pinnedIds } from '../pinned.ts';
import type { Telegram, UserRequest } from '../telegram.ts';

const MAX_LIMIT = 100;

/** Messages, newest first, paged by Telegram's rules (core.telegram.org/api/offsets). */
export function getHistory({ query, account, telegram }: UserRequest): TlObject {
  const peer = peerOfInput(telegram.store, account, objectField(query, 'peer'));
  const mailbox = telegram.store.state.boxes.get(boxOf(peer, account.id));
  const all = [...(mailbox?.chats.get(peer) ?? [])].reverse();
  const messageOf = (id: number): Message | undefined => mailbox?.messages[id - 1];
  const page = pageOf(query, all, messageOf).flatMap((id) => messageOf(id) ?? []);
  return messagesAnswer(telegram, account, peer, page, all.length);
}

function pageOf(query: TlObject, ids: number[], messageOf: (id: number) => Message | undefined): number[] {
  const offsetId = intField(query, 'offset_id');
  const offsetDate = intField(query, 'offset_date');
  const [maxId, minId] = [intField(query, 'max_id'), intField(query, 'min_id')];
  const isAfterOffset = (id: number): boolean =>
    offsetId > 0 ? id < offsetId : offsetDate === 0 || (messageOf(id)?.date ?? 0) < offsetDate;
  const first = ids.findIndex(isAfterOffset);
  const begin = (first < 0 ? ids.length : first) + intField(query, 'add_offset');
  const end = begin + Math.min(intField(query, 'limit') || MAX_LIMIT, MAX_LIMIT);
  const page = ids.slice(Math.max(0, begin), Math.max(0, end));
  return page.filter((id) => (maxId === 0 || id < maxId) && id > minId);
}

function messagesAnswer(
  telegram: Telegram,
  account: Account,
  peer: PeerId,
  page: Message[],
  count: number,
): TlObject {
  const { store } = telegram;
  const answer = messagesWithPeers(store, account, page);
  if (isChannel(peer))
    return { _: 'messages.channelMessages', pts: ptsOf(store.state, peer), count, ...answer };
  return page.length === count
    ? { _: 'messages.messages', ...answer }
    : { _: 'messages.messagesSlice', count, ...answer };
}

/** Messages of private chats and basic groups by their ids. */
export function getMessages({ query, account, telegram: { store } }: UserRequest): TlObject {
  const wanted = objectList(query, 'id').map((input) => messageOfInput(store, account.id, input));
  return { _: 'messages.messages', ...messagesOrEmpty(store, account, wanted) };
}

export function getChannelMessages({ query, account, telegram: { store } }: UserRequest): TlObject {
  const { peer } = channelOfInput(store, account, objectField(query, 'channel'));
  const wanted = objectList(query, 'id').map((input) => messageOfInput(store, peer, input));
  const answer = messagesOrEmpty(store, account, wanted);
  const { length: count } = answer.messages;
  return { _: 'messages.channelMessages', pts: ptsOf(store.state, peer), count, ...answer };
}

interface Wanted {
  id: number;
  message: Message | undefined;
}

/** The message that an `InputMessage` names. Only a channel's box has one chat, and so a pinned message. */
function messageOfInput(store: Store, box: PeerId, input: TlObject): Wanted {
  const id = input._ === 'inputMessagePinned' ? (pinnedIds(store, box, box)[0] ?? 0) : intField(input, 'id');
  const message = messageIn(store.state, box, id);
  if (input._ !== 'inputMessageReplyTo') return { id, message };
  const original = message && messageRepliedTo(store, message);
  return { id: (original && idIn(original, box)) ?? 0, message: original };
}

/** Messages in the order requested; `messageEmpty` for an unknown one. */
function messagesOrEmpty(store: Store, account: Account, wanted: readonly Wanted[]): PeeredMessages {
  const found = wanted.flatMap(({ message }) => message ?? []);
  const answer = messagesWithPeers(store, account, found);
  const objects = new Map(answer.messages.map((object) => [object['id'], object]));
  return {
    ...answer,
    messages: wanted.map(({ id }) => objects.get(id) ?? { _: 'messageEmpty', id }),
  };
}
