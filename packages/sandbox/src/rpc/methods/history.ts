import type { Account, Message, PeerId } from '../../state/model.ts';
import { ptsOf } from '../../state/state.ts';
import type { TlObject } from '../../types.ts';
import { intField, objectField, objectList } from '../fields.ts';
import { messagesWithPeers, type PeeredMessages } from '../message-objects.ts';
import { boxOf, channelOfInput, isChannel, peerOfInput } from '../peers.ts';
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
export function getMessages({ query, account, telegram }: UserRequest): TlObject {
  return { _: 'messages.messages', ...messagesById(telegram, account, account.id, objectList(query, 'id')) };
}

export function getChannelMessages({ query, account, telegram }: UserRequest): TlObject {
  const { peer } = channelOfInput(telegram.store, account, objectField(query, 'channel'));
  const answer = messagesById(telegram, account, peer, objectList(query, 'id'));
  return {
    _: 'messages.channelMessages',
    pts: ptsOf(telegram.store.state, peer),
    count: answer.messages.length,
    ...answer,
  };
}

/** Messages in the order requested; `messageEmpty` for an unknown id. */
function messagesById(
  { store }: Telegram,
  account: Account,
  box: PeerId,
  inputs: TlObject[],
): PeeredMessages {
  const ids = inputs.map((input) => (input._ === 'inputMessageID' ? intField(input, 'id') : 0));
  const found = ids.map((id) => store.state.boxes.get(box)?.messages[id - 1]);
  const answer = messagesWithPeers(
    store,
    account,
    found.filter((message) => message !== undefined),
  );
  const objects = new Map(answer.messages.map((object) => [object['id'], object]));
  return { ...answer, messages: ids.map((id) => objects.get(id) ?? { _: 'messageEmpty', id }) };
}
