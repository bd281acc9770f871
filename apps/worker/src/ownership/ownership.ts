import {
  assignShards,
  sendHeartbeat,
  onRedisChange,
  OWNERSHIP_CHANNEL,
  RENEW_MS,
  removeWorker,
  replaceConnection,
  announceWorker,
  ShardLease,
  type RedisClient,
  type RedisContact,
  type Subscriber,
} from '@gateway/queue';
import { sleep, withTimeout, type Logger } from '@gateway/runtime';
import type { WorkerMetrics } from '@gateway/telemetry';
import { HeldShard, type ShardService } from './held-shard.ts';
import { isGone, newWorkerName } from './worker-name.ts';

export interface OwnershipOptions {
  redis: RedisClient;
  contact: RedisContact;
  subscriber: Subscriber;
  /** Number of shards. */
  shards: number;
  /** Identifies the session store of this worker. */
  storeId: string;
  metrics?: Pick<WorkerMetrics, 'lease'>;
  logger: Logger;
  /** Starts the service of a shard, under its lease. */
  serve: (lease: ShardLease) => ShardService;
}

/**
 * If Redis does not answer a check within this time (ms), the connection counts as lost. TCP alone would take a quarter
 * of an hour.
 */
const CHECK_LIMIT = 8_000;

/**
 * How long a stopping worker waits for Redis, ms. Redis may be gone unnoticed, and a command would then wait for it.
 */
const STOP_LIMIT = 2_000;

/**
 * Interval at which leases are checked against the local clock, ms. A connection stays open at most this long after its
 * lease ends.
 */
const CLOCK_MS = 250;

/**
 * Serves this worker's share of the shards, each under a lease. It acquires a lease when it is free and releases it
 * when another worker's share includes the shard. Every worker computes all shares from the list of live workers.
 */
export class Ownership {
  readonly #options: OwnershipOptions;
  readonly #worker: string;
  readonly #held = new Map<number, HeldShard>();
  readonly #ready: Promise<void>;
  readonly #loop: Promise<void>;
  readonly #clock: NodeJS.Timeout;
  #onReady: () => void = () => {};
  #checkNow = new AbortController();
  /** When the current check began, by performance.now(); Infinity between checks. */
  #checkBegan = Infinity;
  #hasCome = false;
  #reported = '';
  #stopping = false;

  constructor(options: OwnershipOptions) {
    this.#options = options;
    this.#worker = newWorkerName(options.storeId);
    this.#ready = new Promise((resolve) => {
      this.#onReady = resolve;
    });
    const checkNow = () => this.#checkNow.abort();
    onRedisChange(options.redis, {
      onLost: () => {
        for (const held of this.#held.values()) held.suspend();
      },
      onRegained: checkNow,
    });
    options.subscriber.onReady(checkNow);
    options.subscriber.listen(OWNERSHIP_CHANNEL, checkNow).catch(() => {});
    this.#clock = setInterval(() => this.#checkClocks(), CLOCK_MS);
    this.#loop = this.#run();
  }

  #checkClocks(): void {
    for (const held of this.#held.values()) void held.checkClock();
    if (performance.now() - this.#checkBegan < CHECK_LIMIT) return;
    this.#checkBegan = Infinity;
    // Reconnect, so that hanging commands are sent again.
    replaceConnection(this.#options.redis);
  }

  /** Resolves once this worker serves all free shards of its share. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  async #run(): Promise<void> {
    while (!(this.#stopping && this.#held.size === 0)) {
      this.#checkNow = new AbortController();
      this.#checkBegan = performance.now();
      try {
        await this.#check();
        if (!this.#stopping) void this.#sayReady();
      } catch (error) {
        if (!this.#stopping)
          this.#options.logger.error({ err: error }, 'could not check the shards; trying again');
      }
      this.#checkBegan = Infinity;
      await sleep(RENEW_MS, this.#checkNow.signal);
    }
  }

  /** Not awaited: leases must be renewed even if services start slowly. */
  async #sayReady(): Promise<void> {
    await Promise.all([...this.#held.values()].map((held) => held.begun()));
    this.#onReady();
  }

  async #check(): Promise<void> {
    const renewing = [...this.#held.values()].map((held) => held.renew());
    if (this.#stopping) {
      await Promise.all(renewing);
      return;
    }
    const [live] = await Promise.all([this.#liveWorkers(), ...renewing]);
    const mine = new Set(
      assignShards(this.#options.shards, live).flatMap((owner, shard) =>
        owner === this.#worker ? [shard] : [],
      ),
    );
    for (const [shard, held] of this.#held) if (!mine.has(shard)) void held.leave();
    const missing = [...mine].filter((shard) => !this.#held.has(shard));
    await Promise.all(missing.map((shard) => this.#take(shard)));
    this.#report(live.length);
  }

  /** Logs one line when this worker's share or the number of workers changes. */
  #report(workers: number): void {
    const { shards, logger } = this.#options;
    const report = `serving ${this.#held.size} of ${shards} shards, ${workers} workers live`;
    if (report === this.#reported) return;
    this.#reported = report;
    logger.info({ shards: [...this.#held.keys()].toSorted((a, b) => a - b) }, report);
  }

  /** The live workers, without those known to have died since their last heartbeat. */
  async #liveWorkers(): Promise<string[]> {
    const { redis } = this.#options;
    const live = await sendHeartbeat(redis, this.#worker);
    if (!this.#hasCome) await announceWorker(redis, this.#worker);
    this.#hasCome = true;
    const gone = live.filter((worker) => worker !== this.#worker && isGone(worker));
    await Promise.all(gone.map((worker) => removeWorker(redis, worker)));
    return live.filter((worker) => !gone.includes(worker));
  }

  async #take(shard: number): Promise<void> {
    const { redis, contact, metrics, logger, serve } = this.#options;
    // A lease in this worker's own name that it does not hold dates from before an outage, so it counts as free.
    const isFree = (worker: string) => worker === this.#worker || isGone(worker);
    const lease = await ShardLease.acquire({ redis, contact, shard, worker: this.#worker, isGone: isFree });
    if (lease === null) return;
    if (this.#stopping) return lease.release();
    metrics?.lease('taken');
    const onEnded = () => {
      metrics?.lease('left');
      this.#held.delete(shard);
    };
    this.#held.set(shard, new HeldShard({ lease, logger, serve, onEnded }));
  }

  /** Hands every shard over and acquires no more. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const { redis } = this.#options;
    // Announce it first, so that the others compute their new shares while this worker finishes. Without Redis the
    // command would wait.
    if (redis.status === 'ready') await inTime(removeWorker(redis, this.#worker));
    await Promise.all([...this.#held.values()].map((held) => held.leave()));
    this.#checkNow.abort();
    // A check that Redis does not answer ends when the connection is closed by its owner.
    if (redis.status === 'ready') await inTime(this.#loop);
    clearInterval(this.#clock);
  }
}

/** Awaits a Redis command for at most {@link STOP_LIMIT}. */
async function inTime(work: Promise<void>): Promise<void> {
  await withTimeout(work, STOP_LIMIT, () => new Error('Redis did not answer in time')).catch(() => {});
}
