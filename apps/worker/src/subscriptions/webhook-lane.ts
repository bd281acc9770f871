import type { Webhook } from '@gateway/queue';

/** Accounts whose events are posted to one receiver at a time: at first, and at most. */
const AT_FIRST = 16;
const AT_MOST = 64;

/** Failed tries in a row, of any accounts, after which the receiver counts as away. */
const AWAY_AFTER = 8;
/** ms between two tries while the receiver is away: at first, doubled with each, and at most. */
const AWAY_FIRST_MS = 250;
const AWAY_MOST_MS = 30_000;

/** How the delivery of an account's events ended. */
export type Delivered =
  /** Nothing is left. */
  | { is: 'done' }
  /** There may be more. */
  | { is: 'more' }
  /** The next try is due after `ms`. */
  | { is: 'failed'; ms: number }
  /** This worker delivers no more events of the account. */
  | { is: 'stopped' }
  /** The webhook is paused. */
  | { is: 'paused' };

/**
 * The deliveries of one webhook: which accounts have events for it, and which are being served. An account is served by
 * one delivery at a time, so its events stay in order; a failing account waits by itself. While the receiver is away,
 * one account after the other tries, whatever the number of accounts.
 */
export class WebhookLane {
  readonly webhook: Webhook;
  readonly #deliver: (userId: string) => Promise<Delivered>;
  readonly #now: () => number;
  readonly #ready = new Set<string>();
  /** Accounts of which a try is due again. They come first, so that an event fails for no longer than it may. */
  readonly #due = new Set<string>();
  /** Account in progress → whether it was added again meanwhile. */
  readonly #running = new Map<string, boolean>();
  /** Account whose delivery has failed → when the next try is due, ms since the epoch. */
  readonly #retries = new Map<string, number>();
  /** How many accounts are served at a time: more while the receiver takes all, fewer while it fails. */
  #places = AT_FIRST;
  /** Tries that have failed in a row. */
  #failures = 0;
  #awayUntil = 0;
  #isClosed = false;

  /** @param deliver never throws. */
  constructor(webhook: Webhook, deliver: (userId: string) => Promise<Delivered>, now: () => number) {
    this.webhook = webhook;
    this.#deliver = deliver;
    this.#now = now;
  }

  /** The account may have events. */
  add(userId: string): void {
    if (this.#running.has(userId)) this.#running.set(userId, true);
    else if (!this.#retries.has(userId) && !this.#due.has(userId)) this.#ready.add(userId);
    this.#pump();
  }

  /** Starts the tries that are due. */
  retryDue(): void {
    for (const [userId, at] of this.#retries) if (at <= this.#now()) this.#makeDue(userId);
    this.#pump();
  }

  /** The accounts that may have events which the webhook has not taken. */
  *behind(): Iterable<string> {
    yield* this.#ready;
    yield* this.#running.keys();
    yield* this.#retries.keys();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Starts no more deliveries. */
  close(): void {
    this.#isClosed = true;
    this.#ready.clear();
    this.#due.clear();
    this.#retries.clear();
  }

  #makeDue(userId: string): void {
    this.#retries.delete(userId);
    this.#due.add(userId);
  }

  #pump(): void {
    if (this.#now() < this.#awayUntil) return;
    for (const accounts of [this.#due, this.#ready]) {
      for (const userId of accounts) {
        if (this.#running.size >= this.#places) return;
        accounts.delete(userId);
        this.#running.set(userId, false);
        void this.#run(userId);
      }
    }
  }

  async #run(userId: string): Promise<void> {
    const delivered = await this.#deliver(userId);
    const wasAdded = this.#running.get(userId) === true;
    this.#running.delete(userId);
    if (delivered.is === 'paused') this.close();
    if (this.#isClosed) return;
    if (delivered.is === 'failed') {
      this.#retries.set(userId, this.#now() + delivered.ms);
      this.#failed();
    } else {
      if (delivered.is === 'more' || wasAdded) this.#ready.add(userId);
      if (delivered.is !== 'stopped') this.#succeeded();
    }
    this.#pump();
  }

  #failed(): void {
    this.#failures += 1;
    // One failure among others may be due to the event.
    if (this.#failures > 1) this.#places = Math.max(1, Math.floor(this.#places / 2));
    const doublings = this.#failures - AWAY_AFTER;
    if (doublings < 0) return;
    this.#awayUntil = this.#now() + Math.min(AWAY_FIRST_MS * 2 ** doublings, AWAY_MOST_MS);
  }

  #succeeded(): void {
    const wasAway = this.#failures >= AWAY_AFTER;
    this.#failures = 0;
    this.#awayUntil = 0;
    if (this.#ready.size > 0) this.#places = Math.min(this.#places + 1, AT_MOST);
    // Their tries failed because the receiver was away, not because of their events.
    if (wasAway) for (const waiting of this.#retries.keys()) this.#makeDue(waiting);
  }
}
