import { leaseKey, leaseNumberKey, OWNERSHIP_CHANNEL } from './keys.ts';
import type { RedisClient, RedisContact } from './redis.ts';

/** ms that a lease holds in Redis without renewal, and how often whoever holds it renews it. */
const LEASE_MS = 10_000;
export const RENEW_MS = 1_000;

/**
 * ms that its holder counts on it after a renewal was asked for. The rest is room for clocks that run differently, for a call that is on
 * its way to Telegram, and for renewals that a Redis that crashed has forgotten.
 */
const COUNTED_ON_MS = 6_000;

// The number also follows the clock, so that it never falls back though Redis may have lost what it counted.
const ACQUIRE = `
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[3] then return held end
local t = redis.call('TIME')
local number = math.max(tonumber(redis.call('GET', KEYS[2]) or '0') + 1, t[1] * 1000 + math.floor(t[2] / 1000))
local digits = string.format('%.0f', number)
redis.call('SET', KEYS[2], digits)
local value = digits .. ' ' .. ARGV[1]
redis.call('SET', KEYS[1], value, 'PX', ARGV[2])
return { value }`;

const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) else return 0 end`;
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end`;

export interface ShardLeaseOptions {
  redis: RedisClient;
  contact: RedisContact;
  shard: number;
  /** This worker's name, which no other ever has. */
  worker: string;
  /** Whether the worker named is known to be gone for good, so that its lease need not run out first. */
  isGone: (worker: string) => boolean;
}

/**
 * A worker's right to a shard's accounts. One worker at a time has it: two would end a Telegram session for good (AUTH_KEY_DUPLICATED).
 * It counts as lost on our own clock well before it runs out in Redis, and while Redis is not reachable.
 */
export class ShardLease {
  readonly shard: number;
  /** Names this ownership, `<number> <worker>`: unlike any before it, with a number greater than all of them. */
  readonly fence: string;
  readonly #redis: RedisClient;
  readonly #contact: RedisContact;
  #validUntil: number;
  #epoch: number | null;

  private constructor(
    options: ShardLeaseOptions,
    fence: string,
    asked: { at: number; epoch: number | null },
  ) {
    this.#redis = options.redis;
    this.#contact = options.contact;
    this.shard = options.shard;
    this.fence = fence;
    this.#validUntil = asked.at + COUNTED_ON_MS;
    this.#epoch = asked.epoch;
  }

  /** The lease, or `null` where another live worker has it. */
  static async acquire(options: ShardLeaseOptions): Promise<ShardLease | null> {
    const { redis, contact, shard, worker, isGone } = options;
    const tryOver = async (gone: string) => {
      const asked = { at: performance.now(), epoch: contact.epoch };
      const keys = [leaseKey(shard), leaseNumberKey(shard)];
      const reply: unknown = await redis.eval(ACQUIRE, 2, ...keys, worker, LEASE_MS, gone);
      return Array.isArray(reply) ? new ShardLease(options, String(reply[0]), asked) : String(reply);
    };
    const first = await tryOver('');
    if (first instanceof ShardLease) return first;
    if (!isGone(first.slice(first.indexOf(' ') + 1))) return null;
    const second = await tryOver(first);
    return second instanceof ShardLease ? second : null;
  }

  /** True while work under the lease may begin. */
  get valid(): boolean {
    return (
      this.#epoch !== null && this.#epoch === this.#contact.epoch && performance.now() < this.#validUntil
    );
  }

  /** True once it has run out by our own clock, whatever Redis would say. */
  get runOut(): boolean {
    return performance.now() >= this.#validUntil;
  }

  /** Makes it hold for longer. `false`: it is another's, or nobody's, and never again ours. */
  async renew(): Promise<boolean> {
    const asked = { at: performance.now(), epoch: this.#contact.epoch };
    const renewed = (await this.#redis.eval(RENEW, 1, leaseKey(this.shard), this.fence, LEASE_MS)) === 1;
    if (!renewed) this.#epoch = null;
    else if (this.#epoch !== null) {
      this.#validUntil = asked.at + COUNTED_ON_MS;
      this.#epoch = asked.epoch;
    }
    return renewed;
  }

  /** Whether Redis still has it as ours. Asked before what a stopped clock of our own must not let through. */
  async holds(): Promise<boolean> {
    return (await this.#redis.get(leaseKey(this.shard))) === this.fence;
  }

  /** Nothing more may begin under it; it runs out by itself, unless it is released. */
  give(): void {
    this.#epoch = null;
  }

  /** Gives it to whoever is next, after everything under it has ended. */
  async release(): Promise<void> {
    this.give();
    // A command given now would wait until Redis is back, and with it whoever wants to stop.
    if (this.#redis.status !== 'ready') throw new Error('Redis is not reachable');
    await this.#redis.eval(RELEASE, 1, leaseKey(this.shard), this.fence);
    await this.#redis.publish(OWNERSHIP_CHANNEL, String(this.shard));
  }
}
