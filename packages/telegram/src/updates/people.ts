import { Api } from 'telegram/tl/index.js';
import { chatIdOf, peerOfChat, type KnownPeople } from '../shown/shown-chat.ts';
import { currentUsername } from '../sign-in/user-info.ts';
import type { WithPeople } from './arrivals.ts';

/** People and chats to remember; the ones not seen for longest are dropped first. */
const MAX_KNOWN = 500;

/**
 * The users and chats that an account's updates have named lately. Short updates name people by id alone, and updates
 * may name them with less than their full data.
 */
export class People implements KnownPeople {
  readonly #users = new Map<string, Api.User>();
  readonly #chats = new Map<string, Api.TypeChat>();

  remember({ users, chats }: WithPeople): void {
    for (const user of users) if (user instanceof Api.User && user.min !== true) this.#rememberUser(user);
    for (const chat of chats)
      if (!('min' in chat) || !chat.min) put(this.#chats, chatIdOf(peerOfChat(chat)), shortChat(chat));
  }

  #rememberUser(user: Api.User): void {
    const id = user.id.toString();
    const known = this.#users.get(id);
    // Each answer to a send names the account itself, and to build a user costs more than to compare two.
    put(this.#users, id, known !== undefined && isSame(known, user) ? known : shortUser(user));
  }

  user(id: string): Api.User | undefined {
    return this.#users.get(id);
  }

  chat(id: string): Api.TypeChat | undefined {
    return this.#chats.get(id);
  }

  /** Whether all of them can be shown. */
  haveAll(ids: readonly string[]): boolean {
    return ids.every((id) => this.#users.has(id) || this.#chats.has(id));
  }
}

function put<T>(known: Map<string, T>, id: string, value: T): void {
  known.delete(id);
  known.set(id, value);
  if (known.size <= MAX_KNOWN) return;
  const [oldest] = known.keys();
  if (oldest !== undefined) known.delete(oldest);
}

/** Whether a remembered user still shows what this one does. */
function isSame(known: Api.User, user: Api.User): boolean {
  return (
    (known.firstName || '') === (user.firstName || '') &&
    (known.lastName || '') === (user.lastName || '') &&
    (known.username || '') === (currentUsername(user) ?? '') &&
    (known.bot === true) === (user.bot === true) &&
    (known.contact === true) === (user.contact === true)
  );
}

/** Only what events show, so that the memory stays small. */
function shortUser(user: Api.User): Api.User {
  const { id, firstName, lastName, bot, contact } = user;
  const username = currentUsername(user);
  return new Api.User({
    id,
    ...(firstName && { firstName }),
    ...(lastName && { lastName }),
    ...(username && { username }),
    ...(bot === true && { bot }),
    ...(contact === true && { contact }),
  });
}

function shortChat(chat: Api.TypeChat): Api.TypeChat {
  if (!(chat instanceof Api.Channel)) return chat;
  const { id, title, broadcast, megagroup, date } = chat;
  const username = currentUsername(chat);
  return new Api.Channel({
    id,
    title,
    date,
    photo: new Api.ChatPhotoEmpty(),
    ...(username && { username }),
    ...(broadcast === true && { broadcast }),
    ...(megagroup === true && { megagroup }),
  });
}
