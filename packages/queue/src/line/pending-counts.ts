import type { RedisClient } from '../redis/clients.ts';
import type { JobQueue } from './enqueue-backend.ts';
import { countHeldJobs } from './held-jobs.ts';

/** How many jobs of an account wait, are held or wait for their `send_at` (`delayed`), or are being sent (`active`). */
export interface PendingCounts {
  waiting: number;
  delayed: number;
  active: number;
}

export async function countPending(
  redis: RedisClient,
  queue: JobQueue,
  userId: string,
): Promise<PendingCounts> {
  const [counts, heldJobs] = await Promise.all([
    queue.getJobCounts('wait', 'delayed', 'active'),
    countHeldJobs(redis, userId),
  ]);
  const active = counts['active'] ?? 0;
  const held = Math.min(heldJobs, active);
  return {
    waiting: counts['wait'] ?? 0,
    delayed: (counts['delayed'] ?? 0) + held,
    active: active - held,
  };
}
