import { leaseKey, leaseNumberKey, OWNERSHIP_CHANNEL, unreleasedLeasesKey } from '../keys.ts';
import type { RedisClient, RedisContact } from '../redis/clients.ts';
import { workerOf } from './fence.ts';

/** Lifetime of a lease in Redis without renewal, and the interval at which its holder renews it; both in ms. */
const LEASE_MS = 10_000;
export const RENEW_MS = 1_000;

/**
 * How long the holder relies on the lease after it asked for a renewal, in ms. The difference to {@link LEASE_MS}
 * allows for clocks that run differently, for a call already on its way to Telegram, and for renewals that a crashed
 * Redis has lost.
 */
const COUNTED_ON_MS = 6_000;

/** How long a lease that was not released is remembered after its last renewal, ms. */
const REMEMBERED_MS = 60_000;

/** Lua: Redis' time in ms. */
const NOW = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)`;

// The number also follows the clock, so that it never decreases even if Redis has lost the last number. Returns the new
// lease, the time, and the leases that were not released with the times of their last renewals.
const ACQUIRE = `
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[3] then return held end
${NOW}
local number = math.max(tonumber(redis.call('GET', KEYS[2]) or '0') + 1, now)
local digits = string.format('%.0f', number)
redis.call('SET', KEYS[2], digits)
local value = digits .. ' ' .. ARGV[1]
redis.call('SET', KEYS[1], value, 'PX', ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - ${REMEMBERED_MS})
local former = redis.call('ZRANGE', KEYS[3], 0, -1, 'WITHSCORES')
redis.call('ZADD', KEYS[3], now, value)
return { value, string.format('%.0f', now), former }`;

const RENEW = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
${NOW}
redis.call('ZADD', KEYS[2], now, ARGV[1])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;
const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('DEL', KEYS[1])`;

export interface ShardLeaseOptions {
  redis: RedisClient;
  contact: RedisContact;
  shard: number;
  /** This worker's name. No other worker ever has it. */
  worker: string;
  /** Whether that worker is known to be gone for good, so that its lease need not expire first. */
  isGone: (worker: string) => boolean;
}

/**
 * A worker's exclusive right to a shard's accounts. Two workers at a time would end a Telegram session for good
 * (AUTH_KEY_DUPLICATED). By the worker's own clock the lease ends well before it expires in Redis; it is also invalid
 * while Redis is not reachable.
 */
export class ShardLease {
  readonly shard: number;
  /** Identifies this ownership, as `<number> <worker>`. The number is greater than that of every earlier lease. */
  readonly fence: string;
  /**
   * Until when former owners may have relied on their leases, by performance.now(): those that neither released them
   * nor are known to be gone. -Infinity: there are none.
   */
  readonly #formerCountedUntil: number;
  readonly #redis: RedisClient;
  readonly #contact: RedisContact;
  #validUntil: number;
  #epoch: number | null;

  private constructor(
    options: ShardLeaseOptions,
    fence: string,
    formerCountedUntil: number,
    asked: { at: number; epoch: number | null },
  ) {
    this.#formerCountedUntil = formerCountedUntil;
    this.#redis = options.redis;
    this.#contact = options.contact;
    this.shard = options.shard;
    this.fence = fence;
    this.#validUntil = asked.at + COUNTED_ON_MS;
    this.#epoch = asked.epoch;
  }

  /** Acquires the lease; `null` if another live worker has it. */
  static async acquire(options: ShardLeaseOptions): Promise<ShardLease | null> {
    const { redis, contact, shard, worker, isGone } = options;
    const tryOver = async (gone: string) => {
      const asked = { at: performance.now(), epoch: contact.epoch };
      const keys = [leaseKey(shard), leaseNumberKey(shard), unreleasedLeasesKey(shard)];
      const reply: unknown = await redis.eval(ACQUIRE, keys.length, ...keys, worker, LEASE_MS, gone);
      if (!Array.isArray(reply)) return String(reply);
      const [fence, now, former] = reply as [string, string, string[]];
      return new ShardLease(options, fence, countedUntil(former, Number(now), isGone), asked);
    };
    const first = await tryOver('');
    if (first instanceof ShardLease) return first;
    if (!isGone(workerOf(first))) return null;
    const second = await tryOver(first);
    return second instanceof ShardLease ? second : null;
  }

  /**
   * When Telegram has closed all connections of former owners, by performance.now(), if it closes a connection `ms`
   * after its last ping. In the past if each has released its lease, or its process is known to be gone.
   */
  formerConnectedUntil(ms: number): number {
    return this.#formerCountedUntil + ms;
  }

  /** True while work under the lease may start. */
  get valid(): boolean {
    return (
      this.#epoch !== null && this.#epoch === this.#contact.epoch && performance.now() < this.#validUntil
    );
  }

  /** True once the lease has expired by this worker's own clock, whatever Redis says. */
  get hasExpired(): boolean {
    return performance.now() >= this.#validUntil;
  }

  /** Extends the lease. `false`: another worker or nobody has it, and this object never becomes valid again. */
  async renew(): Promise<boolean> {
    const asked = { at: performance.now(), epoch: this.#contact.epoch };
    const keys = [leaseKey(this.shard), unreleasedLeasesKey(this.shard)];
    const renewed = (await this.#redis.eval(RENEW, keys.length, ...keys, this.fence, LEASE_MS)) === 1;
    if (!renewed) this.#epoch = null;
    else if (this.#epoch !== null) {
      this.#validUntil = asked.at + COUNTED_ON_MS;
      this.#epoch = asked.epoch;
    }
    return renewed;
  }

  /**
   * Whether Redis still says that this worker has the lease. Ask before work that must not run after this process was
   * suspended.
   */
  async holds(): Promise<boolean> {
    return (await this.#redis.get(leaseKey(this.shard))) === this.fence;
  }

  /** Makes this object invalid: no more work may start. In Redis the lease expires by itself unless it is released. */
  invalidate(): void {
    this.#epoch = null;
  }

  /** Releases the lease for the next worker. Call it after all work under the lease has ended. */
  async release(): Promise<void> {
    this.invalidate();
    // A command sent now would wait until Redis is back, and delay the stop of this worker.
    if (this.#redis.status !== 'ready') throw new Error('Redis is not reachable');
    const keys = [leaseKey(this.shard), unreleasedLeasesKey(this.shard)];
    await this.#redis.eval(RELEASE, keys.length, ...keys, this.fence);
    await this.#redis.publish(OWNERSHIP_CHANNEL, String(this.shard));
  }
}

/** @param leases fences, each followed by the time of its last renewal. */
function countedUntil(leases: readonly string[], now: number, isGone: ShardLeaseOptions['isGone']): number {
  const renewals = leases.flatMap((fence, at) =>
    at % 2 === 0 && !isGone(workerOf(fence)) ? [Number(leases[at + 1])] : [],
  );
  return performance.now() - now + Math.max(-Infinity, ...renewals) + COUNTED_ON_MS;
}
