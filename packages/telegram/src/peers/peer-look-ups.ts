import type { Peer, PeerBook, Recipient } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../caller.ts';
import { rpcNameOf } from '../errors/errors.ts';
import { dialogPages } from './dialogs.ts';
import { LookUpRepeats } from './look-up-repeats.ts';
import { kindAndId, peersOf, peersOfDialogs } from './peers.ts';

/** How long the lists of contacts and dialogs count as fresh, ms. */
export const LISTS_FRESH_FOR_MS = 60_000;

const NOBODY = new Set([
  'USERNAME_NOT_OCCUPIED',
  'USERNAME_INVALID',
  'PHONE_NOT_OCCUPIED',
  'PHONE_NUMBER_INVALID',
]);

/** What was looked up earlier. */
export interface LookedUp {
  repeats: LookUpRepeats;
  contactsReadAt: number;
  dialogsReadAt: number;
  selfRead: boolean;
}

export function nothingYet(): LookedUp {
  return {
    repeats: new LookUpRepeats(),
    contactsReadAt: -Infinity,
    dialogsReadAt: -Infinity,
    selfRead: false,
  };
}

export type Wanted = Exclude<Recipient, { kind: 'self' }>;

interface LookUpOptions {
  asker: Asker;
  book: PeerBook;
  /** ms since the epoch. */
  now: () => number;
  lookedUp: LookedUp;
  isBot: boolean;
}

/** Asks Telegram for peers, and stores every peer that it returns in the account's book. */
export class PeerLookUps {
  readonly #asker: Asker;
  readonly #book: PeerBook;
  readonly #now: () => number;
  readonly #lookedUp: LookedUp;
  readonly #isBot: boolean;

  constructor({ asker, book, now, lookedUp, isBot }: LookUpOptions) {
    this.#asker = asker;
    this.#book = book;
    this.#now = now;
    this.#lookedUp = lookedUp;
    this.#isBot = isBot;
  }

  /** The peer as the book has it. */
  known(recipient: Wanted): Peer | undefined {
    if (recipient.kind === 'username') return this.#book.byUsername(recipient.username);
    if (recipient.kind === 'phone') return this.#book.byPhone(recipient.phone);
    return this.#book.byId(recipient.kind, recipient.id);
  }

  /**
   * Asks Telegram for a peer; `undefined`: there is none, or the account cannot see it.
   * @param staleHash the book's access hash, if Telegram has refused it.
   * @param again read lists again even if they are fresh.
   * @throws the failure of a call.
   */
  async find(
    recipient: Wanted,
    { staleHash, again }: { staleHash?: string | null | undefined; again: boolean },
  ): Promise<Peer | undefined> {
    if (this.#isBot) return this.#findAsBot(recipient);
    const isFound = () => {
      const known = this.known(recipient);
      return known !== undefined && (staleHash === undefined || known.accessHash !== staleHash)
        ? known
        : undefined;
    };
    switch (recipient.kind) {
      case 'username':
        return this.#byUsername(recipient.username);
      case 'phone':
        await this.#readContacts(again);
        return isFound() ?? (await this.#byPhone(recipient.phone));
      case 'chat':
        // A basic group has no access hash. Telegram says whether the account is in it.
        return staleHash === undefined
          ? { kind: 'chat', id: recipient.id, accessHash: null, username: null, phone: null, familiar: false }
          : undefined;
      case 'user':
        await this.#readSelf();
        if (isFound() === undefined) await this.#readContacts(again);
        if (isFound() === undefined) await this.#readDialogs(isFound, again);
        return isFound();
      case 'channel':
        await this.#readDialogs(isFound, again);
        return isFound();
    }
  }

  async #findAsBot(recipient: Wanted): Promise<Peer | undefined> {
    if (recipient.kind === 'username') return this.#byUsername(recipient.username);
    if (recipient.kind === 'phone') return undefined;
    // Telegram says whether the bot may write there.
    return {
      ...recipient,
      accessHash: recipient.kind === 'chat' ? null : '0',
      username: null,
      phone: null,
      familiar: true,
    };
  }

  async #byUsername(username: string): Promise<Peer | undefined> {
    const answer = await orNobody(this.#asker.ask(new Api.contacts.ResolveUsername({ username })));
    return answer && this.#rememberResolved(answer, { username });
  }

  async #byPhone(phone: string): Promise<Peer | undefined> {
    const answer = await orNobody(this.#asker.ask(new Api.contacts.ResolvePhone({ phone: phone.slice(1) })));
    return answer && this.#rememberResolved(answer, { phone });
  }

  /** Stores the peer under the name that was looked up, even if the answer shows another name. */
  #rememberResolved(
    answer: Api.contacts.ResolvedPeer,
    askedFor: { username: string } | { phone: string },
  ): Peer | undefined {
    const { kind, id } = kindAndId(answer.peer);
    const peers = peersOf(answer).map((peer) =>
      peer.kind === kind && peer.id === id ? { ...peer, ...askedFor } : peer,
    );
    this.#book.remember(peers);
    return peers.find((peer) => peer.kind === kind && peer.id === id);
  }

  async #readSelf(): Promise<void> {
    if (this.#lookedUp.selfRead) return;
    const users = await this.#asker.ask(new Api.users.GetUsers({ id: [new Api.InputUserSelf()] }));
    this.#book.remember(peersOf({ users, chats: [] }));
    this.#lookedUp.selfRead = true;
  }

  async #readContacts(again: boolean): Promise<void> {
    const now = this.#now();
    if (!again && now - this.#lookedUp.contactsReadAt < LISTS_FRESH_FOR_MS) return;
    const answer = await this.#asker.ask(new Api.contacts.GetContacts({ hash: bigInt.zero }));
    if (answer instanceof Api.contacts.Contacts)
      this.#book.remember(
        peersOf({ users: answer.users, chats: [] }).map((peer) => ({ ...peer, familiar: true })),
      );
    this.#lookedUp.contactsReadAt = now;
  }

  async #readDialogs(isFound: () => Peer | undefined, again: boolean): Promise<void> {
    const now = this.#now();
    if (!again && now - this.#lookedUp.dialogsReadAt < LISTS_FRESH_FOR_MS) return;
    for await (const page of dialogPages(this.#asker)) {
      this.#book.remember(peersOfDialogs(page));
      if (isFound() !== undefined) return;
    }
    this.#lookedUp.dialogsReadAt = now;
  }
}

async function orNobody<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (NOBODY.has(rpcNameOf(error) ?? '')) return undefined;
    throw error;
  }
}
