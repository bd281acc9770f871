import type { Account, Chat, PeerId } from '../state/model.ts';
import type { Store } from '../state/store.ts';
import type { TlObject } from '../types.ts';
import { accessHash } from './accounts.ts';
import { rpcError } from './errors.ts';
import { idField, longField } from './fields.ts';

/** Telegram's own account, which sends login codes. Clients can address it but not write to it. */
export const SERVICE_ACCOUNT_ID = 777_000;

const CHANNELS_BELOW = -1_000_000_000_000;

export function isChannel(peer: PeerId): boolean {
  return peer < CHANNELS_BELOW;
}

/** The id of a peer on the wire: positive, without the prefix of {@link PeerId}. */
export function bareId(peer: PeerId): bigint {
  if (peer >= 0) return BigInt(peer);
  return BigInt(isChannel(peer) ? CHANNELS_BELOW - peer : -peer);
}

export function channelPeer(bare: number): PeerId {
  return CHANNELS_BELOW - bare;
}

/** The box that numbers the messages of a chat, for this account. */
export function boxOf(peer: PeerId, accountId: number): PeerId {
  return isChannel(peer) ? peer : accountId;
}

/**
 * Resolves an `InputPeer` for an account.
 *
 * @throws {RpcError} PEER_ID_INVALID if there is no such peer or the access hash is not this account's; CHANNEL_INVALID
 * and CHANNEL_PRIVATE for channels.
 */
export function peerOfInput(store: Store, viewer: Account, input: TlObject): PeerId {
  switch (input._) {
    case 'inputPeerSelf':
      return viewer.id;
    case 'inputPeerUser': {
      const id = userOfInput(store, viewer, input);
      if (id === undefined) throw rpcError('PEER_ID_INVALID');
      return id;
    }
    case 'inputPeerChat': {
      const chat = store.state.chats.get(-idField(input, 'chat_id'));
      // Who has left a basic group keeps its messages.
      const wasIn = chat && store.state.boxes.get(viewer.id)?.chats.has(chat.peer);
      if (chat === undefined || !(wasIn || chat.members.includes(viewer.id)))
        throw rpcError('PEER_ID_INVALID');
      return chat.peer;
    }
    case 'inputPeerChannel':
      return channelOfInput(store, viewer, input).peer;
    default:
      throw rpcError('PEER_ID_INVALID');
  }
}

/** The `InputPeer` by which an account addresses a peer. */
export function inputPeerOf(store: Store, viewer: Account, peer: PeerId): TlObject {
  const access_hash = accessHash(store, viewer.id, peer);
  if (peer >= 0) return { _: 'inputPeerUser', user_id: BigInt(peer), access_hash };
  return isChannel(peer)
    ? { _: 'inputPeerChannel', channel_id: bareId(peer), access_hash }
    : { _: 'inputPeerChat', chat_id: bareId(peer) };
}

/** The account id in an `InputUser`; undefined if there is no such account or the access hash is not this viewer's. */
export function userOfInput(store: Store, viewer: Account, input: TlObject): number | undefined {
  if (input._ === 'inputUserSelf' || input._ === 'inputPeerSelf') return viewer.id;
  if (input._ !== 'inputUser' && input._ !== 'inputPeerUser') return undefined;
  const id = idField(input, 'user_id');
  if (id !== SERVICE_ACCOUNT_ID && !store.state.accounts.has(id)) return undefined;
  const hash = longField(input, 'access_hash');
  // A bot may address by id alone a user who has written to it.
  const isMet = viewer.botToken !== undefined && hash === 0n && hasWrittenTo(store, id, viewer.id);
  return isMet || hash === accessHash(store, viewer.id, id) ? id : undefined;
}

/** The account id in an `InputUser` or `InputPeer`. @throws {RpcError} USER_ID_INVALID. */
export function knownUser(store: Store, viewer: Account, input: TlObject): number {
  const id = userOfInput(store, viewer, input);
  if (id === undefined || !store.state.accounts.has(id)) throw rpcError('USER_ID_INVALID');
  return id;
}

/** The basic group in `chat_id`, if the account is a member. @throws {RpcError} CHAT_ID_INVALID. */
export function groupOfId(store: Store, viewer: Account, query: TlObject): Chat {
  const chat = store.state.chats.get(-idField(query, 'chat_id'));
  if (chat?.kind !== 'group' || !chat.members.includes(viewer.id)) throw rpcError('CHAT_ID_INVALID');
  return chat;
}

/** Whether `from` has sent a message to `to` in a private chat. */
export function hasWrittenTo(store: Store, from: number, to: number): boolean {
  const box = store.state.boxes.get(to);
  return box?.chats.get(from)?.some((id) => box.messages[id - 1]?.from === from) ?? false;
}

/**
 * Resolves an `InputChannel` or `inputPeerChannel`, which have the same fields.
 * @throws {RpcError} CHANNEL_INVALID, CHANNEL_PRIVATE.
 */
export function channelOfInput(store: Store, viewer: Account, input: TlObject): Chat {
  if (input._ !== 'inputChannel' && input._ !== 'inputPeerChannel') throw rpcError('CHANNEL_INVALID');
  const chat = store.state.chats.get(channelPeer(idField(input, 'channel_id')));
  if (chat === undefined || longField(input, 'access_hash') !== accessHash(store, viewer.id, chat.peer)) {
    throw rpcError('CHANNEL_INVALID');
  }
  const isOpen = chat.username !== undefined && chat.removed?.includes(viewer.id) !== true;
  if (!isOpen && !chat.members.includes(viewer.id)) throw rpcError('CHANNEL_PRIVATE');
  return chat;
}
