import { filtersChats, passesChat } from '@gateway/contracts';
import { Fenced } from '@gateway/queue';
import { sleep, type Logger } from '@gateway/runtime';
import { isWholePlace, TelegramFailure, type UpdateBatch } from '@gateway/telegram';
import type { Account } from '../accounts/account.ts';
import type { AccountInbox } from './account-inbox.ts';
import { eventDrafts } from './event-drafts.ts';
import { privateNews } from './private-news.ts';

/** The pause before connecting again, which doubles up to the longest, ms. */
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** A connection that lasted so long was good: the next one follows at once, ms. */
const GOOD_MS = 30_000;

export interface ReceivingOptions {
  account: Account;
  inbox: AccountInbox;
  /** By performance.now(): before, a former owner's connection may still be open at Telegram. */
  readsFrom: number;
  logger: Logger;
  now: () => number;
}

/**
 * Keeps an account that receives connected, and appends what Telegram tells to its sequence of events. Reads from the
 * stored place on after each connection.
 */
export class Receiving {
  readonly #options: ReceivingOptions;
  /** `drop`: aborted if nothing more may be stored. */
  #run: { stop: AbortController; drop: AbortController; ended: Promise<void> } | undefined;
  #isStopped = false;
  /** Ends the pause before the next connection. */
  #endPause: () => void = () => {};

  constructor(options: ReceivingOptions) {
    this.#options = options;
  }

  /** Starts or stops to receive, as the account's settings and state demand. Call after each change. */
  check(): void {
    const { account } = this.#options;
    if (!account.mayReceive) this.#end();
    else if (!this.#isStopped && this.#run === undefined) this.#start();
  }

  /** Connects at once if it waits to connect again: what stood in its way is over. */
  retryNow(): void {
    this.#endPause();
  }

  /** Ends the current reading. It begins anew if the account still may receive. */
  restart(): void {
    this.#end();
  }

  /** Ends once what Telegram has told is stored. Do not call in the account's turn. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#run?.stop.abort();
    await this.#run?.ended;
  }

  /** Ends without waiting. */
  abandon(): void {
    this.#isStopped = true;
    this.#end();
  }

  #start(): void {
    const [stop, drop] = [new AbortController(), new AbortController()];
    const ended = this.#keepReceiving(stop.signal, drop.signal).finally(() => this.#onEnded(run));
    const run = { stop, drop, ended };
    this.#run = run;
  }

  #end(): void {
    this.#run?.drop.abort();
    this.#run?.stop.abort();
  }

  #onEnded(run: object): void {
    if (this.#run !== run) return;
    this.#run = undefined;
    // The account may have changed since it was stopped.
    this.check();
  }

  async #keepReceiving(signal: AbortSignal, drop: AbortSignal): Promise<void> {
    const { account, readsFrom, logger, now } = this.#options;
    let pause = PAUSE_MS;
    // Sends do not wait for this: they are no second reader.
    await sleep(Math.max(0, readsFrom - performance.now()), signal);
    while (!signal.aborted) {
      const begun = now();
      try {
        await this.#receive(signal, drop);
      } catch (error) {
        if (error instanceof Fenced) return this.#fenced();
        const { userId } = account;
        if (error instanceof TelegramFailure) logger.debug({ err: error, userId }, 'cannot receive now');
        else if (!signal.aborted) logger.warn({ err: error, userId }, 'cannot receive now; trying again');
      }
      if (signal.aborted) return;
      if (now() - begun > GOOD_MS) pause = PAUSE_MS;
      // Many accounts lose their connections at the same time, and must not all return at once.
      const isOver = await this.#wait(pause * (0.5 + Math.random()), signal);
      pause = isOver ? Math.min(pause * 2, LONGEST_PAUSE_MS) : PAUSE_MS;
    }
  }

  /** @returns whether the whole time has passed. */
  async #wait(ms: number, signal: AbortSignal): Promise<boolean> {
    const waiting = new AbortController();
    this.#endPause = () => waiting.abort();
    signal.addEventListener('abort', this.#endPause);
    const end = await sleep(ms, waiting.signal);
    signal.removeEventListener('abort', this.#endPause);
    return end === 'elapsed';
  }

  /** Another worker owns the account. */
  #fenced(): void {
    this.#isStopped = true;
  }

  async #receive(signal: AbortSignal, drop: AbortSignal): Promise<void> {
    const { account } = this.#options;
    const { filter } = account.receiving;
    const stored = await this.#storedPlace();
    await account.reads.receive({
      stored,
      wantsChat: (chat) => passesChat(filter, chat),
      deliver: (batch) => this.#append(batch, drop),
      signal,
    });
  }

  /**
   * The stored place in the updates; `null`: there is none. If Redis lost it while the account received, only what has
   * changed since is stored.
   */
  async #storedPlace(): Promise<Record<string, string> | null> {
    const { inbox, now } = this.#options;
    const stored = await inbox.readState();
    if (stored === null || isWholePlace(stored)) return stored;
    const occurred_at = new Date(now()).toISOString();
    const gap = { type: 'updates.gap' as const, occurred_at, caught_up: false, chat: null };
    await inbox.append({
      events: [{ ...gap, reason: 'store_lost' }],
      state: { set: {}, remove: ['*'] },
    });
    return null;
  }

  async #append({ told, state }: UpdateBatch, drop: AbortSignal): Promise<void> {
    const { account, inbox, now } = this.#options;
    const { filter } = account.receiving;
    const jobOf = (randomId: string | undefined) => account.sentJobs.jobOf(randomId);
    const at = now();
    const { events, live } = eventDrafts(told, { filter, jobOf, now: at });
    const place = state !== null && { state };
    const news = privateNews(told, at);
    await account.publishNewNames();
    await inbox.append({ events, ...place, news, tellsUnknownDeletions: !filtersChats(filter) }, drop);
    for (const event of live) await inbox.publishLive(event);
  }
}
