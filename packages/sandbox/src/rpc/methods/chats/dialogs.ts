import type { Account } from '../../../state/model.ts';
import type { Store } from '../../../state/store.ts';
import type { TlObject } from '../../../types.ts';
import { dialogObjects, dialogsOf, inListOrder, placeOf, type Dialog } from '../../chats/dialog-objects.ts';
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

/**
 * The page starts after the place that `offset_date`, `offset_id` and `offset_peer` name together, wherever that dialog
 * is by now. Without `offset_date` it starts after the dialog itself, and without `offset_peer` after that date.
 */
function startOf(query: TlObject, account: Account, store: Store, all: readonly Dialog[]): number {
  const offsetPeer = objectField(query, 'offset_peer');
  const offsetDate = intField(query, 'offset_date');
  const peer = offsetPeer._ === 'inputPeerEmpty' ? null : peerOfInput(store, account, offsetPeer);
  if (offsetDate === 0) return all.findIndex((dialog) => dialog.peer === peer) + 1;
  const place = [offsetDate, intField(query, 'offset_id'), peer ?? 0] as const;
  const index = all.findIndex((dialog) =>
    peer === null ? dialog.top.date < offsetDate : inListOrder(place, placeOf(dialog, account)) < 0,
  );
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
