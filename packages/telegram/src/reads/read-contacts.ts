import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../caller.ts';
import type { Recipients } from '../peers/recipients.ts';
import { nameOf } from '../shown/shown-chat.ts';
import { currentUsername, plusPhone } from '../sign-in/user-info.ts';

export interface ContactQuery {
  limit: number;
  /** The id after which the page begins; `null`: the first page. */
  before: string | null;
}

interface Contact {
  id: string;
  name: string;
  username: string | null;
  phone_number: string | null;
}

/** A page of the account's contacts, by their ids. Telegram gives out all of them at once. */
export async function readContacts(
  asker: Asker,
  recipients: Recipients,
  { limit, before }: ContactQuery,
): Promise<{ contacts: Contact[]; next: string | null }> {
  const answer = await asker.ask(new Api.contacts.GetContacts({ hash: bigInt.zero }));
  if (answer instanceof Api.contacts.ContactsNotModified) return { contacts: [], next: null };
  recipients.remember({ users: answer.users, chats: [] });
  const contacts = answer.users
    .filter((user) => user instanceof Api.User)
    .filter(({ contact }) => contact === true)
    .toSorted((a, b) => a.id.compare(b.id));
  const rest = before === null ? contacts : contacts.filter(({ id }) => id.gt(bigInt(before)));
  const page = rest.slice(0, limit);
  return {
    contacts: page.map((user) => ({
      id: user.id.toString(),
      name: nameOf(user),
      username: currentUsername(user),
      phone_number: plusPhone(user.phone),
    })),
    next: rest.length > limit ? (page.at(-1)?.id.toString() ?? null) : null,
  };
}
