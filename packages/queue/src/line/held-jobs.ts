import { holdSchema, isTurnReason, type Hold, type HoldNotice } from '@gateway/contracts';
import { heldJobsKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';

/**
 * Records fetched jobs that the worker holds, because their chat or a part of their account must wait. BullMQ lists
 * them as active. The record is only displayed; a new owner starts with an empty one.
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

/** The reason why a fetched job is held; `null` if it is not held. */
export async function readHeldJob(
  redis: RedisClient,
  userId: string,
  jobId: string,
): Promise<HoldNotice | null> {
  const json = await redis.hget(heldJobsKey(userId), jobId);
  if (json === null) return null;
  const hold = holdSchema.parse(JSON.parse(json));
  return isTurnReason(hold.reason) ? { reason: hold.reason, until: null } : hold;
}

/** The ids of the account's held jobs. */
export async function listHeldJobs(redis: RedisClient, userId: string): Promise<Set<string>> {
  return new Set(await redis.hkeys(heldJobsKey(userId)));
}

export async function countHeldJobs(redis: RedisClient, userId: string): Promise<number> {
  return redis.hlen(heldJobsKey(userId));
}
