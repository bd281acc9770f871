import type { RedisClient } from './clients.ts';
import { sendUntimed } from './script.ts';

/** ms for which an answer counts as contact. After that, a change first asks Redis for its time. */
const FRESH_MS = 100;

/** ms without an answer after which the connection is replaced. TCP takes 15 minutes to notice a dead connection. */
const SILENCE_MS = 5_000;

/**
 * Reads Redis' own clock from its answers, and knows whether Redis has answered recently.
 *
 * A change is sent only while Redis answers, with a deadline by Redis' clock. Redis refuses a change that arrives after
 * its caller was answered, and a change that was never sent certainly had no effect.
 */
export class RedisClock {
  readonly #redis: RedisClient;
  #reading: { redisMs: number; at: number } | null = null;
  #asking: Promise<void> | undefined;

  constructor(redis: RedisClient) {
    this.#redis = redis;
    // The next connection may lead to another server, with another clock.
    redis.on('close', () => {
      this.#reading = null;
    });
  }

  /** Whether Redis has answered within the last {@link FRESH_MS} ms. */
  get isFresh(): boolean {
    return this.#reading !== null && performance.now() - this.#reading.at <= FRESH_MS;
  }

  /** Resolves once Redis has answered. Callers share one request at a time. Rejects if the connection is lost. */
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

  /** Updates the clock from Redis' `TIME`, in an answer that has just arrived. */
  learn(time: unknown): void {
    if (!Array.isArray(time)) throw new TypeError('unexpected reply to TIME');
    const redisMs = Number(time[0]) * 1_000 + Math.floor(Number(time[1]) / 1_000);
    this.#reading = { redisMs, at: performance.now() };
  }

  /**
   * Converts `at` (by `performance.now()`) to ms of Redis' clock. The result is never too late, because a reading is
   * already some time old when it arrives. Without a reading it is `0`, a deadline that is always over.
   */
  deadline(at: number): number {
    return this.#reading === null ? 0 : Math.floor(this.#reading.redisMs + (at - this.#reading.at));
  }
}
