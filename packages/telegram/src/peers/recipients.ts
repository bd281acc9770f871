import type { Miss, Peer, PeerBook, Recipient } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../caller.ts';
import { pausingOnly, rpcNameOf } from '../errors/errors.ts';
import { dialogPages } from './dialogs.ts';
import { LookUpRepeats } from './look-up-repeats.ts';
import { lookUpsOf } from './look-ups.ts';
import { inputPeerOf, kindAndId, peersOf, peersOfDialogs } from './peers.ts';
import { recipientNotFound } from './recipient-not-found.ts';

/** How long a failed look-up is remembered, ms. */
const MISSING_FOR_MS = 10 * 60_000;
/** How long the lists of contacts and dialogs count as fresh, ms. */
const LISTS_FRESH_FOR_MS = 60_000;

const NOBODY = new Set([
  'USERNAME_NOT_OCCUPIED',
  'USERNAME_INVALID',
  'PHONE_NOT_OCCUPIED',
  'PHONE_NUMBER_INVALID',
]);

export interface ResolvedRecipient {
  input: Api.TypeInputPeer;
  /** `undefined`: the account itself. */
  peer: Peer | undefined;
  /** The peer comes from the account's peer book, not from Telegram, so its access hash may be stale. */
  fromBook: boolean;
}

/** What was looked up earlier. */
interface LookedUp {
  repeats: LookUpRepeats;
  contactsReadAt: number;
  dialogsReadAt: number;
  selfRead: boolean;
}

function nothingYet(): LookedUp {
  return {
    repeats: new LookUpRepeats(),
    contactsReadAt: -Infinity,
    dialogsReadAt: -Infinity,
    selfRead: false,
  };
}

type Wanted = Exclude<Recipient, { kind: 'self' }>;

/**
 * Resolves recipients: first from the account's peer book, then by asking Telegram, which limits look-ups most
 * strictly.
 * Stores every peer that Telegram returns in the book. Lives as long as its account's client.
 */
export class Recipients {
  readonly #asker: Asker;
  readonly #book: PeerBook;
  readonly #now: () => number;
  readonly #lookedUp: LookedUp;

  /**
   * The account is a bot. A bot cannot list contacts or look up phones, but needs no access hash for people who wrote
   * to it.
   */
  readonly isBot: boolean;

  /** `now`: ms since the epoch. */
  constructor(
    asker: Asker,
    book: PeerBook,
    now: () => number,
    { isBot = false, lookedUp = nothingYet() } = {},
  ) {
    this.isBot = isBot;
    this.#lookedUp = lookedUp;
    this.#asker = lookUpsOf(asker);
    this.#book = book;
    this.#now = now;
  }

  /** The same recipients, looked up by another asker. */
  asking(asker: Asker): Recipients {
    return new Recipients(asker, this.#book, this.#now, { isBot: this.isBot, lookedUp: this.#lookedUp });
  }

  /**
   * @param askedAt when the message was requested, ms since the epoch. Failed look-ups from before are repeated.
   * @throws {TelegramFailure} RECIPIENT_NOT_FOUND with a message that says how to make the peer reachable, or the
   * failure of a call. A flood wait has the scope `resolve`.
   */
  async resolve(recipient: Recipient, askedAt = 0): Promise<ResolvedRecipient> {
    if (recipient.kind === 'self')
      return { input: new Api.InputPeerSelf(), peer: undefined, fromBook: false };
    const known = this.#known(recipient);
    if (known !== undefined) return { input: inputPeerOf(known), peer: known, fromBook: true };
    const key = keyOf(recipient);
    const startedAt = this.#now();
    const miss = this.#book.missing(key, startedAt);
    const isRepeat = this.#mayRepeat(recipient, miss, askedAt);
    if (miss !== undefined && !isRepeat) throw recipientNotFound(recipient, this.isBot, miss);
    const found = this.isBot
      ? await this.#lookUpAsBot(recipient)
      : await this.#lookUp(recipient, { again: isRepeat });
    if (found === undefined) {
      this.#book.rememberMissing(key, this.#missOf(recipient, startedAt, (miss?.times ?? 0) + 1));
      throw recipientNotFound(recipient, this.isBot);
    }
    if (miss !== undefined) this.#book.forgetMissing(key);
    return { input: inputPeerOf(found), peer: found, fromBook: false };
  }

  /** The recipient as the book knows it; `undefined` if it does not. */
  known(recipient: Wanted): ResolvedRecipient | undefined {
    const peer = this.#known(recipient);
    return peer && { input: inputPeerOf(peer), peer, fromBook: true };
  }

  /**
   * Looks a recipient up whatever the book says, and forgets that it was missing.
   * @throws as {@link resolve}.
   */
  async lookUpAgain(recipient: Wanted): Promise<ResolvedRecipient> {
    const key = keyOf(recipient);
    const startedAt = this.#now();
    const found = this.isBot
      ? await this.#lookUpAsBot(recipient)
      : await this.#lookUp(recipient, { again: true });
    this.#book.forgetMissing(key);
    if (found !== undefined) return { input: inputPeerOf(found), peer: found, fromBook: false };
    this.#book.rememberMissing(key, this.#missOf(recipient, startedAt, 1));
    throw recipientNotFound(recipient, this.isBot);
  }

  /** Whether to repeat a look-up: the request is newer than the answer, and the budget allows it. */
  #mayRepeat(recipient: Wanted, miss: Miss | undefined, askedAt: number): boolean {
    const now = this.#now();
    const since = miss?.since ?? this.#listsReadAt(recipient, now);
    return since !== null && this.#lookedUp.repeats.mayAsk({ since, times: miss?.times ?? 0 }, askedAt, now);
  }

  /** When the fresh lists that decide about this recipient were read; `null` if no list decides, or none is fresh. */
  #listsReadAt({ kind }: Wanted, now: number): number | null {
    const lists =
      kind === 'user'
        ? [this.#lookedUp.contactsReadAt, this.#lookedUp.dialogsReadAt]
        : kind === 'channel'
          ? [this.#lookedUp.dialogsReadAt]
          : [];
    const fresh = lists.filter((at) => now - at < LISTS_FRESH_FOR_MS);
    return fresh.length === 0 ? null : Math.min(...fresh);
  }

  /**
   * Looks a recipient up again after Telegram refused the book's access hash. `undefined`: Telegram returns no other
   * hash.
   * A flood wait has the scope `chat`. The book knows the chat, so the scope `resolve` would not hold it, and the lane
   * would retry without end.
   * @throws {TelegramFailure} RECIPIENT_NOT_FOUND if nobody has the name any more, or the failure of a call.
   */
  async resolveAfresh(recipient: Recipient, askedAt = 0): Promise<ResolvedRecipient | undefined> {
    if (recipient.kind === 'self' || this.isBot) return undefined;
    const before = this.#known(recipient)?.accessHash;
    const again = this.#mayRepeat(recipient, undefined, askedAt);
    const found = await this.#lookUp(recipient, { staleHash: before, again }).catch((error: unknown) => {
      throw pausingOnly('chat', error);
    });
    if (found === undefined && (recipient.kind === 'username' || recipient.kind === 'phone'))
      throw recipientNotFound(recipient, this.isBot);
    if (found === undefined || found.accessHash === before) return undefined;
    return { input: inputPeerOf(found), peer: found, fromBook: false };
  }

  /** Stores the peers of an answer in the book. */
  remember(answer: Parameters<typeof peersOf>[0]): void {
    this.#book.remember(peersOf(answer));
  }

  /** As {@link remember}, for a page of the account's chat list. */
  rememberChats(page: Parameters<typeof peersOfDialogs>[0]): void {
    this.#book.remember(peersOfDialogs(page));
  }

  byId(kind: Peer['kind'], id: string): Peer | undefined {
    return this.#book.byId(kind, id);
  }

  /** Marks a peer as familiar after a message was sent to it. */
  noteWrittenTo({ kind, id }: Peer): void {
    const known = this.#book.byId(kind, id);
    if (known !== undefined && !known.familiar) this.#book.remember([{ ...known, familiar: true }]);
  }

  #known(recipient: Wanted): Peer | undefined {
    if (recipient.kind === 'username') return this.#book.byUsername(recipient.username);
    if (recipient.kind === 'phone') return this.#book.byPhone(recipient.phone);
    return this.#book.byId(recipient.kind, recipient.id);
  }

  /**
   * @param staleHash the book's access hash, if Telegram has refused it.
   * @param again read lists again even if they are fresh.
   */
  async #lookUp(
    recipient: Wanted,
    { staleHash, again }: { staleHash?: string | null | undefined; again: boolean },
  ): Promise<Peer | undefined> {
    const isFound = () => {
      const known = this.#known(recipient);
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

  async #lookUpAsBot(recipient: Wanted): Promise<Peer | undefined> {
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

  /** The user for a mention; `undefined` if this account cannot mention it. */
  inputUser(id: string): Api.InputUser | undefined {
    const accessHash = this.#book.byId('user', id)?.accessHash ?? (this.isBot ? '0' : undefined);
    return accessHash === undefined
      ? undefined
      : new Api.InputUser({ userId: bigInt(id), accessHash: bigInt(accessHash) });
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

  /** A miss based on lists that were read earlier is as old as those lists, and expires with them. */
  #missOf({ kind }: Wanted, startedAt: number, times: number): Miss {
    const isById = kind === 'user' || kind === 'channel';
    if (isById && this.#lookedUp.dialogsReadAt < startedAt)
      return {
        since: this.#lookedUp.dialogsReadAt,
        until: this.#lookedUp.dialogsReadAt + LISTS_FRESH_FOR_MS,
        times,
      };
    const now = this.#now();
    return { since: now, until: now + MISSING_FOR_MS, times };
  }
}

function keyOf(recipient: Wanted): string {
  if (recipient.kind === 'username') return `username:${recipient.username}`;
  if (recipient.kind === 'phone') return `phone:${recipient.phone}`;
  return `${recipient.kind}:${recipient.id}`;
}

async function orNobody<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (NOBODY.has(rpcNameOf(error) ?? '')) return undefined;
    throw error;
  }
}
