import { dueAccountsKey, sendJobKey, sendListKey, type JobList } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';

/** Accounts looked at per round trip. */
const BATCH = 500;

/** Messages of a shard's accounts that have not gone out. */
export interface QueueDepth {
  waiting: number;
  delayed: number;
  active: number;
  /** ms since the epoch at which the oldest that waits was accepted; `null`: none does. */
  oldestAt: number | null;
}

/**
 * Counts what waits, over those of a shard's accounts whose bell has rung or will and those that are known to be `busy`, four cheap commands
 * each: most accounts have nothing most of the time, and are not asked about. `busy` is to hold those whose bell was taken down while something of
 * theirs waits still.
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
