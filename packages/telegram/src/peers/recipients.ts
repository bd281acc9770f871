import type { Miss, Peer, PeerBook, Recipient } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../caller.ts';
import { pausingOnly } from '../errors/errors.ts';
import { lookUpsOf } from './look-ups.ts';
import { LISTS_FRESH_FOR_MS, nothingYet, PeerLookUps, type LookedUp, type Wanted } from './peer-look-ups.ts';
import { inputPeerOf, peersOf, peersOfDialogs } from './peers.ts';
import { recipientNotFound } from './recipient-not-found.ts';

/** How long a failed look-up is remembered, ms. */
const MISSING_FOR_MS = 10 * 60_000;

export interface ResolvedRecipient {
  input: Api.TypeInputPeer;
  /** `undefined`: the account itself. */
  peer: Peer | undefined;
  /** The peer comes from the account's peer book, not from Telegram, so its access hash may be stale. */
  fromBook: boolean;
}

/**
 * Resolves recipients: first from the account's peer book, then by asking Telegram, which limits look-ups most
 * strictly.
 * Stores every peer that Telegram returns in the book. Lives as long as its account's client.
 */
export class Recipients {
  readonly #book: PeerBook;
  readonly #now: () => number;
  readonly #lookedUp: LookedUp;
  readonly #lookUps: PeerLookUps;

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
    this.#book = book;
    this.#lookUps = new PeerLookUps({ asker: lookUpsOf(asker), book, now, lookedUp, isBot });
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
    const known = this.#lookUps.known(recipient);
    if (known !== undefined) return { input: inputPeerOf(known), peer: known, fromBook: true };
    const key = keyOf(recipient);
    const startedAt = this.#now();
    const miss = this.#book.missing(key, startedAt);
    const isRepeat = this.#mayRepeat(recipient, miss, askedAt);
    if (miss !== undefined && !isRepeat) throw recipientNotFound(recipient, this.isBot, miss);
    const found = await this.#lookUps.find(recipient, { again: isRepeat });
    if (found === undefined) {
      this.#book.rememberMissing(key, this.#missOf(recipient, startedAt, (miss?.times ?? 0) + 1));
      throw recipientNotFound(recipient, this.isBot);
    }
    if (miss !== undefined) this.#book.forgetMissing(key);
    return { input: inputPeerOf(found), peer: found, fromBook: false };
  }

  /** The recipient as the book knows it; `undefined` if it does not. */
  known(recipient: Wanted): ResolvedRecipient | undefined {
    const peer = this.#lookUps.known(recipient);
    return peer && { input: inputPeerOf(peer), peer, fromBook: true };
  }

  /**
   * Looks a recipient up whatever the book says, and forgets that it was missing.
   * @throws as {@link resolve}.
   */
  async lookUpAgain(recipient: Wanted): Promise<ResolvedRecipient> {
    const key = keyOf(recipient);
    const startedAt = this.#now();
    const found = await this.#lookUps.find(recipient, { again: true });
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
    const before = this.#lookUps.known(recipient)?.accessHash;
    const again = this.#mayRepeat(recipient, undefined, askedAt);
    const found = await this.#lookUps
      .find(recipient, { staleHash: before, again })
      .catch((error: unknown) => {
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

  /** The user for a mention; `undefined` if this account cannot mention it. */
  inputUser(id: string): Api.InputUser | undefined {
    const accessHash = this.#book.byId('user', id)?.accessHash ?? (this.isBot ? '0' : undefined);
    return accessHash === undefined
      ? undefined
      : new Api.InputUser({ userId: bigInt(id), accessHash: bigInt(accessHash) });
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
