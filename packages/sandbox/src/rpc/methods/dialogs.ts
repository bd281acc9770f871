import type { Account, Message, PeerId } from '../../state/model.ts';
import { idIn, ptsOf } from '../../state/state.ts';
import type { Store } from '../../state/store.ts';
import type { TlObject } from '../../types.ts';
import { intField, objectField, objectList } from '../fields.ts';
import { messagesWithPeers } from '../message-objects.ts';
import { companions, peerObject } from '../objects.ts';
import { boxOf, isChannel, peerOfInput } from '../peers.ts';
import type { UserRequest } from '../telegram.ts';
import { stateObject } from './updates.ts';

const MAX_LIMIT = 100;

interface Dialog {
  peer: PeerId;
  top: Message;
}

/** Dialogs, newest first. The sandbox has no pinned or archived dialogs. */
export function getDialogs({ query, account, telegram: { store } }: UserRequest): TlObject {
  const all = query['folder_id'] === 1 ? [] : dialogsOf(store, account);
  const rest = all.slice(startOf(query, account, store, all));
  const page = rest.slice(0, Math.min(intField(query, 'limit') || MAX_LIMIT, MAX_LIMIT));
  const answer = dialogObjects(store, account, page);
  return page.length === all.length
    ? { _: 'messages.dialogs', ...answer }
    : { _: 'messages.dialogsSlice', count: all.length, ...answer };
}

/** The page starts after the dialog named by `offset_peer`, or else at the first dialog older than `offset_date`. */
function startOf(query: TlObject, account: Account, store: Store, all: readonly Dialog[]): number {
  const offsetPeer = objectField(query, 'offset_peer');
  const offsetDate = intField(query, 'offset_date');
  if (offsetPeer._ !== 'inputPeerEmpty') {
    const peer = peerOfInput(store, account, offsetPeer);
    const index = all.findIndex((dialog) => dialog.peer === peer);
    if (index >= 0) return index + 1;
  }
  if (offsetDate === 0) return 0;
  const index = all.findIndex(({ top }) => top.date < offsetDate);
  return index < 0 ? all.length : index;
}

export function getPeerDialogs(request: UserRequest): TlObject {
  const { query, account, telegram } = request;
  const { store } = telegram;
  const wanted = objectList(query, 'peers').flatMap((input) =>
    input._ === 'inputDialogPeer' ? peerOfInput(store, account, objectField(input, 'peer')) : [],
  );
  const dialogs = dialogsOf(store, account).filter(({ peer }) => wanted.includes(peer));
  return {
    _: 'messages.peerDialogs',
    ...dialogObjects(store, account, dialogs),
    state: stateObject(request),
  };
}

export function getPinnedDialogs(request: UserRequest): TlObject {
  return {
    _: 'messages.peerDialogs',
    dialogs: [],
    messages: [],
    users: [],
    chats: [],
    state: stateObject(request),
  };
}

function dialogsOf(store: Store, account: Account): Dialog[] {
  const own = [...(store.state.boxes.get(account.id)?.chats ?? [])].flatMap(([peer, ids]) => {
    const top = store.state.boxes.get(account.id)?.messages[(ids.at(-1) ?? 0) - 1];
    return top === undefined ? [] : [{ peer, top }];
  });
  const channels = [...store.state.chats.values()].flatMap(({ peer, members }) => {
    const top = store.state.boxes.get(peer)?.messages.at(-1);
    return isChannel(peer) && members.includes(account.id) && top !== undefined ? [{ peer, top }] : [];
  });
  return [...own, ...channels].sort((a, b) => b.top.date - a.top.date);
}

function dialogObjects(
  store: Store,
  account: Account,
  dialogs: readonly Dialog[],
): Record<string, TlObject[]> {
  const { messages } = messagesWithPeers(
    store,
    account,
    dialogs.map(({ top }) => top),
  );
  const peers = dialogs.flatMap(({ peer, top }) => [peer, top.from]);
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
    read_inbox_max_id: 0,
    read_outbox_max_id: 0,
    unread_count: unreadIn(store, account, peer),
    unread_mentions_count: 0,
    unread_reactions_count: 0,
    unread_poll_votes_count: 0,
    notify_settings: { _: 'peerNotifySettings' },
    pts: isChannel(peer) ? ptsOf(store.state, box) : undefined,
  };
}

/** The sandbox does not track reading: every message from others is unread. */
function unreadIn(store: Store, account: Account, peer: PeerId): number {
  const mailbox = store.state.boxes.get(boxOf(peer, account.id));
  const ids = mailbox?.chats.get(peer) ?? [];
  return ids.filter((id) => mailbox?.messages[id - 1]?.from !== account.id).length;
}
