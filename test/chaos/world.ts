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
}

export interface World {
  accounts: Account[];
  chats: Chat[];
}

/** Concurrent sign-ins: each costs the worker a good part of a second of CPU. */
const SIGN_INS_AT_ONCE = 4;

const GROUP_SIZE = 10;

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
      return recipients.map((recipient, place) => ({ name: `a${index}-${place}`, account, ...recipient }));
    }),
  );
  return { accounts, chats: chats.flat() };
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
