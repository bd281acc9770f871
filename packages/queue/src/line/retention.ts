import { sendListKey, shardAccountsKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { AccountQueues } from './account-queues.ts';

/** Accounts checked per round trip. */
const BATCH = 500;

/** Most jobs of one account deleted at a time. Redis does nothing else while the deleting script runs. */
const MOST_AT_ONCE = 1_000;

/**
 * Deletes the ended jobs of a shard's accounts after the retention time. BullMQ itself deletes them only when another
 * job of the same account ends, so an idle account would keep its last jobs for ever.
 */
export async function dropOldJobs(
  redis: RedisClient,
  queues: AccountQueues,
  shard: number,
  retentionMs: number,
  signal: AbortSignal,
): Promise<void> {
  const accounts = await redis.smembers(shardAccountsKey(shard));
  for (let at = 0; at < accounts.length && !signal.aborted; at += BATCH) {
    const batch = accounts.slice(at, at + BATCH);
    const old = await Promise.all(batch.map((userId) => hasOldJobs(redis, userId, Date.now() - retentionMs)));
    for (const userId of batch.filter((_, index) => old[index])) {
      if (signal.aborted) return;
      const queue = queues.of(userId);
      await queue.clean(retentionMs, MOST_AT_ONCE, 'completed');
      await queue.clean(retentionMs, MOST_AT_ONCE, 'failed');
    }
  }
}

async function hasOldJobs(redis: RedisClient, userId: string, before: number): Promise<boolean> {
  const counts = await Promise.all(
    (['completed', 'failed'] as const).map((list) => redis.zcount(sendListKey(userId, list), '-inf', before)),
  );
  return counts.some((count) => count > 0);
}
