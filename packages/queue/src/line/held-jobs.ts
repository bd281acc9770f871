import { holdSchema, type Hold } from '@gateway/contracts';
import { heldJobsKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';

/**
 * Jobs that their worker has in hand and does not send yet, because their chat or a part of their account must wait: BullMQ has them as
 * active. Only for showing; the worker that takes over begins with none.
 */
export async function writeHeldJobs(
  redis: RedisClient,
  userId: string,
  jobs: readonly { jobId: string; hold: Hold }[],
): Promise<void> {
  if (jobs.length === 0) return;
  const fields = jobs.flatMap(({ jobId, hold }) => [jobId, JSON.stringify(hold)]);
  await redis.hset(heldJobsKey(userId), ...fields);
}

export async function removeHeldJob(redis: RedisClient, userId: string, jobId: string): Promise<void> {
  await redis.hdel(heldJobsKey(userId), jobId);
}

export async function clearHeldJobs(redis: RedisClient, userId: string): Promise<void> {
  await redis.del(heldJobsKey(userId));
}

/** Why the job is set aside, or `null` where it is not. */
export async function readHeldJob(redis: RedisClient, userId: string, jobId: string): Promise<Hold | null> {
  const json = await redis.hget(heldJobsKey(userId), jobId);
  return json === null ? null : holdSchema.parse(JSON.parse(json));
}

/** The jobs that are set aside. */
export async function listHeldJobs(redis: RedisClient, userId: string): Promise<Set<string>> {
  return new Set(await redis.hkeys(heldJobsKey(userId)));
}

export async function countHeldJobs(redis: RedisClient, userId: string): Promise<number> {
  return redis.hlen(heldJobsKey(userId));
}
