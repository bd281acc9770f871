import type { Peer } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import { currentUsername, plusPhone } from './user-info.ts';

/** Answers that bring users and chats along. */
interface WithPeers {
  users: Api.TypeUser[];
  chats: Api.TypeChat[];
}

/**
 * The users and chats of an answer that can be written to later: those with an access hash of this account's
 * own.
 */
export function peersOf({ users, chats }: WithPeers): Peer[] {
  return [...users.map(fromUser), ...chats.map(fromChat)].filter((peer) => peer !== undefined);
}

/**
 * The same of a page of the account's chats, of which those who have a chat there are familiar. Others come
 * along, such as whoever wrote last in a group.
 */
export function peersOfDialogs(page: WithPeers & { dialogs: Api.TypeDialog[] }): Peer[] {
  const inList = new Set(page.dialogs.map(({ peer }) => keyOf(kindAndId(peer))));
  return peersOf(page).map((peer) => (inList.has(keyOf(peer)) ? { ...peer, familiar: true } : peer));
}

/** The peer as a call wants it. */
export function inputPeerOf(peer: Peer): Api.TypeInputPeer {
  const id = bigInt(peer.id);
  const accessHash = bigInt(peer.accessHash ?? '0');
  if (peer.kind === 'user') return new Api.InputPeerUser({ userId: id, accessHash });
  if (peer.kind === 'channel') return new Api.InputPeerChannel({ channelId: id, accessHash });
  return new Api.InputPeerChat({ chatId: id });
}

/** Kind and id of Telegram's `Peer`, as the book keeps them. */
export function kindAndId(peer: Api.TypePeer): { kind: Peer['kind']; id: string } {
  if (peer instanceof Api.PeerUser) return { kind: 'user', id: peer.userId.toString() };
  if (peer instanceof Api.PeerChat) return { kind: 'chat', id: peer.chatId.toString() };
  return { kind: 'channel', id: peer.channelId.toString() };
}

function keyOf({ kind, id }: Pick<Peer, 'kind' | 'id'>): string {
  return `${kind}:${id}`;
}

function fromUser(user: Api.TypeUser): Peer | undefined {
  // A `min` user's access hash is good only together with the message that it came with.
  if (!(user instanceof Api.User) || user.min || !user.accessHash) return undefined;
  return {
    kind: 'user',
    id: user.id.toString(),
    accessHash: user.accessHash.toString(),
    username: currentUsername(user)?.toLowerCase() ?? null,
    phone: plusPhone(user.phone),
    familiar: user.contact === true || user.mutualContact === true || user.self === true,
  };
}

function fromChat(chat: Api.TypeChat): Peer | undefined {
  if (chat instanceof Api.Chat) {
    return {
      kind: 'chat',
      id: chat.id.toString(),
      accessHash: null,
      username: null,
      phone: null,
      familiar: false,
    };
  }
  if (!(chat instanceof Api.Channel) || chat.min || !chat.accessHash) return undefined;
  return {
    kind: 'channel',
    id: chat.id.toString(),
    accessHash: chat.accessHash.toString(),
    username: currentUsername(chat)?.toLowerCase() ?? null,
    phone: null,
    familiar: false,
  };
}
