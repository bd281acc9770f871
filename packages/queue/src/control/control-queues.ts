import type { ControlJob } from '@gateway/contracts';
import { Queue } from 'bullmq';
import { CONTROL_QUEUE, shardPrefix } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { SharedBackend } from '../redis/shared-backend.ts';
import { tracing } from '../redis/tracing.ts';

/**
 * Events kept in each queue's stream. Nobody reads them, and they hold the results: a page of messages may have some
 * hundred KB.
 */
const EVENTS_KEPT = 1;

export type ControlQueue = Queue<ControlJob, unknown>;

/** The control queues of all shards, over one shared connection. */
export class ControlQueues {
  readonly #redis: RedisClient;
  readonly #backend: SharedBackend;
  readonly #queues = new Map<number, ControlQueue>();

  constructor(redis: RedisClient, backend: SharedBackend) {
    this.#redis = redis;
    this.#backend = backend;
  }

  of(shard: number): ControlQueue {
    const kept = this.#queues.get(shard);
    if (kept !== undefined) return kept;
    const queue: ControlQueue = new Queue(
      CONTROL_QUEUE,
      { connection: this.#redis, streams: { events: { maxLen: EVENTS_KEPT } }, ...tracing() },
      this.#backend(shardPrefix(shard)),
    );
    queue.on('error', () => {}); // Each call reports its own error to its caller.
    this.#queues.set(shard, queue);
    return queue;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
  }
}
