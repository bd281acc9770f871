import type { Webhook } from '@gateway/queue';

/** Most accounts whose events are posted to one receiver at a time, and most while it fails. */
const AT_A_TIME = 16;
const WHILE_FAILING = 2;

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
 * one delivery at a time, so its events stay in order; a failing account waits by itself.
 */
export class WebhookLane {
  readonly webhook: Webhook;
  readonly #deliver: (userId: string) => Promise<Delivered>;
  readonly #ready = new Set<string>();
  /** Account in progress → whether it was added again meanwhile. */
  readonly #running = new Map<string, boolean>();
  /** Account whose delivery has failed → when the next try is due, ms since the epoch. */
  readonly #retries = new Map<string, number>();
  #isFailing = false;
  #isClosed = false;

  /** @param deliver never throws. */
  constructor(webhook: Webhook, deliver: (userId: string) => Promise<Delivered>) {
    this.webhook = webhook;
    this.#deliver = deliver;
  }

  /** The account may have events. */
  add(userId: string): void {
    if (this.#running.has(userId)) this.#running.set(userId, true);
    else if (!this.#retries.has(userId)) this.#ready.add(userId);
    this.#pump();
  }

  /** Starts the tries that are due. */
  retryDue(now: number): void {
    for (const [userId, at] of this.#retries) {
      if (at > now) continue;
      this.#retries.delete(userId);
      this.#ready.add(userId);
    }
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
    this.#retries.clear();
  }

  #pump(): void {
    for (const userId of this.#ready) {
      if (this.#running.size >= (this.#isFailing ? WHILE_FAILING : AT_A_TIME)) return;
      this.#ready.delete(userId);
      this.#running.set(userId, false);
      void this.#run(userId);
    }
  }

  async #run(userId: string): Promise<void> {
    const delivered = await this.#deliver(userId);
    const wasAdded = this.#running.get(userId) === true;
    this.#running.delete(userId);
    if (delivered.is === 'paused') this.close();
    if (this.#isClosed) return;
    if (delivered.is === 'failed') this.#retries.set(userId, Date.now() + delivered.ms);
    else if (delivered.is === 'more' || wasAdded) this.#ready.add(userId);
    if (delivered.is !== 'stopped') this.#isFailing = delivered.is === 'failed';
    this.#pump();
  }
}
