import type { Account, PeerId } from '../../state/model.ts';
import { readKey } from '../../state/state.ts';
import type { Store } from '../../state/store.ts';
import { boxOf } from '../peers.ts';

/** The last message id that the account has read in a chat; 0 if it has read none. */
export function readUpTo(store: Store, account: Account, peer: PeerId): number {
  return store.state.readInbox.get(readKey(account.id, peer)) ?? 0;
}

/** The last id of the account's own messages that others have read in a chat; 0 if none. */
export function readByOthers(store: Store, account: Account, peer: PeerId): number {
  return store.state.readOutbox.get(readKey(account.id, peer)) ?? 0;
}

/** How many messages of others in a chat the account has not read. */
export function unreadCount(store: Store, account: Account, peer: PeerId): number {
  const mailbox = store.state.boxes.get(boxOf(peer, account.id));
  const after = readUpTo(store, account, peer);
  const ids = mailbox?.chats.get(peer) ?? [];
  return ids.filter((id) => id > after && mailbox?.messages[id - 1]?.from !== account.id).length;
}
