import { filtersChats, passesChat } from '@gateway/contracts';
import { Fenced } from '@gateway/queue';
import { sleep, type Logger } from '@gateway/runtime';
import { TelegramFailure, type UpdateBatch } from '@gateway/telegram';
import type { Account } from '../accounts/account.ts';
import type { AccountInbox } from './account-inbox.ts';
import { eventDrafts } from './event-drafts.ts';

/** The pause before connecting again, which doubles up to the longest, ms. */
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** A connection that lasted so long was good: the next one follows at once, ms. */
const GOOD_MS = 30_000;

export interface ReceivingOptions {
  account: Account;
  inbox: AccountInbox;
  logger: Logger;
  now: () => number;
}

/**
 * Keeps an account that receives connected, and appends what Telegram tells to its sequence of events. Reads from the
 * stored place on after each connection.
 */
export class Receiving {
  readonly #options: ReceivingOptions;
  #run: { stop: AbortController; ended: Promise<void> } | undefined;
  #isStopped = false;

  constructor(options: ReceivingOptions) {
    this.#options = options;
  }

  /** Starts or stops to receive, as the account's settings and state demand. Call after each change. */
  check(): void {
    const { account } = this.#options;
    if (!account.mayReceive || this.#isStopped) this.#run?.stop.abort();
    else if (this.#run === undefined) this.#start();
  }

  /** Ends the current reading. It begins anew if the account still may receive. */
  restart(): void {
    this.#run?.stop.abort();
  }

  /** Ends after the current step. Do not call in the account's turn. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#run?.stop.abort();
    await this.#run?.ended;
  }

  /** Ends without waiting. */
  abandon(): void {
    this.#isStopped = true;
    this.#run?.stop.abort();
  }

  #start(): void {
    const stop = new AbortController();
    const run = { stop, ended: this.#keepReceiving(stop.signal).finally(() => this.#onEnded(run)) };
    this.#run = run;
  }

  #onEnded(run: object): void {
    if (this.#run !== run) return;
    this.#run = undefined;
    // The account may have changed since it was stopped.
    this.check();
  }

  async #keepReceiving(signal: AbortSignal): Promise<void> {
    const { account, logger, now } = this.#options;
    let pause = PAUSE_MS;
    while (!signal.aborted) {
      const begun = now();
      try {
        await this.#receive(signal);
      } catch (error) {
        if (error instanceof Fenced) return this.#fenced();
        const { userId } = account;
        if (error instanceof TelegramFailure) logger.debug({ err: error, userId }, 'cannot receive now');
        else if (!signal.aborted) logger.warn({ err: error, userId }, 'cannot receive now; trying again');
      }
      if (now() - begun > GOOD_MS) pause = PAUSE_MS;
      // Many accounts lose their connections at the same time, and must not all return at once.
      await sleep(pause * (0.5 + Math.random()), signal);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Another worker owns the account. */
  #fenced(): void {
    this.#isStopped = true;
  }

  async #receive(signal: AbortSignal): Promise<void> {
    const { account, inbox } = this.#options;
    const { filter } = account.receiving;
    const stored = await inbox.readState();
    await account.receive({
      stored,
      wantsChat: (chat) => passesChat(filter, chat),
      deliver: (batch) => this.#append(batch, signal),
      signal,
    });
  }

  async #append({ told, state }: UpdateBatch, signal: AbortSignal): Promise<void> {
    const { account, inbox, now } = this.#options;
    const { filter } = account.receiving;
    const jobOf = (randomId: string | undefined) => account.sentJobs.jobOf(randomId);
    const { events, live } = eventDrafts(told, { filter, jobOf, now: now() });
    const place = state !== null && { state };
    await inbox.append({ events, ...place, tellsUnknownDeletions: !filtersChats(filter) }, signal);
    for (const event of live) await inbox.publishLive(event);
  }
}
