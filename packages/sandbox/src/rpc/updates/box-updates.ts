import type { LogEntry } from '../../state/mailbox.ts';
import type { Account, Message, PeerId } from '../../state/model.ts';
import { idIn, messageIn } from '../../state/state.ts';
import type { Store } from '../../state/store.ts';
import type { TlObject } from '../../types.ts';
import { mentionedPeers, messageObject } from '../messages/message-objects.ts';
import { reactionsObject } from '../messages/message-parts.ts';
import { unreadCount } from '../messages/unread.ts';
import { companions, peerObject } from '../objects.ts';
import { bareId, isChannel } from '../peers.ts';
import { unixSeconds, type Telegram } from '../telegram.ts';

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
  return {
    _: 'updates',
    updates: [...first, ...entries.flatMap((entry) => updatesOf(store, viewer, box, entry))],
    ...companionsOf(store, viewer, box, entries),
    date: unixSeconds(telegram),
    seq: 0,
  };
}

/** The users and chats that updates about changes of a box mention. */
export function companionsOf(
  store: Store,
  viewer: Account,
  box: PeerId,
  entries: readonly LogEntry[],
): { users: TlObject[]; chats: TlObject[] } {
  const peers = entries.flatMap((entry): PeerId[] => {
    const message = messageOf(store, box, entry);
    if (message !== undefined) return mentionedPeers(message);
    return 'peer' in entry.change ? [entry.change.peer] : [];
  });
  return companions(store, viewer, isChannel(box) ? [box, ...peers] : peers);
}

/** The message that a change made or edited; undefined if it is gone. */
export function messageOf(store: Store, box: PeerId, { change }: LogEntry): Message | undefined {
  return 'id' in change ? messageIn(store.state, box, change.id) : undefined;
}

/** The change that made a message. */
export function newMessageEntry({ state }: Store, box: PeerId, message: Message): LogEntry {
  const id = idIn(message, box);
  const log = state.boxes.get(box)?.log ?? [];
  const entry = log.findLast(({ change }) => change.kind === 'new' && change.id === id);
  if (entry === undefined) throw new Error(`box ${box} has no message ${id}`);
  return entry;
}

/** The updates for a change; none if it is about a message that is gone. */
export function updatesOf(store: Store, viewer: Account, box: PeerId, entry: LogEntry): TlObject[] {
  const { change, pts, ptsCount } = entry;
  const counts = { pts, pts_count: ptsCount };
  const channel = isChannel(box) ? { channel_id: bareId(box) } : undefined;
  switch (change.kind) {
    case 'new':
    case 'edit': {
      const message = messageOf(store, box, entry);
      if (message === undefined) return [];
      const _ = `update${change.kind === 'new' ? 'New' : 'Edit'}${channel ? 'Channel' : ''}Message`;
      const update = { _, message: messageObject(store, viewer, message), ...counts };
      const isReaction = change.kind === 'edit' && change.isReaction === true;
      return isReaction ? [update, reactionsUpdate(viewer, message, update.message)] : [update];
    }
    case 'delete':
      return [
        channel
          ? { _: 'updateDeleteChannelMessages', ...channel, messages: change.ids, ...counts }
          : { _: 'updateDeleteMessages', messages: change.ids, ...counts },
      ];
    case 'pin': {
      const { pinned, ids: messages } = change;
      return [
        channel
          ? { _: 'updatePinnedChannelMessages', pinned, ...channel, messages, ...counts }
          : { _: 'updatePinnedMessages', pinned, peer: peerObject(change.peer), messages, ...counts },
      ];
    }
    case 'read_inbox': {
      const still_unread_count = unreadCount(store, viewer, change.peer);
      const peer = peerObject(change.peer);
      return [{ _: 'updateReadHistoryInbox', peer, max_id: change.maxId, still_unread_count, ...counts }];
    }
    case 'read_outbox':
      return [
        { _: 'updateReadHistoryOutbox', peer: peerObject(change.peer), max_id: change.maxId, ...counts },
      ];
  }
}

/** Told beside the edit, and without a pts. */
function reactionsUpdate(viewer: Account, message: Message, { id, peer_id }: TlObject): TlObject {
  const reactions = reactionsObject(viewer, message) ?? { _: 'messageReactions', results: [] };
  return { _: 'updateMessageReactions', peer: peer_id, msg_id: id, reactions };
}
