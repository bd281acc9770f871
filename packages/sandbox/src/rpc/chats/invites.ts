import type { Chat } from '../../state/model.ts';
import type { Store } from '../../state/store.ts';
import { derivedLong } from '../accounts.ts';
import { rpcError } from '../errors.ts';

const HASH = /^[\w-]{16,64}$/;

/** The hash in a chat's invite link. It stays the same for the lifetime of the state. */
function inviteHash(store: Store, { peer }: Chat): string {
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64LE(derivedLong(store, `invite ${peer}`));
  bytes.writeBigInt64LE(derivedLong(store, `invite too ${peer}`), 8);
  return bytes.toString('base64url', 0, 12);
}

export function inviteLink(store: Store, chat: Chat): string {
  return `https://t.me/+${inviteHash(store, chat)}`;
}

/** @throws {RpcError} INVITE_HASH_EMPTY, INVITE_HASH_INVALID, INVITE_HASH_EXPIRED. */
export function chatByInvite(store: Store, hash: string): Chat {
  if (hash === '') throw rpcError('INVITE_HASH_EMPTY');
  if (!HASH.test(hash)) throw rpcError('INVITE_HASH_INVALID');
  const chat = [...store.state.chats.values()].find((each) => inviteHash(store, each) === hash);
  if (chat === undefined) throw rpcError('INVITE_HASH_EXPIRED');
  return chat;
}
