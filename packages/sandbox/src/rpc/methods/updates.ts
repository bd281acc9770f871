import type { Message } from '../../state/model.ts';
import { ptsOf } from '../../state/state.ts';
import type { TlObject } from '../../types.ts';
import { rpcError } from '../errors.ts';
import { intField, objectField } from '../fields.ts';
import { messagesWithPeers } from '../message-objects.ts';
import { channelOfInput } from '../peers.ts';
import { unixSeconds, type UserRequest } from '../telegram.ts';

/** Maximum number of messages in one answer. */
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

/** Messages since the caller's pts. Each message increases pts by one. */
export function getDifference(request: UserRequest): TlObject {
  const { query, account, telegram } = request;
  const missed = missedSince(request, account.id, MAX_SLICE);
  if (missed.length === 0) return { _: 'updates.differenceEmpty', date: unixSeconds(telegram), seq: 0 };
  const pts = intField(query, 'pts') + missed.length;
  const isLast = pts === ptsOf(telegram.store.state, account.id);
  const { messages, users, chats } = messagesWithPeers(telegram.store, account, missed);
  const common = { new_messages: messages, new_encrypted_messages: [], other_updates: [], users, chats };
  const state = stateObject(request, pts);
  return isLast
    ? { _: 'updates.difference', ...common, state }
    : { _: 'updates.differenceSlice', ...common, intermediate_state: state };
}

export function getChannelDifference(request: UserRequest): TlObject {
  const { query, account, telegram } = request;
  const { peer } = channelOfInput(telegram.store, account, objectField(query, 'channel'));
  const missed = missedSince(request, peer, Math.min(intField(query, 'limit'), MAX_SLICE));
  const pts = intField(query, 'pts') + missed.length;
  const final = pts === ptsOf(telegram.store.state, peer);
  if (missed.length === 0) return { _: 'updates.channelDifferenceEmpty', final, pts, timeout: 30 };
  const { messages, users, chats } = messagesWithPeers(telegram.store, account, missed);
  const common = { new_messages: messages, other_updates: [], users, chats };
  return { _: 'updates.channelDifference', final, pts, timeout: 30, ...common };
}

function missedSince({ query, telegram: { store } }: UserRequest, box: number, limit: number): Message[] {
  const pts = intField(query, 'pts');
  if (pts < 1 || pts > ptsOf(store.state, box)) throw rpcError('PERSISTENT_TIMESTAMP_INVALID');
  return store.state.boxes.get(box)?.messages.slice(pts - 1, pts - 1 + limit) ?? [];
}
