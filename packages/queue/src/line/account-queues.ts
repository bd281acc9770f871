import { Queue } from 'bullmq';
import { accountPrefix, SEND_QUEUE } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { RedisClock } from '../redis/redis-clock.ts';
import type { SharedBackend } from '../redis/shared-backend.ts';
import type { Timing } from '../redis/timely-backend.ts';
import { tracing } from '../redis/tracing.ts';
import { AcceptingBackend, type SendQueue } from './enqueue-backend.ts';

/** Queue objects kept at a time: each is small, and made anew when needed. */
const MAX_KEPT = 5_000;

/**
 * Events kept per account's queue, where Redis drops them a node of some dozens at a time: so the last node, and no more. Nobody reads them, results
 * go by a shard's stream; and there may be thousands of queues.
 */
const EVENTS_KEPT = 1;

/** An account's queue, and what says how a message is added to it. */
export interface AcceptingQueue {
  queue: SendQueue;
  backend: AcceptingBackend;
}

/** The BullMQ queues of accounts, over one shared connection. */
export class AccountQueues {
  readonly #redis: RedisClient;
  readonly #backend: SharedBackend;
  readonly #timing: Timing | null;
  readonly #queues = new Map<string, AcceptingQueue>();

  /** @param clock gives the deadlines of changes; without one they have none. */
  constructor(redis: RedisClient, backend: SharedBackend, clock?: RedisClock) {
    this.#redis = redis;
    this.#backend = backend;
    this.#timing = clock === undefined ? null : { redis, clock };
  }

  of(userId: string): SendQueue {
    return this.accepting(userId).queue;
  }

  accepting(userId: string): AcceptingQueue {
    const kept = this.#queues.get(userId);
    if (kept !== undefined) {
      this.#queues.delete(userId);
      this.#queues.set(userId, kept);
      return kept;
    }
    const made = this.#make(userId);
    this.#queues.set(userId, made);
    if (this.#queues.size > MAX_KEPT) this.#dropOldest();
    return made;
  }

  #make(userId: string): AcceptingQueue {
    let backend: AcceptingBackend | undefined;
    const queue: SendQueue = new Queue(
      SEND_QUEUE,
      { connection: this.#redis, streams: { events: { maxLen: EVENTS_KEPT } }, ...tracing() },
      this.#backend(accountPrefix(userId), (...args) => {
        backend = new AcceptingBackend(this.#timing, ...args);
        return backend;
      }),
    );
    queue.on('error', () => {}); // Each call reports its own error to its caller.
    if (backend === undefined) throw new Error('BullMQ made a queue without its backend');
    return { queue, backend };
  }

  #dropOldest(): void {
    const [oldest] = this.#queues.keys();
    if (oldest === undefined) return;
    void this.#queues.get(oldest)?.queue.close();
    this.#queues.delete(oldest);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map(({ queue }) => queue.close()));
    this.#queues.clear();
  }
}
