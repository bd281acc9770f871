import type { Peer, Sender, ShownChat } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import { kindAndId } from '../peers/peers.ts';
import { currentUsername } from '../sign-in/user-info.ts';

/** The Bot API shows a channel as -100 followed by its id, i.e. -(10^12 + id). */
const CHANNEL_MARK = 1_000_000_000_000n;

/** The peer's id in the form that `recipient_id` accepts. */
export function chatIdOf(peer: Api.TypePeer): string {
  const { kind, id } = kindAndId(peer);
  if (kind === 'user') return id;
  return kind === 'chat' ? `-${id}` : String(-CHANNEL_MARK - BigInt(id));
}

/** Kind and id of the peer with this {@link chatIdOf}. */
export function peerWithId(chatId: string): Pick<Peer, 'kind' | 'id'> {
  const id = BigInt(chatId);
  if (id >= 0n) return { kind: 'user', id: chatId };
  return id > -CHANNEL_MARK
    ? { kind: 'chat', id: String(-id) }
    : { kind: 'channel', id: String(-CHANNEL_MARK - id) };
}

/** The peer as Telegram names it. */
export function peerOf({ kind, id }: Pick<Peer, 'kind' | 'id'>): Api.TypePeer {
  if (kind === 'user') return new Api.PeerUser({ userId: bigInt(id) });
  return kind === 'chat'
    ? new Api.PeerChat({ chatId: bigInt(id) })
    : new Api.PeerChannel({ channelId: bigInt(id) });
}

/** Users and chats that were seen before, by {@link chatIdOf}. */
export interface KnownPeople {
  user(id: string): Api.User | undefined;
  chat(id: string): Api.TypeChat | undefined;
}

/** The users and chats of an answer, by {@link chatIdOf}. */
export class Companions {
  readonly #users = new Map<string, Api.User>();
  readonly #chats = new Map<string, Api.TypeChat>();
  readonly #known: KnownPeople | undefined;

  /** @param known used for who is not in the answer, or not with the full data. */
  constructor(answer: { users: Api.TypeUser[]; chats: Api.TypeChat[] }, known?: KnownPeople) {
    for (const user of answer.users) if (user instanceof Api.User) this.#users.set(user.id.toString(), user);
    for (const chat of answer.chats) this.#chats.set(chatIdOf(peerOfChat(chat)), chat);
    this.#known = known;
  }

  has(peer: Api.TypePeer): boolean {
    const id = chatIdOf(peer);
    return this.#users.has(id) || this.#chats.has(id);
  }

  #user(id: string): Api.User | undefined {
    const user = this.#users.get(id);
    return user === undefined || user.min === true ? (this.#known?.user(id) ?? user) : user;
  }

  #chat(id: string): Api.TypeChat | undefined {
    return this.#chats.get(id) ?? this.#known?.chat(id);
  }

  chat(peer: Api.TypePeer): ShownChat {
    const id = chatIdOf(peer);
    const user = this.#user(id);
    if (peer instanceof Api.PeerUser)
      return {
        id,
        type: user?.bot === true ? 'bot' : 'private',
        title: nameOf(user),
        username: (user && currentUsername(user)) ?? null,
      };
    const chat = this.#chat(id);
    const title = chat !== undefined && 'title' in chat ? chat.title : '';
    if (peer instanceof Api.PeerChat) return { id, type: 'group', title, username: null };
    const isBroadcast =
      (chat instanceof Api.Channel || chat instanceof Api.ChannelForbidden) && chat.broadcast === true;
    const username = chat instanceof Api.Channel ? (currentUsername(chat) ?? null) : null;
    return { id, type: isBroadcast ? 'channel' : 'supergroup', title, username };
  }

  /** Whether the group has become a supergroup, which is another chat in the list. */
  isFormer(peer: Api.TypePeer): boolean {
    const chat = this.#chats.get(chatIdOf(peer));
    return chat instanceof Api.Chat && Boolean(chat.migratedTo);
  }

  sender(peer: Api.TypePeer): Sender {
    const { id, title: name, username } = this.chat(peer);
    const user = this.#user(id);
    return {
      id,
      type: peer instanceof Api.PeerUser ? 'user' : 'chat',
      name,
      username,
      is_bot: user?.bot === true,
      is_contact: user?.contact === true,
    };
  }

  name(peer: Api.TypePeer): string | null {
    return this.chat(peer).title || null;
  }
}

export function peerOfChat(chat: Api.TypeChat): Api.TypePeer {
  return chat instanceof Api.Channel || chat instanceof Api.ChannelForbidden
    ? new Api.PeerChannel({ channelId: chat.id })
    : new Api.PeerChat({ chatId: chat.id });
}

/** A deleted account has no name. */
export function nameOf(user: Pick<Api.User, 'firstName' | 'lastName'> | undefined): string {
  return [user?.firstName, user?.lastName].filter(Boolean).join(' ');
}
