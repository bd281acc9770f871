import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { RATE_LIMIT_PREFIX } from '../keys.ts';
import type { RedisClient } from './clients.ts';

/** Counts tries against limits, each in a fixed window that begins with its bucket's first try. Shared by all processes. */
export class RateLimits {
  readonly #redis: RedisClient;
  readonly #limiters = new Map<string, RateLimiterRedis>();

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /**
   * Counts a try against a bucket of `limit` tries in `windowMs` ms (whole seconds).
   * `retryAfter`: whole seconds until a try is allowed again, where this one is not.
   */
  async take(
    bucket: string,
    limit: number,
    windowMs: number,
  ): Promise<{ allowed: boolean; retryAfter: number }> {
    const { consumedPoints, msBeforeNext } = await this.#limiter(limit, windowMs)
      .consume(bucket)
      .catch((thrown: unknown) => {
        // The library throws the count where it is over the limit.
        if (thrown instanceof RateLimiterRes) return thrown;
        throw thrown;
      });
    return { allowed: consumedPoints <= limit, retryAfter: Math.max(1, Math.ceil(msBeforeNext / 1_000)) };
  }

  #limiter(limit: number, windowMs: number): RateLimiterRedis {
    const kept = this.#limiters.get(`${limit}/${windowMs}`);
    if (kept !== undefined) return kept;
    const limiter = new RateLimiterRedis({
      storeClient: this.#redis,
      keyPrefix: RATE_LIMIT_PREFIX,
      points: limit,
      duration: windowMs / 1_000,
    });
    this.#limiters.set(`${limit}/${windowMs}`, limiter);
    return limiter;
  }
}
