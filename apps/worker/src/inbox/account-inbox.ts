import type { EventDraft } from '@gateway/contracts';
import type { Append, Inbox } from '@gateway/queue';
import type { NotedNumbers } from './noted-numbers.ts';

/** How many numbers are reserved at a time. Each reservation writes the account's record. */
const BLOCK = 10_000;

/** More numbers than are given while one Redis server still answers, and another one has taken over. */
const LOST_WITH_REDIS = 1_000_000;

export interface AccountInboxOptions {
  userId: string;
  inbox: Pick<Inbox, 'append' | 'readState' | 'writeReceiving' | 'forget' | 'publishLive'>;
  fence: string;
  /** The stored limit of the account's numbers; 0: it never received. */
  limit: () => number;
  /** Stores another limit. */
  setLimit: (limit: number) => Promise<void>;
  /** What is noted of its numbers; `null`: the limit is stored in the same Redis as the events, which may lose both. */
  noted: NotedNumbers | null;
}

/**
 * One account's sequence of events. No number is given twice: the numbers are noted before they are given, and the
 * session store keeps a limit above all of them. The sequence goes on above what is noted if Redis may have lost the
 * latest events, or above the limit if the notes are lost too.
 */
export class AccountInbox {
  readonly #options: AccountInboxOptions;
  #appending = 0;
  #settling: Promise<void> | undefined;

  constructor(options: AccountInboxOptions) {
    this.#options = options;
  }

  /**
   * Appends events and stores the place in Telegram's updates that they lead to, in one step. Does nothing once the
   * signal is aborted.
   * @throws {Fenced}
   */
  async append(append: Omit<Append, 'seq'>, signal?: AbortSignal): Promise<void> {
    await this.#settling;
    if (signal?.aborted === true) return;
    this.#appending += 1;
    try {
      await this.#append(append, signal);
    } finally {
      this.#appending -= 1;
    }
  }

  /** @returns the latest number; `undefined`: the signal was aborted. */
  async #append(append: Omit<Append, 'seq'>, signal?: AbortSignal): Promise<number | undefined> {
    const { inbox, userId, fence, limit, noted } = this.#options;
    const note = noted && { note: noted };
    const start = this.#start;
    for (let above = limit(); ; above = Math.max(limit(), start)) {
      if (signal?.aborted === true) return undefined;
      const seq = { start, limit: limit(), ...note };
      const appended = await inbox.append(userId, fence, { ...append, seq });
      if (appended !== 'limit') return appended.lastSeq;
      await this.#setLimit(above + BLOCK + append.events.length);
    }
  }

  async #setLimit(next: number): Promise<void> {
    const { noted, setLimit } = this.#options;
    const store = () => setLimit(next);
    await (noted === null ? store() : noted.whileLimitIs(next, store));
  }

  /** Above all numbers that may have been given. */
  get #start(): number {
    const { limit, noted } = this.#options;
    if (noted !== null) return noted.upTo;
    return limit() === 0 ? 0 : limit() + LOST_WITH_REDIS;
  }

  /**
   * Lowers the limit to the latest number. If Redis restarts too before the next owner reads, that owner sees that
   * nothing is lost. Call when nothing more is appended.
   */
  async settle(): Promise<void> {
    const { limit, noted } = this.#options;
    if (limit() === 0 || noted === null || this.#appending > 0) return;
    this.#settling = this.#settle().finally(() => {
      this.#settling = undefined;
    });
    await this.#settling;
  }

  async #settle(): Promise<void> {
    const { inbox, userId, fence, limit } = this.#options;
    const lastSeq = await this.#append({ events: [] });
    if (lastSeq === undefined || lastSeq === 0 || lastSeq === limit()) return;
    // Redis first: it gives no number above its own limit when it drops events.
    await inbox.append(userId, fence, { events: [], seq: { start: lastSeq, limit: lastSeq } });
    await this.#setLimit(lastSeq);
  }

  /** Appends an event of the account itself. @throws {Fenced} */
  async tell(event: EventDraft): Promise<void> {
    await this.append({ events: [event] });
  }

  /**
   * The stored place in Telegram's updates. If Redis has lost the latest events, a gap is told first.
   * @throws {Fenced}
   */
  async readState(): Promise<Record<string, string> | null> {
    const { inbox, userId } = this.#options;
    const state = await inbox.readState(userId);
    // Without a place, the gap comes with the new one.
    if (state === null || this.#options.limit() === 0) return state;
    await this.append({ events: [] });
    return inbox.readState(userId);
  }

  publishLive(event: Parameters<Inbox['publishLive']>[1]): Promise<void> {
    return this.#options.inbox.publishLive(this.#options.userId, event);
  }

  /** Shows the settings to the API. @throws {Fenced} */
  writeSettings(settings: Parameters<Inbox['writeReceiving']>[2]): Promise<void> {
    return this.#options.inbox.writeReceiving(this.#options.userId, this.#options.fence, settings);
  }

  /** Deletes all events. The numbers go on. @throws {Fenced} */
  forget(): Promise<void> {
    return this.#options.inbox.forget(this.#options.userId, this.#options.fence);
  }
}
