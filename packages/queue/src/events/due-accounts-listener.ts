import { sleep, type Logger } from '@gateway/runtime';
import { dueAccountsChannel, sendListKey, shardAccountsKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';
import type { Subscriber } from '../redis/subscriber.ts';
import { readDueAccounts } from './due-accounts.ts';

export interface DueAccountsListenerOptions {
  redis: RedisClient;
  subscriber: Subscriber;
  logger: Logger;
}

/** Called when the account may have work; often it has none. It must be cheap and never throw. */
type OnDue = (userId: string) => void;

/** Interval at which the due accounts are read, ms: the longest delay after a lost pub/sub message. */
const READ_INTERVAL_MS = 2_000;

/**
 * Number of reads between two sweeps of all queues. A job whose API died before it notified the worker waits for the
 * next sweep at most.
 */
const SWEEP_EVERY = 8;

/**
 * What an account's queue contains. `now`: jobs that wait, or are active (of this worker, or left behind by an ended
 * one), or whose `send_at` is due. `later`: only jobs whose `send_at` is in the future.
 *
 * BullMQ stores `send_at` as ms, followed by 12 bits for the order within the same ms.
 */
type Found = 'none' | 'later' | 'now';

const FIND_JOBS = new Script(`
if redis.call('EXISTS', KEYS[1], KEYS[2]) > 0 then return 'now' end
local first = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
if not first[2] then return 'none' end
return tonumber(first[2]) / 4096 <= tonumber(ARGV[1]) and 'now' or 'later'`);

/** Accounts checked per round trip of a sweep. */
const SWEEP_BATCH = 500;

/**
 * Finds the accounts with work in the shards that this worker owns: at once by pub/sub, by reading the due accounts at
 * their times, and at worst by a sweep.
 */
export class DueAccountsListener {
  readonly #options: DueAccountsListenerOptions;
  readonly #shards = new Map<number, OnDue>();
  readonly #busy = new Map<number, ReadonlySet<string>>();
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #wake = new AbortController();

  constructor(options: DueAccountsListenerOptions) {
    this.#options = options;
    // Read what was signalled while the subscription was down.
    options.subscriber.onReady(() => this.#wake.abort());
    this.#loop = this.#run();
  }

  /** Listens to a shard from now on, and first sweeps all its queues. */
  async add(shard: number, onDue: OnDue): Promise<void> {
    this.#shards.set(shard, onDue);
    await this.#options.subscriber.listen(dueAccountsChannel(shard), onDue);
    await this.#sweep(shard);
    this.#wake.abort();
  }

  remove(shard: number): void {
    this.#shards.delete(shard);
    this.#busy.delete(shard);
    this.#options.subscriber.forget(dueAccountsChannel(shard));
  }

  /**
   * The shard's accounts that had any jobs at the last sweep. This includes accounts whose jobs all have a future
   * `send_at`, and accounts that cannot be opened: those may have neither a lane nor a due time.
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
        const next = await this.#readDue();
        if (this.#stop.signal.aborted) return;
        await sleep(Math.max(5, next), this.#wake.signal);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#options.logger.warn({ err: error }, 'could not read the due accounts; trying again');
        await sleep(READ_INTERVAL_MS, this.#stop.signal);
      }
    }
  }

  /**
   * Calls the listeners of accounts that are due.
   * @returns ms until the next account is due, at most {@link READ_INTERVAL_MS}.
   */
  async #readDue(): Promise<number> {
    const now = Date.now();
    const waits = await Promise.all(
      [...this.#shards].map(async ([shard, onDue]) => {
        const { due, next } = await readDueAccounts(this.#options.redis, shard, now);
        due.forEach(onDue);
        return next === null ? READ_INTERVAL_MS : next - now;
      }),
    );
    return Math.min(...waits, READ_INTERVAL_MS);
  }

  /** Checks the queue of every account of the shard, whether the account is due or not. */
  async #sweep(shard: number): Promise<void> {
    const accounts = await this.#options.redis.smembers(shardAccountsKey(shard));
    const busy = new Set<string>();
    for (let at = 0; at < accounts.length && !this.#stop.signal.aborted; at += SWEEP_BATCH) {
      const batch = accounts.slice(at, at + SWEEP_BATCH);
      const found = await Promise.all(batch.map((userId) => this.#jobsOf(userId)));
      const onDue = this.#shards.get(shard);
      if (onDue === undefined) return;
      batch.filter((_, index) => found[index] !== 'none').forEach((userId) => busy.add(userId));
      batch.filter((_, index) => found[index] === 'now').forEach(onDue);
    }
    if (this.#shards.has(shard)) this.#busy.set(shard, busy);
  }

  async #jobsOf(userId: string): Promise<Found> {
    const keys = (['wait', 'active', 'delayed'] as const).map((list) => sendListKey(userId, list));
    return (await FIND_JOBS.run(this.#options.redis, keys, [Date.now()])) as Found;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    await this.#loop;
  }
}
