import { Queue } from 'bullmq';
import { LRUCache } from 'lru-cache';
import { accountPrefix, SEND_QUEUE } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { RedisClock } from '../redis/redis-clock.ts';
import type { SharedBackend } from '../redis/shared-backend.ts';
import type { Timing } from '../redis/timely-backend.ts';
import { tracing } from '../redis/tracing.ts';
import { EnqueueBackend, type JobQueue } from './enqueue-backend.ts';

/** Most queue objects cached at a time. Each is small, and is created again when needed. */
const MAX_CACHED = 5_000;

/**
 * Events kept in each account queue's stream. Nobody reads them, since results use a stream per shard, and there may be
 * thousands of queues. Redis trims a stream by whole nodes of some dozens of events, so its last node remains.
 */
const EVENTS_KEPT = 1;

/** An account's queue, and the backend that packs the jobs to enqueue. */
export interface AccountQueue {
  queue: JobQueue;
  backend: EnqueueBackend;
}

/** The BullMQ queues of accounts, over one shared connection. */
export class AccountQueues {
  readonly #redis: RedisClient;
  readonly #backend: SharedBackend;
  readonly #timing: Timing | null;
  readonly #queues = new LRUCache<string, AccountQueue>({
    max: MAX_CACHED,
    dispose: ({ queue }, _userId, reason) => {
      if (reason === 'evict') void queue.close();
    },
  });

  /** @param clock gives changes their deadlines; without it they have none. */
  constructor(redis: RedisClient, backend: SharedBackend, clock?: RedisClock) {
    this.#redis = redis;
    this.#backend = backend;
    this.#timing = clock === undefined ? null : { redis, clock };
  }

  of(userId: string): JobQueue {
    return this.open(userId).queue;
  }

  open(userId: string): AccountQueue {
    const cached = this.#queues.get(userId);
    if (cached !== undefined) return cached;
    const queue = this.#create(userId);
    this.#queues.set(userId, queue);
    return queue;
  }

  #create(userId: string): AccountQueue {
    let backend: EnqueueBackend | undefined;
    const queue: JobQueue = new Queue(
      SEND_QUEUE,
      { connection: this.#redis, streams: { events: { maxLen: EVENTS_KEPT } }, ...tracing() },
      this.#backend(accountPrefix(userId), (...args) => {
        backend = new EnqueueBackend(this.#timing, ...args);
        return backend;
      }),
    );
    queue.on('error', () => {}); // Each call reports its own error to its caller.
    if (backend === undefined) throw new Error('BullMQ created a queue without its backend');
    return { queue, backend };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map(({ queue }) => queue.close()));
    this.#queues.clear();
  }
}
