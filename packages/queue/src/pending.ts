import type { SendQueue } from './accepting-backend.ts';
import { countAside } from './aside-jobs.ts';
import type { RedisClient } from './redis.ts';

/** How many jobs of an account wait, are held until a time of their own, or are being sent. */
export interface PendingCounts {
  waiting: number;
  delayed: number;
  active: number;
}

export async function countPending(
  redis: RedisClient,
  queue: SendQueue,
  userId: string,
): Promise<PendingCounts> {
  const [counts, inHand] = await Promise.all([
    queue.getJobCounts('wait', 'delayed', 'active'),
    countAside(redis, userId),
  ]);
  const active = counts['active'] ?? 0;
  const aside = Math.min(inHand, active);
  return {
    waiting: counts['wait'] ?? 0,
    delayed: (counts['delayed'] ?? 0) + aside,
    active: active - aside,
  };
}
