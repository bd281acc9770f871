import { dueAccountsKey, sendJobKey, sendListKey, type JobList } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';

/** Accounts read per round trip. */
const BATCH = 500;

/** Pending messages of all accounts of a shard. */
export interface QueueDepth {
  waiting: number;
  delayed: number;
  active: number;
  /** When the oldest waiting message was enqueued, in ms since the epoch; `null` if none waits. */
  oldestAt: number | null;
}

/**
 * Counts the pending messages of a shard's accounts, with four cheap commands per account. Most accounts have none most
 * of the time, so it reads only accounts that are due now or later, and those in `busy`.
 * @param busy accounts that may have pending messages although they are no longer listed as due.
 */
export async function readQueueDepth(
  redis: RedisClient,
  shard: number,
  busy: Iterable<string>,
): Promise<QueueDepth> {
  const total: QueueDepth = { waiting: 0, delayed: 0, active: 0, oldestAt: null };
  const accounts = [...new Set([...busy, ...(await redis.zrange(dueAccountsKey(shard), 0, -1))])];
  for (let at = 0; at < accounts.length; at += BATCH) {
    await Promise.all(
      accounts.slice(at, at + BATCH).map(async (userId) => {
        const key = (list: JobList) => sendListKey(userId, list);
        const [waiting, delayed, active, oldest] = await Promise.all([
          redis.llen(key('wait')),
          redis.zcard(key('delayed')),
          redis.llen(key('active')),
          redis.lindex(key('wait'), -1),
        ]);
        total.waiting += waiting;
        total.delayed += delayed;
        total.active += active;
        const acceptedAt = oldest === null ? null : await redis.hget(sendJobKey(userId, oldest), 'timestamp');
        if (acceptedAt !== null) total.oldestAt = Math.min(total.oldestAt ?? Infinity, Number(acceptedAt));
      }),
    );
  }
  return total;
}
