import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { RATE_LIMIT_PREFIX } from '../keys.ts';
import type { RedisClient } from './clients.ts';

/** Rate limits, shared by all processes. A bucket's window is fixed and begins with the bucket's first try. */
export class RateLimits {
  readonly #redis: RedisClient;
  readonly #limiters = new Map<string, RateLimiterRedis>();

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /**
   * Counts a try against a bucket of `limit` tries per `windowMs` ms, which must be whole seconds.
   * @returns `retryAfter`: whole seconds until the next try is allowed.
   */
  async take(
    bucket: string,
    limit: number,
    windowMs: number,
  ): Promise<{ allowed: boolean; retryAfter: number }> {
    const { consumedPoints, msBeforeNext } = await this.#limiter(limit, windowMs)
      .consume(bucket)
      .catch((thrown: unknown) => {
        // The library throws its result if the limit is exceeded.
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
