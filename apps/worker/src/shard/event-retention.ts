import { Fenced, receivingAccounts, type Inbox, type MemoryWatch, type RedisClient } from '@gateway/queue';
import { sleep, type Logger } from '@gateway/runtime';

/** How often memory is looked at, and the longest time between two sweeps, ms. */
const LOOK_MS = 5_000;
const SELDOM_MS = 10 * 60_000;

export interface EventRetentionOptions {
  redis: RedisClient;
  inbox: Inbox;
  memory: MemoryWatch;
  shard: number;
  /** The fence of this shard's accounts. */
  fence: string;
  /** How long events are kept, ms. */
  retentionMs: number;
  logger: Logger;
  signal: AbortSignal;
}

/**
 * Drops events of the shard's accounts that are too old, and more of them while Redis is short of memory, until the
 * signal is aborted. Never throws.
 */
export async function keepEventRetention(options: EventRetentionOptions): Promise<void> {
  const { memory, retentionMs, logger, signal } = options;
  const pause = Math.min(retentionMs, SELDOM_MS);
  let left = pause;
  while ((await sleep(Math.min(LOOK_MS, left), signal)) === 'elapsed') {
    left -= LOOK_MS;
    if (left > 0 && !memory.isAnyShort) continue;
    left = pause;
    try {
      await sweepAll(options);
    } catch (error) {
      if (!signal.aborted) logger.warn({ err: error }, 'could not drop old events; trying again later');
    }
  }
}

async function sweepAll({ redis, inbox, shard, fence, signal }: EventRetentionOptions): Promise<void> {
  for (const userId of await receivingAccounts(redis, shard)) {
    if (signal.aborted) return;
    await inbox.sweep(userId, fence).catch((error: unknown) => {
      // No worker serves the account, or another one does by now.
      if (!(error instanceof Fenced)) throw error;
    });
  }
}
