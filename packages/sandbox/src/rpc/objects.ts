import type { Account, Chat, PeerId } from '../state/model.ts';
import type { Store } from '../state/store.ts';
import type { TlObject } from '../types.ts';
import { accessHash } from './accounts.ts';
import { creatorOf } from './chats/creator.ts';
import { bareId, isChannel, SERVICE_ACCOUNT_ID } from './peers.ts';

/**
 * These functions build the TL objects for accounts and chats. The codec leaves out fields that a layer does not have.
 */

export function peerObject(peer: PeerId): TlObject {
  if (peer >= 0) return { _: 'peerUser', user_id: bareId(peer) };
  return isChannel(peer)
    ? { _: 'peerChannel', channel_id: bareId(peer) }
    : { _: 'peerChat', chat_id: bareId(peer) };
}

/** An account as another account sees it. As in Telegram's default settings, only its contacts see the phone. */
export function userObject(store: Store, viewerId: number, id: number): TlObject {
  if (id === SERVICE_ACCOUNT_ID) return serviceUser(store, viewerId);
  const account = store.state.accounts.get(id);
  if (account === undefined) return { _: 'userEmpty', id: BigInt(id) };
  const isSelf = id === viewerId;
  const isContact = store.state.contacts.get(viewerId)?.has(id) ?? false;
  return {
    _: 'user',
    self: isSelf,
    contact: isContact,
    mutual_contact: isContact && (store.state.contacts.get(id)?.has(viewerId) ?? false),
    id: BigInt(id),
    access_hash: accessHash(store, viewerId, id),
    first_name: account.firstName,
    last_name: account.lastName,
    username: account.username,
    phone: (isSelf || isContact) && account.botToken === undefined ? account.phone : undefined,
    premium: account.isPremium,
    bot: account.botToken !== undefined,
    bot_info_version: account.botToken === undefined ? undefined : 1,
    status: { _: 'userStatusRecently' },
  };
}

function serviceUser(store: Store, viewerId: number): TlObject {
  return {
    _: 'user',
    verified: true,
    support: true,
    id: BigInt(SERVICE_ACCOUNT_ID),
    access_hash: accessHash(store, viewerId, SERVICE_ACCOUNT_ID),
    first_name: 'Telegram',
    phone: '42777',
  };
}

const ADMIN_RIGHTS: TlObject = {
  _: 'chatAdminRights',
  change_info: true,
  post_messages: true,
  edit_messages: true,
  delete_messages: true,
  ban_users: true,
  invite_users: true,
  pin_messages: true,
};

export function chatObject(store: Store, viewerId: number, chat: Chat): TlObject {
  if (chat.removed?.includes(viewerId) === true) return forbiddenObject(store, viewerId, chat);
  const common = {
    creator: creatorOf(chat) === viewerId,
    left: !chat.members.includes(viewerId),
    id: bareId(chat.peer),
    title: chat.title,
    photo: { _: 'chatPhotoEmpty' },
    participants_count: chat.members.length,
    date: chat.joinedAt?.[viewerId] ?? chat.date,
    admin_rights: chat.admins?.includes(viewerId) === true ? ADMIN_RIGHTS : undefined,
  };
  if (chat.kind === 'group') return { _: 'chat', ...common, version: chat.version ?? 1 };
  return {
    _: 'channel',
    ...common,
    broadcast: chat.kind === 'channel',
    megagroup: chat.kind === 'supergroup',
    access_hash: accessHash(store, viewerId, chat.peer),
    username: chat.username,
    forum: chat.forum,
    join_request: chat.joinRequests,
    slowmode_enabled: chat.slowMode !== undefined,
  };
}

/** A chat as an account sees it that was removed from it. */
function forbiddenObject(store: Store, viewerId: number, { peer, kind, title }: Chat): TlObject {
  if (kind === 'group') return { _: 'chatForbidden', id: bareId(peer), title };
  return {
    _: 'channelForbidden',
    broadcast: kind === 'channel',
    megagroup: kind === 'supergroup',
    id: bareId(peer),
    access_hash: accessHash(store, viewerId, peer),
    title,
  };
}

/** The users and chats that an answer mentions. An answer must include every peer that it names. */
export function companions(
  store: Store,
  viewer: Account,
  peers: Iterable<PeerId>,
): { users: TlObject[]; chats: TlObject[] } {
  const users: TlObject[] = [];
  const chats: TlObject[] = [];
  for (const peer of new Set([viewer.id, ...peers])) {
    if (peer >= 0) users.push(userObject(store, viewer.id, peer));
    else {
      const chat = store.state.chats.get(peer);
      if (chat !== undefined) chats.push(chatObject(store, viewer.id, chat));
    }
  }
  return { users, chats };
}
