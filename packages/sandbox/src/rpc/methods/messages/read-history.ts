import type { Account, PeerId } from '../../../state/model.ts';
import { ptsOf } from '../../../state/state.ts';
import type { TlObject } from '../../../types.ts';
import { intField, objectField } from '../../fields.ts';
import { readByOthers, readUpTo, unreadCount } from '../../messages/unread.ts';
import { companions } from '../../objects.ts';
import { bareId, boxOf, channelOfInput, peerOfInput } from '../../peers.ts';
import { unixSeconds, type Telegram, type UserRequest } from '../../telegram.ts';
import { publish, pushToAccount, type Origin } from '../../updates/publish.ts';

/** Marks private chats and basic groups as read. A `max_id` of 0 means all of the chat. */
export function readHistory({ call, query, account, telegram }: UserRequest): TlObject {
  const { store } = telegram;
  const peer = peerOfInput(store, account, objectField(query, 'peer'));
  const before = ptsOf(store.state, account.id);
  markRead(telegram, account, peer, intField(query, 'max_id'), call);
  const pts = ptsOf(store.state, account.id);
  return { _: 'messages.affectedMessages', pts, pts_count: pts - before };
}

export function readChannelHistory({ call, query, account, telegram }: UserRequest): boolean {
  const { peer } = channelOfInput(telegram.store, account, objectField(query, 'channel'));
  return markRead(telegram, account, peer, intField(query, 'max_id'), call);
}

/** @returns whether anything was unread. */
function markRead(telegram: Telegram, account: Account, peer: PeerId, upTo: number, origin: Origin): boolean {
  const { store } = telegram;
  const box = boxOf(peer, account.id);
  const last = store.state.boxes.get(box)?.chats.get(peer)?.at(-1) ?? 0;
  const maxId = upTo <= 0 ? last : Math.min(upTo, last);
  if (maxId <= readUpTo(store, account, peer)) return false;
  const isChannelBox = box !== account.id;
  // Reading tells the authors as well, each in a box of their own. Posts of channels count as read from the start.
  const chat = store.state.chats.get(peer);
  const members = peer < 0 ? (chat?.kind === 'channel' ? [] : (chat?.members ?? [])) : [peer];
  const authors = members
    .filter((id) => id !== account.id)
    .flatMap((id) => store.state.accounts.get(id) ?? []);
  const before = authors.map((author) => readByOthers(store, author, peer));
  publish(
    telegram,
    isChannelBox ? [] : [account.id, ...authors.map(({ id }) => id)],
    [{ type: 'history_read', accountId: account.id, box, peer, maxId }],
    origin,
  );
  if (!isChannelBox) return true;
  pushChannelUpdate(telegram, account, peer, inboxUpdate(telegram, account, peer, maxId), origin);
  for (const [index, author] of authors.entries()) {
    const max_id = readByOthers(store, author, peer);
    if (max_id === before[index]) continue;
    const update = { _: 'updateReadChannelOutbox', channel_id: bareId(peer), max_id };
    pushChannelUpdate(telegram, author, peer, update, origin);
  }
  return true;
}

/** As at Telegram, reads of channels have no pts of their own. */
function inboxUpdate({ store }: Telegram, account: Account, peer: PeerId, maxId: number): TlObject {
  return {
    _: 'updateReadChannelInbox',
    channel_id: bareId(peer),
    max_id: maxId,
    still_unread_count: unreadCount(store, account, peer),
    pts: ptsOf(store.state, peer),
  };
}

function pushChannelUpdate(
  telegram: Telegram,
  { id }: Account,
  peer: PeerId,
  update: TlObject,
  origin: Origin,
): void {
  pushToAccount(
    telegram,
    id,
    (viewer) => ({
      _: 'updates',
      updates: [update],
      ...companions(telegram.store, viewer, [peer]),
      date: unixSeconds(telegram),
      seq: 0,
    }),
    origin,
  );
}
