import type { Account } from '../../../state/model.ts';
import type { Store } from '../../../state/store.ts';
import type { TlObject } from '../../../types.ts';
import { dialogObjects, dialogsOf, type Dialog } from '../../chats/dialog-objects.ts';
import { intField, objectField, objectList } from '../../fields.ts';
import { peerOfInput } from '../../peers.ts';
import type { UserRequest } from '../../telegram.ts';
import { stateObject } from '../updates.ts';

const MAX_LIMIT = 100;

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
