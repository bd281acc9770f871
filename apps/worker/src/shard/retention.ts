import { dropOldJobs, type AccountQueues, type RedisClient } from '@gateway/queue';
import { sleep, type Logger } from '@gateway/runtime';

/** ms between looks for jobs that have been kept for long enough: as often as they are kept for, within these bounds. */
const OFTEN_MS = 1_000;
const SELDOM_MS = 10 * 60_000;

export interface RetentionOptions {
  redis: RedisClient;
  queues: AccountQueues;
  shard: number;
  /** ms that ended jobs are kept. */
  retentionMs: number;
  logger: Logger;
  signal: AbortSignal;
}

/** Sees to it that ended jobs of the shard's accounts are deleted in time, until the signal is aborted. Never throws. */
export async function keepRetention({ signal, logger, ...options }: RetentionOptions): Promise<void> {
  const { redis, queues, shard, retentionMs } = options;
  const pause = Math.min(Math.max(retentionMs, OFTEN_MS), SELDOM_MS);
  while ((await sleep(pause, signal)) === 'elapsed') {
    try {
      await dropOldJobs(redis, queues, shard, retentionMs, signal);
    } catch (error) {
      if (!signal.aborted) logger.warn({ err: error }, 'could not look for old jobs; trying again later');
    }
  }
}
