import { sleep, type Logger } from '@gateway/runtime';
import { readDoorbells } from './doorbell.ts';
import { doorbellChannel, sendListKey, shardAccountsKey } from './keys.ts';
import type { RedisClient } from './redis.ts';
import { Script } from './script.ts';
import type { Subscriber } from './subscriber.ts';

export interface DoorbellListenerOptions {
  redis: RedisClient;
  subscriber: Subscriber;
  logger: Logger;
}

/** The account may have work now. Called often and without need; must be cheap and never throw. */
type OnRing = (userId: string) => void;

/** ms between looks at the doorbells themselves: what a lost "look now" costs at most. */
const LOOK_MS = 2_000;

/** Every how many looks all queues are looked at: what a job added by an API that died before it rang costs at most. */
const SWEEP_EVERY = 8;

/**
 * What an account's queue holds. `now`: jobs that wait, or are in hand (of this worker, or left behind by one that ended), or whose own time has
 * come, which BullMQ keeps as ms and 12 bits of the order within them; `later`: only such as are held until a time of their own.
 */
type Found = 'none' | 'later' | 'now';

const LOOK_FOR_JOBS = new Script(`
if redis.call('EXISTS', KEYS[1], KEYS[2]) > 0 then return 'now' end
local first = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
if not first[2] then return 'none' end
return tonumber(first[2]) / 4096 <= tonumber(ARGV[1]) and 'now' or 'later'`);

/** Accounts looked at per round trip of a sweep. */
const SWEEP_BATCH = 500;

/** Hears the doorbells of the shards that this worker owns: at once by pub/sub, by a look when their time has come, by a sweep at worst. */
export class DoorbellListener {
  readonly #options: DoorbellListenerOptions;
  readonly #shards = new Map<number, OnRing>();
  readonly #busy = new Map<number, ReadonlySet<string>>();
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #wake = new AbortController();

  constructor(options: DoorbellListenerOptions) {
    this.#options = options;
    // What was rung while the subscription was down is seen by a look.
    options.subscriber.onReady(() => this.#wake.abort());
    this.#loop = this.#run();
  }

  /** Hears a shard from now on, beginning with a look at all its queues. */
  async add(shard: number, onRing: OnRing): Promise<void> {
    this.#shards.set(shard, onRing);
    await this.#options.subscriber.listen(doorbellChannel(shard), onRing);
    await this.#sweep(shard);
    this.#wake.abort();
  }

  remove(shard: number): void {
    this.#shards.delete(shard);
    this.#busy.delete(shard);
    this.#options.subscriber.forget(doorbellChannel(shard));
  }

  /**
   * The shard's accounts that had any jobs when all queues were last looked at: also those whose jobs all have a time of their own,
   * and those that cannot be opened, which no lane and no bell may know of.
   */
  busy(shard: number): Iterable<string> {
    return this.#busy.get(shard) ?? [];
  }

  async #run(): Promise<void> {
    for (let round = 1; !this.#stop.signal.aborted; round += 1) {
      try {
        this.#wake = new AbortController();
        if (round % SWEEP_EVERY === 0) {
          for (const shard of this.#shards.keys()) await this.#sweep(shard);
        }
        const next = await this.#look();
        if (this.#stop.signal.aborted) return;
        await sleep(Math.max(5, next), this.#wake.signal);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#options.logger.warn({ err: error }, 'could not look for waiting jobs; trying again');
        await sleep(LOOK_MS, this.#stop.signal);
      }
    }
  }

  /** Rings what is due. @returns ms until the next bell, at most until the next look. */
  async #look(): Promise<number> {
    const now = Date.now();
    const bells = await Promise.all(
      [...this.#shards].map(async ([shard, onRing]) => {
        const { due, next } = await readDoorbells(this.#options.redis, shard, now);
        due.forEach(onRing);
        return next === null ? LOOK_MS : next - now;
      }),
    );
    return Math.min(...bells, LOOK_MS);
  }

  /** Looks at every account's queue of the shard, whether a bell was rung or not. */
  async #sweep(shard: number): Promise<void> {
    const accounts = await this.#options.redis.smembers(shardAccountsKey(shard));
    const busy = new Set<string>();
    for (let at = 0; at < accounts.length && !this.#stop.signal.aborted; at += SWEEP_BATCH) {
      const batch = accounts.slice(at, at + SWEEP_BATCH);
      const found = await Promise.all(batch.map((userId) => this.#jobsOf(userId)));
      const onRing = this.#shards.get(shard);
      if (onRing === undefined) return;
      batch.filter((_, index) => found[index] !== 'none').forEach((userId) => busy.add(userId));
      batch.filter((_, index) => found[index] === 'now').forEach(onRing);
    }
    if (this.#shards.has(shard)) this.#busy.set(shard, busy);
  }

  async #jobsOf(userId: string): Promise<Found> {
    const keys = (['wait', 'active', 'delayed'] as const).map((list) => sendListKey(userId, list));
    return (await LOOK_FOR_JOBS.run(this.#options.redis, keys, [Date.now()])) as Found;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    await this.#loop;
  }
}
