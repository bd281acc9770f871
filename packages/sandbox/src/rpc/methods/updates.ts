import { changesSince, type LogEntry } from '../../state/mailbox.ts';
import type { Account, PeerId } from '../../state/model.ts';
import { ptsOf } from '../../state/state.ts';
import type { Store } from '../../state/store.ts';
import type { RpcCall, TlObject, TlValue } from '../../types.ts';
import { dialogObjects, dialogOf } from '../chats/dialog-objects.ts';
import { rpcError } from '../errors.ts';
import { intField, objectField } from '../fields.ts';
import { messageObject } from '../messages/message-objects.ts';
import { channelOfInput } from '../peers.ts';
import { unixSeconds, type Telegram, type UserRequest } from '../telegram.ts';
import { companionsOf, messageOf, updatesOf } from '../updates/box-updates.ts';
import { changedChannels } from '../updates/changed-channels.ts';

/** Maximum number of changes in one answer. */
const MAX_SLICE = 500;

export function getState(request: UserRequest): TlObject {
  return stateObject(request);
}

export function stateObject(
  { account, telegram }: UserRequest,
  pts = ptsOf(telegram.store.state, account.id),
): TlObject {
  return { _: 'updates.state', pts, qts: 0, date: unixSeconds(telegram), seq: 0, unread_count: 0 };
}

/** The changes of the account's box since the caller's pts, and which channels have changed since the caller's date. */
export function getDifference(request: UserRequest): TlObject {
  const { query, account, telegram } = request;
  const { store } = telegram;
  const missed = missedSince(request, account.id, MAX_SLICE);
  const current = ptsOf(store.state, account.id);
  const { pts_total_limit: limit } = query;
  if (typeof limit === 'number' && current - intField(query, 'pts') > limit)
    return { _: 'updates.differenceTooLong', pts: current };
  const last = missed.at(-1)?.pts ?? current;
  const difference = differenceOf(store, account, account.id, missed);
  const state = stateObject(request, last);
  const common = { ...difference, new_encrypted_messages: [] };
  if (last !== current) return { _: 'updates.differenceSlice', ...common, intermediate_state: state };
  const channels = changedChannels(store, account, intField(query, 'date'));
  if (missed.length + channels.updates.length === 0)
    return { _: 'updates.differenceEmpty', date: unixSeconds(telegram), seq: 0 };
  return {
    _: 'updates.difference',
    ...common,
    other_updates: [...difference.other_updates, ...channels.updates],
    chats: [...difference.chats, ...channels.chats],
    state,
  };
}

export function getChannelDifference(request: UserRequest): TlObject {
  const { query, account, telegram } = request;
  const { store } = telegram;
  const { peer } = channelOfInput(store, account, objectField(query, 'channel'));
  const missed = missedSince(request, peer, Math.min(intField(query, 'limit'), MAX_SLICE));
  const pts = missed.at(-1)?.pts ?? intField(query, 'pts');
  const final = pts === ptsOf(store.state, peer);
  if (missed.length === 0) return { _: 'updates.channelDifferenceEmpty', final, pts, timeout: 30 };
  const difference = differenceOf(store, account, peer, missed);
  return { _: 'updates.channelDifference', final, pts, timeout: 30, ...difference };
}

/**
 * The answer that tells only where the box is now, in place of the difference.
 *
 * @param difference the ordinary answer; calls of other methods keep it.
 */
export function tooLongDifference(
  { store }: Telegram,
  { query, authKeyId }: RpcCall,
  difference: TlValue,
): TlValue {
  const account = store.state.accounts.get(store.state.authorizations.get(authKeyId)?.accountId ?? 0);
  if (account === undefined) return difference;
  if (query._ === 'updates.getDifference')
    return { _: 'updates.differenceTooLong', pts: ptsOf(store.state, account.id) };
  if (query._ !== 'updates.getChannelDifference') return difference;
  const { peer } = channelOfInput(store, account, objectField(query, 'channel'));
  const dialog = dialogOf(store, account, peer);
  if (dialog === undefined) return difference;
  const { dialogs, ...rest } = dialogObjects(store, account, [dialog]);
  return {
    _: 'updates.channelDifferenceTooLong',
    final: true,
    timeout: 30,
    dialog: dialogs?.[0],
    ...rest,
  };
}

function missedSince({ query, telegram: { store } }: UserRequest, box: number, limit: number): LogEntry[] {
  const pts = intField(query, 'pts');
  if (pts < 1 || pts > ptsOf(store.state, box)) throw rpcError('PERSISTENT_TIMESTAMP_INVALID');
  return changesSince(store.state.boxes.get(box), pts).slice(0, limit);
}

/** What both kinds of difference have. */
type Difference = Record<'new_messages' | 'other_updates' | 'users' | 'chats', TlObject[]>;

/** New messages come as they are now, so earlier edits of them are left out. */
function differenceOf(store: Store, account: Account, box: PeerId, missed: readonly LogEntry[]): Difference {
  const fresh = missed.flatMap((entry) =>
    entry.change.kind === 'new' ? (messageOf(store, box, entry) ?? []) : [],
  );
  const others = missed.filter((entry) => {
    const message = messageOf(store, box, entry);
    return message === undefined || !fresh.includes(message);
  });
  return {
    new_messages: fresh.map((message) => messageObject(store, account, message)),
    other_updates: others.flatMap((entry) => updatesOf(store, account, box, entry)),
    ...companionsOf(store, account, box, missed),
  };
}
