import { sleep, type Logger } from '@gateway/runtime';
import { Redis } from 'ioredis';
import { readDoorbells } from './doorbell.ts';
import { accountPrefix, doorbellChannel, SEND_QUEUE, shardAccountsKey } from './keys.ts';
import { CONSUMER_OPTIONS } from './redis.ts';

export interface DoorbellListenerOptions {
  redis: Redis;
  redisUrl: string;
  shards: readonly number[];
  /** The account may have work now. Called often and without need; must be cheap and never throw. */
  onRing: (userId: string) => void;
  logger: Logger;
}

/** ms between looks at the doorbells themselves: what a lost "look now" costs at most. */
const LOOK_MS = 2_000;

/** Every how many looks all queues are looked at: what a job added by an API that died before it rang costs at most. */
const SWEEP_EVERY = 8;

/** Accounts looked at per round trip of a sweep. */
const SWEEP_BATCH = 500;

/** Hears the doorbells of the shards that this worker owns: at once by pub/sub, by a look when their time has come, by a sweep at worst. */
export class DoorbellListener {
  readonly #options: DoorbellListenerOptions;
  readonly #subscriber: Redis;
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;
  #wake = new AbortController();

  constructor(options: DoorbellListenerOptions) {
    this.#options = options;
    this.#subscriber = new Redis(options.redisUrl, { ...CONSUMER_OPTIONS, lazyConnect: true });
    this.#subscriber.on('error', () => {}); // The shared connection reports the same outage.
    this.#subscriber.on('message', (_channel: string, userId: string) => options.onRing(userId));
    // What was rung while the subscription was down is seen by a look.
    this.#subscriber.on('ready', () => this.#wake.abort());
  }

  async start(): Promise<void> {
    await this.#subscriber.subscribe(...this.#options.shards.map(doorbellChannel));
    this.#loop = this.#run();
  }

  async #run(): Promise<void> {
    for (let round = 0; !this.#stop.signal.aborted; round += 1) {
      try {
        if (round % SWEEP_EVERY === 0) await this.#sweep();
        this.#wake = new AbortController();
        const next = await this.#look();
        if (this.#stop.signal.aborted) return;
        await sleep(Math.min(LOOK_MS, Math.max(5, next)), this.#wake.signal);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#options.logger.warn({ err: error }, 'could not look for waiting jobs; trying again');
        await sleep(LOOK_MS, this.#stop.signal);
      }
    }
  }

  /** Rings what is due. @returns ms until the next bell. */
  async #look(): Promise<number> {
    const now = Date.now();
    const { redis, shards, onRing } = this.#options;
    const bells = await Promise.all(shards.map((shard) => readDoorbells(redis, shard, now)));
    for (const { due } of bells) due.forEach(onRing);
    return Math.min(...bells.map(({ next }) => (next === null ? LOOK_MS : next - now)), LOOK_MS);
  }

  /** Looks at every account's queue, whether a bell was rung or not. */
  async #sweep(): Promise<void> {
    const { redis, shards, onRing } = this.#options;
    for (const shard of shards) {
      const accounts = await redis.smembers(shardAccountsKey(shard));
      for (let at = 0; at < accounts.length && !this.#stop.signal.aborted; at += SWEEP_BATCH) {
        const batch = accounts.slice(at, at + SWEEP_BATCH);
        const busy = await Promise.all(batch.map((userId) => this.#hasJobs(userId)));
        batch.filter((_, index) => busy[index]).forEach(onRing);
      }
    }
  }

  /** Waiting, or in hand: of this worker, or left behind by one that ended. */
  async #hasJobs(userId: string): Promise<boolean> {
    const queue = `${accountPrefix(userId)}:${SEND_QUEUE}`;
    const { redis } = this.#options;
    const [waiting, active] = await Promise.all([redis.llen(`${queue}:wait`), redis.llen(`${queue}:active`)]);
    return waiting + active > 0;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    this.#subscriber.disconnect();
    await this.#loop;
  }
}
