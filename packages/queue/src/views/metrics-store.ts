import { metricsKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';

/** Workers whose metrics are kept at a time. */
const MAX_WORKERS = 128;
/** ms after which metrics of a worker that says nothing more are gone. */
const KEPT_MS = 30_000;

// KEYS[1] slot; ARGV[1] worker, [2] value, [3] ms. 1: written; 0: the slot is another worker's.
const WRITE = `
local held = redis.call('HGET', KEYS[1], 'worker')
if held and held ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'worker', ARGV[1], 'metrics', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`;

/** Where workers, which have no port of their own, leave their metrics for the API to tell. */
export class MetricsStore {
  readonly #redis: RedisClient;
  readonly #worker: string;
  #slot = 0;

  constructor(redis: RedisClient, worker: string) {
    this.#redis = redis;
    this.#worker = worker;
  }

  /** Leaves a snapshot (JSON) under this worker's number: the lowest that is free, kept while it comes back in time. */
  async write(snapshot: string): Promise<void> {
    for (let tries = 0; tries < MAX_WORKERS; tries += 1) {
      const written = await this.#redis.eval(
        WRITE,
        1,
        metricsKey(this.#slot),
        this.#worker,
        snapshot,
        KEPT_MS,
      );
      if (written === 1) return;
      this.#slot = tries;
    }
  }

  async remove(): Promise<void> {
    await this.#redis.del(metricsKey(this.#slot));
  }
}

/** The snapshots of all workers, by their numbers. */
export async function readMetrics(redis: RedisClient): Promise<Map<number, string>> {
  const found = await Promise.all(
    Array.from({ length: MAX_WORKERS }, (_, slot) => redis.hget(metricsKey(slot), 'metrics')),
  );
  return new Map(found.flatMap((snapshot, slot) => (snapshot === null ? [] : [[slot, snapshot] as const])));
}
