import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { sleep, type Logger } from '@gateway/runtime';
import type { Redis } from 'ioredis';
import { OWNER_KEY, WORKERS_KEY } from './keys.ts';

/** ms that a lease holds without renewal, and how often it is renewed. */
const LEASE_MS = 10_000;
const RENEW_MS = 2_000;

/** A heartbeat older than this (ms) is of a worker that is gone. */
const HEARTBEAT_MS = 6_000;

const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) else return 0 end`;
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end`;
const TAKE_OVER = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) else return nil end`;
const BEAT = `local t = redis.call('TIME')
return redis.call('ZADD', KEYS[1], t[1] * 1000 + math.floor(t[2] / 1000), ARGV[1])`;
const COUNT_LIVE = `local t = redis.call('TIME')
local since = t[1] * 1000 + math.floor(t[2] / 1000) - ARGV[1]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. since)
return redis.call('ZCARD', KEYS[1])`;

export interface OwnerLeaseOptions {
  redis: Redis;
  logger: Logger;
  /** Says who holds the lease, in words that another worker on the same machine can check. */
  holder: string;
  /** Whether the holder named is known to be gone for good, so that its lease need not run out first. */
  isGone: (holder: string) => boolean;
  /** The lease is lost or could not be renewed in time: whoever works under it must stop at once. */
  onLost: () => void;
}

/**
 * Sees to it that one worker at a time serves the accounts: two would end a Telegram session for good (AUTH_KEY_DUPLICATED).
 * Another worker waits, ready to take over. The lease counts as lost on our own clock, before it runs out in Redis.
 */
export class OwnerLease {
  readonly #options: OwnerLeaseOptions;
  readonly #id = randomUUID();
  readonly #value: string;
  readonly #stop = new AbortController();
  #validUntil = 0;
  #renewing: Promise<void> | undefined;

  constructor(options: OwnerLeaseOptions) {
    this.#options = options;
    this.#value = `${this.#id} ${options.holder}`;
  }

  /** This worker's name in Redis; also the token under which it takes jobs. */
  get id(): string {
    return this.#id;
  }

  /** Waits until the lease is ours, then keeps it until {@link release}. `false`: the signal was aborted first. */
  async acquire(signal: AbortSignal): Promise<boolean> {
    let waiting = false;
    while (!signal.aborted) {
      const asked = performance.now();
      // Without Redis the commands wait until it is back; a stop does not.
      if (await orAborted(this.#tryAcquire(), signal)) {
        this.#validUntil = asked + LEASE_MS - RENEW_MS;
        this.#renewing = this.#renew();
        return true;
      }
      if (!waiting) this.#options.logger.warn('another worker serves the accounts; standing by to take over');
      waiting = true;
      await sleep(RENEW_MS / 4, signal);
    }
    return false;
  }

  async #tryAcquire(): Promise<boolean> {
    const { redis, isGone } = this.#options;
    const holder = await redis.get(OWNER_KEY);
    if (holder === null) return (await redis.set(OWNER_KEY, this.#value, 'PX', LEASE_MS, 'NX')) === 'OK';
    if (!isGone(holder.slice(holder.indexOf(' ') + 1))) return false;
    return (await redis.eval(TAKE_OVER, 1, OWNER_KEY, holder, this.#value, LEASE_MS)) === 'OK';
  }

  /** True while work under the lease may begin. */
  get valid(): boolean {
    return performance.now() < this.#validUntil;
  }

  async #renew(): Promise<void> {
    const { redis, logger, onLost } = this.#options;
    while ((await sleep(RENEW_MS, this.#stop.signal)) === 'elapsed') {
      const asked = performance.now();
      const renewed = await Promise.race([
        redis.eval(RENEW, 1, OWNER_KEY, this.#value, LEASE_MS).then(
          (reply) => (reply === 1 ? 'renewed' : 'taken'),
          () => 'failed',
        ),
        sleep(Math.max(0, this.#validUntil - asked), this.#stop.signal).then(() => 'late'),
      ]);
      if (this.#stop.signal.aborted) return;
      if (renewed === 'renewed' && this.valid) {
        this.#validUntil = asked + LEASE_MS - RENEW_MS;
        continue;
      }
      if (renewed === 'failed' && this.valid) continue;
      this.#validUntil = 0;
      logger.error({ renewed }, 'the lease on the accounts is lost; stopping all sends');
      onLost();
      return;
    }
  }

  /** Gives the lease back, after everything under it has ended. @throws where Redis is away: then it runs out by itself. */
  async release(): Promise<void> {
    this.#stop.abort();
    this.#validUntil = 0;
    await this.#renewing;
    // A command given now would wait until Redis is back, and with it whoever wants to stop.
    if (this.#options.redis.status !== 'ready') throw new Error('Redis is not reachable');
    await this.#options.redis.eval(RELEASE, 1, OWNER_KEY, this.#value);
  }
}

/** The promise's value, or `undefined` as soon as the signal is aborted. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  promise.catch(() => {});
  const stop = new AbortController();
  const aborted = once(signal, 'abort', { signal: stop.signal }).then(
    () => undefined,
    () => undefined,
  );
  try {
    return signal.aborted ? undefined : await Promise.race([promise, aborted]);
  } finally {
    stop.abort();
  }
}

/** Says that this worker lives, every {@link RENEW_MS} ms, until the signal is aborted; then says that it does no more. */
export async function beat(redis: Redis, workerId: string, signal: AbortSignal): Promise<void> {
  do {
    await redis.eval(BEAT, 1, WORKERS_KEY, workerId).catch(() => {});
  } while ((await sleep(RENEW_MS, signal)) === 'elapsed');
  if (redis.status === 'ready') await redis.zrem(WORKERS_KEY, workerId).catch(() => {});
}

/** How many workers live, by Redis's own clock. */
export async function countLiveWorkers(redis: Redis): Promise<number> {
  return Number(await redis.eval(COUNT_LIVE, 1, WORKERS_KEY, HEARTBEAT_MS));
}
