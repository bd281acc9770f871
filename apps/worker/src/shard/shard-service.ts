import { once } from 'node:events';
import {
  ControlConsumer,
  onRedisChange,
  publishShard,
  RateLimits,
  publishedAccounts,
  shardOf,
  unpublishShard,
  type ShardLease,
} from '@gateway/queue';
import { sleep, withTimeout } from '@gateway/runtime';
import { Accounts } from '../accounts/accounts.ts';
import { openServedAccount } from '../accounts/served-account.ts';
import { controlHandlers } from '../control/control-handlers.ts';
import { PhoneLimits } from '../control/phone-limits.ts';
import type { ShardService } from '../ownership/held-shard.ts';
import { keepBotSignedIn } from './bot.ts';
import { keepEventRetention } from './event-retention.ts';
import { keepRetention } from './retention.ts';
import type { WorkerContext } from './worker-context.ts';

/** Delay before publishing the accounts is tried again, ms. */
const PUBLISH_AGAIN_MS = 1_000;

/** Time limit for a graceful stop, ms. After it, the rest is abandoned. */
const STOP_TIMEOUT = 20_000;

/** Time limit for closing the connections to Telegram after a graceful stop failed, ms. */
const ABANDON_TIMEOUT = 3_000;

/** Serves a shard's accounts until it is stopped: receives notifications, runs lanes and control jobs. */
export function startShardService(context: WorkerContext, lease: ShardLease): ShardService {
  const { redis, redisAddress, shards, store, sealer, dueAccounts, deliveries, telegram, now } = context;
  const { shard } = lease;
  const logger = context.logger.child({ shard });
  const owned = store.ownedBy({ fence: lease.fence, valid: () => lease.valid });
  const openNumbers = async () => {
    const onFailed = (error: unknown) =>
      logger.error(
        { err: error },
        'the event numbers are not kept in a file: after a crash they may have a hole',
      );
    return context.openNumbers?.({ shard, mayWrite: () => lease.valid, onFailed }) ?? null;
  };
  const opened = openNumbers();
  opened.catch(() => {}); // The start fails by it.
  const closeNumbers = async () => {
    const numbers = await opened.catch(() => null);
    await numbers?.close().catch((error: unknown) => {
      logger.warn({ err: error }, 'the file with the event numbers was not closed');
    });
  };
  const accounts = new Accounts({
    logger,
    open: async (userId) =>
      openServedAccount({ ...context, store: owned, numbers: await opened, lease, logger }, userId),
  });

  // Redis may have lost the views, now or later. Published accounts are included, so that one whose session file was
  // removed does not stay `ready`.
  const publishAll = async () => {
    const published = await publishedAccounts(redis, shard);
    // Only now, so that the list contains an account that has signed in meanwhile.
    const stored = (await store.list()).filter((userId) => shardOf(userId, shards) === shard);
    return accounts.publishAll([...new Set([...stored, ...published])]);
  };
  const publishOnce = () =>
    publishShard(redis, shard, publishAll).catch((error: unknown) => {
      logger.error({ err: error }, 'could not publish the accounts');
      return false;
    });
  /** Until it succeeds, callers get 503 for accounts without a view. */
  const publishUntilDone = async () => {
    while ((await sleep(PUBLISH_AGAIN_MS, serving.signal)) === 'elapsed' && !(await publishOnce()));
  };
  const publish = async () => {
    if (!(await publishOnce())) void publishUntilDone();
  };
  const onReady = () => {
    void unpublishShard(redis, shard)
      .catch(() => {}) // The connection is lost again: its next `ready` does it.
      .then(publish);
  };
  const endOnReady = onRedisChange(redis, { onRegained: onReady });

  const account = async (userId: string) => (await accounts.get(userId)).account;
  const wake = (userId: string) => accounts.wake(userId);
  const rateLimits = new RateLimits(redis);
  const handlers = controlHandlers({
    account,
    cancelSend: async (userId, jobId) => (await accounts.get(userId)).cancel(jobId),
    wake,
    phoneLimits: new PhoneLimits(rateLimits, sealer),
    rateLimits,
    blocks: context.blocks,
    transfer: { redis, store: owned, dataCenters: telegram.dataCenters, now },
    logger,
    now,
  });
  const consumer = new ControlConsumer({
    redis,
    redisAddress,
    shard,
    isOwner: () => lease.holds(),
    sealer,
    handlers,
    logger,
  });
  const serving = new AbortController();
  context.accountCounts.add(shard, accounts);
  void keepRetention({ ...context, shard, logger, signal: serving.signal });
  void keepEventRetention({
    ...context,
    shard,
    fence: lease.fence,
    retentionMs: context.eventRetentionMs,
    logger,
    signal: serving.signal,
  });
  const keepBot = () => {
    const { bot } = context;
    if (bot === null || shardOf(bot.userId, shards) !== shard) return;
    void keepBotSignedIn({ bot, account, wake, logger, signal: serving.signal });
  };
  const detach = () => {
    serving.abort();
    context.accountCounts.remove(shard, accounts);
    endOnReady();
    dueAccounts.remove(shard);
  };
  const abandon = async () => {
    detach();
    // Give the lease up, so that tasks that wait for their turn do not connect again.
    lease.invalidate();
    void deliveries.removeShard(shard);
    consumer.abandon();
    await withTimeout(
      accounts.abandon(),
      ABANDON_TIMEOUT,
      () => new Error(`not done within ${ABANDON_TIMEOUT} ms`),
    ).catch((error: unknown) => logger.error({ err: error }, 'connections to Telegram did not close'));
    await closeNumbers();
  };
  const stopGracefully = async () => {
    detach();
    await Promise.all([accounts.stopLanes(), consumer.close(), deliveries.removeShard(shard)]);
    // Only now, since a control job may open an account until it ends.
    await accounts.close();
    await closeNumbers();
  };
  const begin = async () => {
    await opened;
    // Start with the sends, since publishing every account takes time.
    await dueAccounts.add(shard, wake);
    await publish();
    keepBot();
    // The accounts are open, so their fences are this worker's.
    if (!serving.signal.aborted) await deliveries.addShard(lease);
    logger.debug('serving the shard');
  };
  return {
    begun: begin(),
    suspend: () => accounts.suspend(),
    resume: () => accounts.wakeAll(),
    abandon,
    stop: async () => {
      try {
        // Without Redis, jobs can neither be completed nor put back.
        if (redis.status !== 'ready') throw new Error('Redis is not reachable');
        const noOutage = new AbortController();
        const outage = once(redis, 'close', { signal: noOutage.signal }).then(() =>
          Promise.reject(new Error('Redis was lost')),
        );
        const stopping = Promise.race([stopGracefully(), outage]).finally(() => noOutage.abort());
        outage.catch(() => {});
        await withTimeout(stopping, STOP_TIMEOUT, () => new Error(`not done within ${STOP_TIMEOUT} ms`));
      } catch (error) {
        logger.error({ err: error }, 'could not stop gracefully; the next worker recovers the fetched jobs');
        await abandon();
      }
    },
  };
}
