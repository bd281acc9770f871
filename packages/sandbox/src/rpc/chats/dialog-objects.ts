import type { Account, Message, PeerId } from '../../state/model.ts';
import { idIn, messageIn, ptsOf } from '../../state/state.ts';
import type { Store } from '../../state/store.ts';
import type { TlObject } from '../../types.ts';
import { mentionedPeers, messagesWithPeers } from '../messages/message-objects.ts';
import { readByOthers, readUpTo, unreadCount } from '../messages/unread.ts';
import { companions, peerObject } from '../objects.ts';
import { boxOf, isChannel } from '../peers.ts';

/** A chat of an account, with its last message. */
export interface Dialog {
  peer: PeerId;
  top: Message;
}

/** The place of a dialog in the list: the date and the id of its last message, and its peer. */
export type DialogPlace = readonly [date: number, topId: number, peer: PeerId];

export function placeOf({ peer, top }: Dialog, account: Account): DialogPlace {
  return [top.date, idIn(top, boxOf(peer, account.id)) ?? 0, peer];
}

/** The order of dialogs: newest first. Negative: `a` comes before `b`. */
export function inListOrder(a: DialogPlace, b: DialogPlace): number {
  return b[0] - a[0] || b[1] - a[1] || b[2] - a[2];
}

/** The dialogs of an account, newest first. */
export function dialogsOf(store: Store, account: Account): Dialog[] {
  const own = [...(store.state.boxes.get(account.id)?.chats.keys() ?? [])];
  const channels = [...store.state.chats.values()]
    .filter(({ peer, members }) => isChannel(peer) && members.includes(account.id))
    .map(({ peer }) => peer);
  return [...own, ...channels]
    .flatMap((peer) => dialogOf(store, account, peer) ?? [])
    .sort((a, b) => inListOrder(placeOf(a, account), placeOf(b, account)));
}

/** Undefined for a chat without messages. */
export function dialogOf(store: Store, account: Account, peer: PeerId): Dialog | undefined {
  const box = boxOf(peer, account.id);
  const topId = store.state.boxes.get(box)?.chats.get(peer)?.at(-1);
  const top = topId === undefined ? undefined : messageIn(store.state, box, topId);
  return top === undefined ? undefined : { peer, top };
}

export function dialogObjects(
  store: Store,
  account: Account,
  dialogs: readonly Dialog[],
): Record<string, TlObject[]> {
  const { messages } = messagesWithPeers(
    store,
    account,
    dialogs.map(({ top }) => top),
  );
  const peers = dialogs.flatMap(({ peer, top }) => [peer, ...mentionedPeers(top)]);
  return {
    dialogs: dialogs.map((dialog) => dialogObject(store, account, dialog)),
    messages,
    ...companions(store, account, peers),
  };
}

function dialogObject(store: Store, account: Account, { peer, top }: Dialog): TlObject {
  const box = boxOf(peer, account.id);
  return {
    _: 'dialog',
    peer: peerObject(peer),
    top_message: idIn(top, box) ?? 0,
    read_inbox_max_id: readUpTo(store, account, peer),
    read_outbox_max_id: readByOthers(store, account, peer),
    unread_count: unreadCount(store, account, peer),
    unread_mentions_count: 0,
    unread_reactions_count: 0,
    unread_poll_votes_count: 0,
    notify_settings: { _: 'peerNotifySettings' },
    pts: isChannel(peer) ? ptsOf(store.state, box) : undefined,
  };
}
