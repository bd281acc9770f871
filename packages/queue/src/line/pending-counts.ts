import { sendListKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { parkedJobsKey } from './dependents.ts';
import { countHeldJobs } from './held-jobs.ts';

/**
 * How many jobs of an account wait, are held or wait for their `send_at` or another job (`delayed`), or are being sent
 * (`active`).
 */
export interface PendingCounts {
  waiting: number;
  delayed: number;
  active: number;
}

export async function countPending(redis: RedisClient, userId: string): Promise<PendingCounts> {
  const [waiting, delayed, parked, active, heldJobs] = await Promise.all([
    redis.llen(sendListKey(userId, 'wait')),
    redis.zcard(sendListKey(userId, 'delayed')),
    redis.zcard(parkedJobsKey(userId)),
    redis.llen(sendListKey(userId, 'active')),
    countHeldJobs(redis, userId),
  ]);
  const held = Math.min(heldJobs, active);
  return { waiting, delayed: delayed + parked + held, active: active - held };
}
