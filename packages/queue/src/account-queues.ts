import type { SendJob, SendResult } from '@gateway/contracts';
import { Queue } from 'bullmq';
import { accountPrefix, SEND_QUEUE } from './keys.ts';
import type { RedisClient } from './redis.ts';
import type { SharedBackend } from './shared-backend.ts';
import { TellingBackend } from './telling-backend.ts';
import { tracing } from './tracing.ts';

export type SendQueue = Queue<SendJob, SendResult, 'send'>;

/** Queue objects kept at a time: each is small, and made anew when needed. */
const MAX_KEPT = 5_000;

/** Events kept per account's queue: nobody reads them but the dashboard, and there may be thousands of queues. */
const EVENTS_KEPT = 100;

/** The BullMQ queues of accounts, over one shared connection. */
export class AccountQueues {
  readonly #redis: RedisClient;
  readonly #backend: SharedBackend;
  readonly #onAdding: (userId: string) => void;
  readonly #queues = new Map<string, SendQueue>();

  /** @param onAdding told when a single job of an account is on its way to Redis, as {@link TellingBackend.onAdding}. */
  constructor(redis: RedisClient, backend: SharedBackend, onAdding: (userId: string) => void = () => {}) {
    this.#redis = redis;
    this.#backend = backend;
    this.#onAdding = onAdding;
  }

  of(userId: string): SendQueue {
    const kept = this.#queues.get(userId);
    if (kept !== undefined) {
      this.#queues.delete(userId);
      this.#queues.set(userId, kept);
      return kept;
    }
    const queue: SendQueue = new Queue(
      SEND_QUEUE,
      { connection: this.#redis, streams: { events: { maxLen: EVENTS_KEPT } }, ...tracing() },
      this.#backend(accountPrefix(userId), (...args) => {
        const telling = new TellingBackend(...args);
        telling.onAdding = () => this.#onAdding(userId);
        return telling;
      }),
    );
    queue.on('error', () => {}); // Each call reports its own error to its caller.
    this.#queues.set(userId, queue);
    if (this.#queues.size > MAX_KEPT) this.#dropOldest();
    return queue;
  }

  #dropOldest(): void {
    const [oldest] = this.#queues.keys();
    if (oldest === undefined) return;
    void this.#queues.get(oldest)?.close();
    this.#queues.delete(oldest);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    this.#queues.clear();
  }
}
