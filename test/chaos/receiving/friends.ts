import type { Fleet } from '../../env/fleet.ts';
import type { World } from '../world.ts';

/** A chat in which somebody who is no user of the gateway writes to its accounts. */
export interface IncomingChat {
  /** Unique, and the chat in the labels of its texts. */
  name: string;
  /** Telegram id of the writer. */
  friend: number;
  /** An account, or a chat of several accounts. */
  to: number;
}

const FRIENDS = 4;
const MEMBERS = 10;
const KINDS = ['group', 'supergroup', 'channel'] as const;

/** The chats in labels of the friends' texts begin so. */
const PREFIX = 'in-';

/** Whether a friend wrote this text. */
export function isOfFriend(text: string): boolean {
  return text.startsWith(`[${PREFIX}`);
}

/** Creates friends at the sandbox: a private chat with each account, and a chat of each kind for ten accounts. */
export async function createFriends({ control }: Fleet, { accounts }: World): Promise<IncomingChat[]> {
  const friends: number[] = [];
  for (let index = 0; index < FRIENDS; index += 1)
    friends.push(
      await control.createAccount({ phone: `+99966190${index}0`, first_name: `Friend ${index + 1}` }),
    );
  const friendOf = (index: number) => friends[index % friends.length] ?? 0;
  const chats: IncomingChat[] = accounts.map(({ id }, index) => ({
    name: `${PREFIX}${index}`,
    friend: friendOf(index),
    to: id,
  }));
  for (let first = 0; first < accounts.length; first += MEMBERS) {
    const members = accounts.slice(first, first + MEMBERS).map(({ id }) => id);
    for (const kind of KINDS) {
      const friend = friendOf(chats.length);
      const title = `${kind} of a friend`;
      const { id: to } = await control.createChat({ title, kind, members: [friend, ...members] });
      chats.push({ name: `${PREFIX}${kind}-${first}`, friend, to });
    }
  }
  return chats;
}
