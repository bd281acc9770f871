import type { Account, PeerId } from '../../state/model.ts';
import type { Store } from '../../state/store.ts';
import { rpcError } from '../errors.ts';
import { hasWrittenTo, isChannel, SERVICE_ACCOUNT_ID } from '../peers.ts';
import { creatorOf } from './creator.ts';

/** @throws {RpcError} CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED, PEER_ID_INVALID. */
export function checkMayWrite(store: Store, account: Account, to: PeerId): void {
  if (to === SERVICE_ACCOUNT_ID) throw rpcError('CHAT_WRITE_FORBIDDEN');
  // A bot cannot start a chat with a user.
  if (account.botToken !== undefined && to > 0 && !hasWrittenTo(store, to, account.id))
    throw rpcError('PEER_ID_INVALID');
  const chat = store.state.chats.get(to);
  if (chat === undefined) return;
  if (!chat.members.includes(account.id)) throw rpcError('CHAT_WRITE_FORBIDDEN');
  if (chat.kind === 'channel' && !isAdmin(store, account, to)) throw rpcError('CHAT_ADMIN_REQUIRED');
}

/** For what every member may do. @throws {RpcError} CHAT_WRITE_FORBIDDEN. */
export function checkMember(store: Store, account: Account, peer: PeerId): void {
  const chat = store.state.chats.get(peer);
  if (chat !== undefined && !chat.members.includes(account.id)) throw rpcError('CHAT_WRITE_FORBIDDEN');
}

/** Both sides of a private chat and all members of a basic group may pin. @throws {RpcError} CHAT_ADMIN_REQUIRED. */
export function checkMayPin(store: Store, account: Account, peer: PeerId): void {
  checkMember(store, account, peer);
  if (isChannel(peer) && !isAdmin(store, account, peer)) throw rpcError('CHAT_ADMIN_REQUIRED');
}

/**
 * Whether the account administers a chat. Each administrator has all rights, but only the creator names administrators.
 */
export function isAdmin(store: Store, account: Account, peer: PeerId): boolean {
  const chat = store.state.chats.get(peer);
  return chat !== undefined && (creatorOf(chat) === account.id || chat.admins?.includes(account.id) === true);
}
