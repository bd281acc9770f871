import type { LogEntry } from '../state/mailbox.ts';
import type { Account, Message, PeerId } from '../state/model.ts';
import { messageIn } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import type { TlObject } from '../types.ts';
import { messageObject, messagesWithPeers } from './message-objects.ts';
import { isChannel } from './peers.ts';
import { unixSeconds, type Telegram } from './telegram.ts';

/**
 * An `Updates` object about changes of a box, for a push or an answer to one of the box's readers. The updates in
 * `first` come before the others.
 */
export function updatesObject(
  telegram: Telegram,
  viewer: Account,
  box: PeerId,
  entries: readonly LogEntry[],
  first: readonly TlObject[] = [],
): TlObject {
  const { store } = telegram;
  const { users, chats } = messagesWithPeers(store, viewer, messagesOf(store, box, entries));
  return {
    _: 'updates',
    updates: [...first, ...entries.flatMap((entry) => updateOf(store, viewer, box, entry) ?? [])],
    users,
    chats,
    date: unixSeconds(telegram),
    seq: 0,
  };
}

/** The messages that the changes are about. */
export function messagesOf(store: Store, box: PeerId, entries: readonly LogEntry[]): Message[] {
  return entries.flatMap(({ change }) => messageIn(store.state, box, change.id) ?? []);
}

/** The update for a change; undefined if its message is gone. */
export function updateOf(
  store: Store,
  viewer: Account,
  box: PeerId,
  { change, pts, ptsCount }: LogEntry,
): TlObject | undefined {
  const message = messageIn(store.state, box, change.id);
  if (message === undefined) return undefined;
  const kind = change.kind === 'new' ? 'updateNew' : 'updateEdit';
  return {
    _: `${kind}${isChannel(box) ? 'ChannelMessage' : 'Message'}`,
    message: messageObject(store, viewer, message),
    pts,
    pts_count: ptsCount,
  };
}
