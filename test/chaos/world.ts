import { ApiClient } from '../env/api-client.ts';
import type { Fleet } from '../env/fleet.ts';
import { signIn } from '../env/sign-in.ts';

interface Account {
  userId: string;
  phone: string;
  /** The Telegram id. */
  id: number;
}

/** A pair of sending account and recipient. */
export interface Chat {
  /** Unique. */
  name: string;
  account: Account;
  /** The recipient's Telegram id. */
  to: number;
  /** The recipient in the form for the API. */
  recipient: string;
  /** What only one chat of each account has. */
  extras?: Extras;
}

/** What an account does outside of its chats: it presses buttons of a bot, and joins and leaves a channel. */
interface Extras {
  bot: { recipient: string; messageId: number };
  /** By its link or its name: one name for all calls, so that their order is that of the account's line. */
  club: { id: number; recipient: string };
}

export interface World {
  accounts: Account[];
  chats: Chat[];
  club: number;
}

/** Concurrent sign-ins: each costs the worker a good part of a second of CPU. */
const SIGN_INS_AT_ONCE = 4;

const GROUP_SIZE = 10;

/** The text of what bot and accounts write to each other before the run: that of the sandbox's bots. */
export const BOT_TEXT = 'Choose:';
const BUTTONS_IN_A_ROW = 8;
/** The data of the buttons. Each press takes the next one, so that a second press of one shows. */
export const BUTTON_DATA = Array.from({ length: 64 }, (_, index) => `button ${index}`);
const BUTTONS = Array.from({ length: BUTTON_DATA.length / BUTTONS_IN_A_ROW }, (_, row) =>
  BUTTON_DATA.slice(row * BUTTONS_IN_A_ROW, (row + 1) * BUTTONS_IN_A_ROW),
);

/** Distances in the circle of accounts between those that write to each other. */
const DISTANCES = [1, 3, 7];

/** Signs accounts in and gives each its chats: some other accounts, by phone or by id, and a group. */
export async function createWorld(fleet: Fleet, count: number, say: (line: string) => void): Promise<World> {
  const accounts: Account[] = [];
  const waiting = Array.from({ length: count }, (_, index) => index);
  const signInNext = async (): Promise<void> => {
    for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
      const api = new ApiClient(fleet.urls[index % fleet.urls.length] ?? '');
      const [userId, phone] = [`account-${index}`, phoneOf(index)];
      accounts[index] = { userId, phone, id: await signIn(api, fleet.control, userId, phone) };
      if ((index + 1) % 50 === 0) say(`${index + 1} of ${count} accounts are signed in`);
    }
  };
  await Promise.all(Array.from({ length: SIGN_INS_AT_ONCE }, signInNext));
  const groups = await createGroups(fleet, accounts);
  const { club, extrasOf } = await createExtras(fleet, accounts);
  const chats = await Promise.all(
    accounts.map(async (account, index) => {
      const others = DISTANCES.filter((distance) => distance < count).flatMap(
        (distance) => accounts[(index + distance) % count] ?? [],
      );
      // An id alone is not enough: the account must have seen the user, for example in its contacts.
      if (others.length > 0)
        await fleet.control.addContacts(
          account.id,
          others.map(({ id }) => id),
        );
      const recipients = others.map(({ id, phone }, place) => ({
        to: id,
        recipient: place === 0 ? phone : String(id),
      }));
      const group = groups[Math.floor(index / GROUP_SIZE)];
      if (group !== undefined) recipients.push({ to: group, recipient: String(group) });
      return recipients.map((recipient, place) => ({
        name: `a${index}-${place}`,
        account,
        ...recipient,
        ...(place === 0 && { extras: extrasOf(index) }),
      }));
    }),
  );
  return { accounts, chats: chats.flat(), club };
}

/** Creates a channel, and a bot that writes each account a message with buttons. */
async function createExtras({ control }: Fleet, accounts: readonly Account[]) {
  const owner = await control.createAccount({ phone: '+9996618000', first_name: 'Owner' });
  const channel = { type: 'channel', title: 'Club', members: [owner], username: 'chaos_club' };
  const { id: club, invite_link: link } = await control.newChat(channel);
  const bot = await control.createAutoBot({ username: 'chaos_bot', buttons: BUTTONS, answer: 'Yes' });
  // A bot may write only to those who have written to it.
  await Promise.all(accounts.map(({ id: from }) => control.write({ from, to: bot, text: BOT_TEXT })));
  const messages = await control.messages({ from: bot, ids: true });
  const ids = new Map(messages.flatMap(({ ids: own = {} }) => Object.entries(own)));
  const extrasOf = (index: number): Extras => ({
    bot: { recipient: '@chaos_bot', messageId: ids.get(String(accounts[index]?.id)) ?? 0 },
    club: { id: Number(club), recipient: index % 2 === 0 ? link : '@chaos_club' },
  });
  return { club: Number(club), extrasOf };
}

/**
 * Creates basic groups and supergroups in turn, each with the accounts of one part of the circle. @returns their ids.
 */
async function createGroups(fleet: Fleet, accounts: readonly Account[]): Promise<number[]> {
  const ids: number[] = [];
  for (let first = 0; first < accounts.length; first += GROUP_SIZE) {
    const members = accounts.slice(first, first + GROUP_SIZE).map(({ id }) => id);
    const kind = ids.length % 2 === 0 ? 'group' : 'supergroup';
    ids.push((await fleet.control.createChat({ title: `Group ${ids.length + 1}`, kind, members })).id);
  }
  return ids;
}

/** A test phone of the sandbox, in one of its three data centres. */
function phoneOf(index: number): string {
  return `+99966${1 + (index % 3)}${String(index).padStart(4, '0')}`;
}
