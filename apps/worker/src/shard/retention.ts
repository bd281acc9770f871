import { dropOldJobs, rankAllAccounts, type AccountQueues, type RedisClient } from '@gateway/queue';
import { sleep, type Logger } from '@gateway/runtime';

/**
 * Bounds of the interval at which expired jobs are deleted, ms. Between them, the interval equals the retention time.
 */
const OFTEN_MS = 1_000;
const SELDOM_MS = 10 * 60_000;

export interface RetentionOptions {
  redis: RedisClient;
  queues: AccountQueues;
  shard: number;
  /** How long ended jobs are kept, ms. */
  retentionMs: number;
  logger: Logger;
  signal: AbortSignal;
}

/**
 * Deletes ended jobs of the shard's accounts when their retention time is over, until the signal is aborted. Never
 * throws.
 */
export async function keepRetention({ signal, logger, ...options }: RetentionOptions): Promise<void> {
  const { redis, queues, shard, retentionMs } = options;
  const pause = Math.min(Math.max(retentionMs, OFTEN_MS), SELDOM_MS);
  while ((await sleep(pause, signal)) === 'elapsed') {
    try {
      await dropOldJobs(redis, queues, shard, retentionMs, signal);
      // Accounts without failed jobs leave the dashboard's list.
      await rankAllAccounts(redis, shard);
    } catch (error) {
      if (!signal.aborted) logger.warn({ err: error }, 'could not delete expired jobs; trying again later');
    }
  }
}
