import type { HoldNotice } from '@gateway/contracts';
import { ENDED_CHANNEL, HELD_CHANNEL } from '../keys.ts';
import { DEPENDENTS } from '../line/dependents.ts';
import type { RedisClient } from '../redis/clients.ts';

/**
 * Lua function for scripts that end a job of an account: publishes its end, with its result (JSON) if it succeeded, and
 * moves the jobs that wait for it to the head of the queue. It returns how many. Nobody keeps the published message, so
 * a listener that misses it reads the job. `prefix` is that of the queue's keys.
 */
export const JOB_ENDS = `${DEPENDENTS}
local function job_ends(prefix, id, result)
  redis.call('PUBLISH', '${ENDED_CHANNEL}', id .. ' ' .. (result or ''))
  return release(prefix, id)
end`;

/** Publishes the end of a job that one of BullMQ's own scripts has ended. */
export async function publishEnd(redis: RedisClient, jobId: string): Promise<void> {
  await redis.publish(ENDED_CHANNEL, `${jobId} `);
}

/** Publishes that all of an account's jobs are held, or one job. */
export async function publishHold(
  redis: RedisClient,
  whom: { userId: string } | { jobId: string },
  { reason, until }: HoldNotice,
): Promise<void> {
  await redis.publish(HELD_CHANNEL, JSON.stringify({ ...whom, reason, until }));
}
