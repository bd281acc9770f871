import { triesKey } from './keys.ts';
import type { RedisClient } from './redis.ts';

const TAKE = `
local tries = redis.call('INCR', KEYS[1])
if tries == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { tries, redis.call('PTTL', KEYS[1]) }`;

/** Counts a try in a fixed window of `windowMs` ms that begins with the first one. */
export async function takeToken(
  redis: RedisClient,
  bucket: string,
  limit: number,
  windowMs: number,
): Promise<{ allowed: boolean; retryAfter: number }> {
  const reply: unknown = await redis.eval(TAKE, 1, triesKey(bucket), windowMs);
  const [tries, ttl] = Array.isArray(reply) ? reply.map(Number) : [];
  if (tries === undefined || ttl === undefined) throw new Error('unexpected reply of a script');
  return { allowed: tries <= limit, retryAfter: Math.max(1, Math.ceil(ttl / 1_000)) };
}
