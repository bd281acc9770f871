import { metricsKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';

/** Most workers whose metrics are stored. */
const MAX_WORKERS = 128;
/** ms after which the metrics of a silent worker expire. */
const KEPT_MS = 30_000;

// KEYS[1] slot; ARGV[1] worker, [2] value, [3] ms. Returns 1 if written, 0 if another worker has the slot.
const WRITE = `
local held = redis.call('HGET', KEYS[1], 'worker')
if held and held ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'worker', ARGV[1], 'metrics', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`;

/** Stores the metrics of workers in Redis. Workers have no port, so the API serves these metrics. */
export class MetricsStore {
  readonly #redis: RedisClient;
  readonly #worker: string;
  #slot = 0;

  constructor(redis: RedisClient, worker: string) {
    this.#redis = redis;
    this.#worker = worker;
  }

  /** Stores a snapshot (JSON) in this worker's slot: the lowest free one, kept while the worker writes often enough. */
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

const READ = new Script(`
local found = {}
for slot, key in ipairs(KEYS) do found[slot] = redis.call('HGET', key, 'metrics') end
return found`);

/** The snapshots of all workers, by slot number, in one command. */
export async function readMetrics(redis: RedisClient): Promise<Map<number, string>> {
  const keys = Array.from({ length: MAX_WORKERS }, (_, slot) => metricsKey(slot));
  const found = (await READ.run(redis, keys)) as (string | null)[];
  return new Map(found.flatMap((snapshot, slot) => (snapshot === null ? [] : [[slot, snapshot] as const])));
}
