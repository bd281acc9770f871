import type { Peer } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import { currentUsername, plusPhone } from '../sign-in/user-info.ts';

/** An answer that contains users and chats. */
interface WithPeers {
  users: Api.TypeUser[];
  chats: Api.TypeChat[];
}

/** The users and chats of an answer that this account can write to later: those with its own access hash. */
export function peersOf({ users, chats }: WithPeers): Peer[] {
  return [...users.map(fromUser), ...chats.map(fromChat)].filter((peer) => peer !== undefined);
}

/**
 * As {@link peersOf}, for a page of the account's chat list. Peers with a chat in the list are familiar; the page also
 * contains others, such as the last writer in a group.
 */
export function peersOfDialogs(page: WithPeers & { dialogs: Api.TypeDialog[] }): Peer[] {
  const inList = new Set(page.dialogs.map(({ peer }) => keyOf(kindAndId(peer))));
  return peersOf(page).map((peer) => (inList.has(keyOf(peer)) ? { ...peer, familiar: true } : peer));
}

/** The peer in the form that a call takes. */
export function inputPeerOf(peer: Peer): Api.TypeInputPeer {
  const id = bigInt(peer.id);
  const accessHash = bigInt(peer.accessHash ?? '0');
  if (peer.kind === 'user') return new Api.InputPeerUser({ userId: id, accessHash });
  if (peer.kind === 'channel') return new Api.InputPeerChannel({ channelId: id, accessHash });
  return new Api.InputPeerChat({ chatId: id });
}

/** Kind and id of Telegram's `Peer`, in the form that the book uses. */
export function kindAndId(peer: Api.TypePeer): { kind: Peer['kind']; id: string } {
  if (peer instanceof Api.PeerUser) return { kind: 'user', id: peer.userId.toString() };
  if (peer instanceof Api.PeerChat) return { kind: 'chat', id: peer.chatId.toString() };
  return { kind: 'channel', id: peer.channelId.toString() };
}

function keyOf({ kind, id }: Pick<Peer, 'kind' | 'id'>): string {
  return `${kind}:${id}`;
}

function fromUser(user: Api.TypeUser): Peer | undefined {
  // A `min` user's access hash is valid only together with the message that contained it.
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
