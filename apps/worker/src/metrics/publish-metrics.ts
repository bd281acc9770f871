import { MetricsStore, readQueueDepth, type Inbox, type RedisClient } from '@gateway/queue';
import { sleep, type Logger } from '@gateway/runtime';
import type { WorkerMetrics } from '@gateway/telemetry';
import type { EventDeliveries } from '../subscriptions/event-deliveries.ts';
import type { AccountCounts } from './account-counts.ts';

/** Interval between snapshots, ms. */
const INTERVAL_MS = 5_000;

export interface PublishMetricsOptions {
  metrics: WorkerMetrics;
  accountCounts: AccountCounts;
  inbox: Pick<Inbox, 'bytesOf'>;
  deliveries: Pick<EventDeliveries, 'counts' | 'lag'>;
  redis: RedisClient;
  /** Identifies this process. */
  worker: string;
  logger: Logger;
  signal: AbortSignal;
}

/**
 * Writes this worker's metrics to Redis for the API, every {@link INTERVAL_MS}, until the signal is aborted. Never
 * throws.
 */
export async function publishMetrics({
  signal,
  logger,
  redis,
  worker,
  ...counted
}: PublishMetricsOptions): Promise<void> {
  const store = new MetricsStore(redis, worker);
  do {
    try {
      if (redis.status === 'ready') await store.write(await snapshot(redis, counted));
    } catch (error) {
      if (!signal.aborted) logger.debug({ err: error }, 'could not publish the metrics; trying again');
    }
  } while ((await sleep(INTERVAL_MS, signal)) === 'elapsed');
  if (redis.status === 'ready') await store.remove().catch(() => {});
}

async function snapshot(
  redis: RedisClient,
  {
    metrics,
    accountCounts,
    inbox,
    deliveries,
  }: Pick<PublishMetricsOptions, 'metrics' | 'accountCounts' | 'inbox' | 'deliveries'>,
): Promise<string> {
  const shards = accountCounts.takeShards();
  const { byState, connected, reading, waiting } = accountCounts.accounts();
  let storedBytes = 0;
  for (const { userId } of accountCounts.opened()) storedBytes += inbox.bytesOf(userId);
  const [lag, ...depths] = await Promise.all([
    deliveries.lag(),
    ...shards.map(({ shard, ...known }) => readQueueDepth(redis, shard, known)),
  ]);
  const sum = (part: 'waiting' | 'delayed' | 'active') =>
    depths.reduce((total, depth) => total + depth[part], 0);
  const oldest = depths.flatMap(({ oldestAt }) => oldestAt ?? []);
  return JSON.stringify(
    await metrics.snapshot({
      accounts: byState,
      connected,
      waiting: sum('waiting'),
      delayed: sum('delayed'),
      active: sum('active'),
      oldestSeconds: oldest.length === 0 ? 0 : Math.max(0, (Date.now() - Math.min(...oldest)) / 1_000),
      shards: shards.length,
      receiving: { reading, waiting, storedBytes, webhooks: deliveries.counts, lag },
    }),
  );
}
