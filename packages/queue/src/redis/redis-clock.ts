import type { RedisClient } from './clients.ts';
import { sendUntimed } from './script.ts';

/** ms for which an answer counts as contact. Older, and Redis is asked for its time before anything is changed. */
const FRESH_MS = 100;

/** ms without an answer after which the connection is made anew: TCP by itself would take a quarter of an hour to notice a dead one. */
const SILENCE_MS = 5_000;

/**
 * Redis' own clock, as its answers show it, and whether Redis has answered just now.
 *
 * A change is written only in contact, and with a deadline by Redis' clock. So Redis refuses what reaches it after its caller was answered,
 * and what was never written was certainly never done.
 */
export class RedisClock {
  readonly #redis: RedisClient;
  #reading: { redisMs: number; at: number } | null = null;
  #asking: Promise<void> | undefined;

  constructor(redis: RedisClient) {
    this.#redis = redis;
    // The next connection may lead to another machine, with another clock.
    redis.on('close', () => {
      this.#reading = null;
    });
  }

  /** Whether Redis has answered within the last {@link FRESH_MS} ms. */
  get isFresh(): boolean {
    return this.#reading !== null && performance.now() - this.#reading.at <= FRESH_MS;
  }

  /** Resolves once Redis has answered; it is asked at most once at a time. Rejects where the connection is lost. */
  async contact(): Promise<void> {
    if (this.isFresh) return;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  async #ask(): Promise<void> {
    const giveUp = setTimeout(() => this.#redis.disconnect(true), SILENCE_MS);
    giveUp.unref();
    try {
      this.learn(await sendUntimed(this.#redis, 'TIME', []));
    } finally {
      clearTimeout(giveUp);
    }
  }

  /** Takes Redis' `TIME` from an answer that has just arrived. */
  learn(time: unknown): void {
    if (!Array.isArray(time)) throw new TypeError('Redis does not tell its time');
    const redisMs = Number(time[0]) * 1_000 + Math.floor(Number(time[1]) / 1_000);
    this.#reading = { redisMs, at: performance.now() };
  }

  /**
   * The moment `at` (by `performance.now()`) in ms of Redis' clock. It is never later than that moment, since the reading had aged when it
   * arrived. `0`, which is always over, where Redis has not told its time.
   */
  deadline(at: number): number {
    return this.#reading === null ? 0 : Math.floor(this.#reading.redisMs + (at - this.#reading.at));
  }
}
