import { replaceConnection } from './clients.ts';
import { nodeOf } from './nodes.ts';
import type { RedisClient } from './redis-client.ts';
import { readTime } from './script.ts';

/** ms for which an answer counts as contact. After that, a change first asks Redis for its time. */
const FRESH_MS = 100;

/** ms without an answer after which the connection is replaced. TCP takes 15 minutes to notice a dead connection. */
const SILENCE_MS = 5_000;

/**
 * Reads Redis' own clock from its answers, and knows whether Redis has answered recently.
 *
 * A change is sent only while Redis answers, with a deadline by Redis' clock. Redis refuses a change that arrives after
 * its caller was answered, and a change that was never sent certainly had no effect.
 *
 * In a cluster every node has its own clock, so each method takes a key of the data that it is about. A change that is
 * redirected arrives at another node than the one whose clock was read: their clocks must be right within a second.
 */
export class RedisClock {
  readonly #redis: RedisClient;
  /** The latest reading of each node. One server counts as one node. */
  readonly #readings = new Map<string, { redisMs: number; at: number }>();
  readonly #asking = new Map<string, Promise<void>>();

  constructor(redis: RedisClient) {
    this.#redis = redis;
    // The next connection may lead to another server, with another clock.
    redis.on('close', () => this.#readings.clear());
  }

  /** Whether the node of `key` has answered within the last {@link FRESH_MS} ms. */
  isFresh(key: string): boolean {
    const reading = this.#readings.get(nodeOf(this.#redis, key));
    return reading !== undefined && performance.now() - reading.at <= FRESH_MS;
  }

  /**
   * Resolves once the node of `key` has answered. Callers share one request at a time. Rejects if the connection is
   * lost.
   */
  async contact(key: string): Promise<void> {
    if (this.isFresh(key)) return;
    const node = nodeOf(this.#redis, key);
    const asking = this.#asking.get(node) ?? this.#ask(key).finally(() => this.#asking.delete(node));
    this.#asking.set(node, asking);
    await asking;
  }

  async #ask(key: string): Promise<void> {
    const giveUp = setTimeout(() => replaceConnection(this.#redis), SILENCE_MS);
    giveUp.unref();
    try {
      this.learn(await readTime(this.#redis, key), key);
    } finally {
      clearTimeout(giveUp);
    }
  }

  /** Updates the clock from Redis' `TIME`, in an answer about `key` that has just arrived. */
  learn(time: unknown, key: string): void {
    if (!Array.isArray(time)) throw new TypeError('unexpected reply to TIME');
    const redisMs = Number(time[0]) * 1_000 + Math.floor(Number(time[1]) / 1_000);
    this.#readings.set(nodeOf(this.#redis, key), { redisMs, at: performance.now() });
  }

  /**
   * Converts `at` (by `performance.now()`) to ms of the clock of the node of `key`. The result is never too late,
   * because a reading is already some time old when it arrives. Without a reading it is `0`, a deadline that is always
   * over.
   */
  deadline(at: number, key: string): number {
    const reading = this.#readings.get(nodeOf(this.#redis, key));
    return reading === undefined ? 0 : Math.floor(reading.redisMs + (at - reading.at));
  }
}
