import { holdSchema, type Hold } from '@gateway/contracts';
import { asideKey } from './keys.ts';
import type { RedisClient } from './redis.ts';

/**
 * Jobs that their worker has in hand and does not send yet, because their chat or a part of their account must wait: BullMQ has them as
 * active. Only for showing; the worker that takes over begins with none.
 */
export async function noteAside(
  redis: RedisClient,
  userId: string,
  jobs: readonly { jobId: string; hold: Hold }[],
): Promise<void> {
  if (jobs.length === 0) return;
  const fields = jobs.flatMap(({ jobId, hold }) => [jobId, JSON.stringify(hold)]);
  await redis.hset(asideKey(userId), ...fields);
}

export async function forgetAside(redis: RedisClient, userId: string, jobId: string): Promise<void> {
  await redis.hdel(asideKey(userId), jobId);
}

export async function forgetAllAside(redis: RedisClient, userId: string): Promise<void> {
  await redis.del(asideKey(userId));
}

/** Why the job is set aside, or `null` where it is not. */
export async function readAside(redis: RedisClient, userId: string, jobId: string): Promise<Hold | null> {
  const json = await redis.hget(asideKey(userId), jobId);
  return json === null ? null : holdSchema.parse(JSON.parse(json));
}

/** The jobs that are set aside. */
export async function listAside(redis: RedisClient, userId: string): Promise<Set<string>> {
  return new Set(await redis.hkeys(asideKey(userId)));
}

export async function countAside(redis: RedisClient, userId: string): Promise<number> {
  return redis.hlen(asideKey(userId));
}
