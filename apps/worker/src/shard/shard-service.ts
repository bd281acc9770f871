import { once } from 'node:events';
import {
  AccountQueues,
  beat,
  ControlConsumer,
  DoorbellListener,
  readAccountView,
  ResultsPublisher,
  sharedBackend,
  shardOf,
  writeAccountView,
  type Redis,
} from '@gateway/queue';
import { withTimeout, type Logger, type Sealer } from '@gateway/runtime';
import type { SessionStore } from '@gateway/sessions';
import type { Telegram } from '@gateway/telegram';
import { Account } from './accounts/account.ts';
import { Accounts } from './accounts/accounts.ts';
import { ServedAccount } from './accounts/served-account.ts';
import { controlHandlers } from './handlers/control-handlers.ts';
import type { Service } from './ownership/ownership.ts';

export interface ServiceOptions {
  redis: Redis;
  redisUrl: string;
  shards: number;
  store: SessionStore;
  telegram: Telegram;
  sealer: Sealer;
  logger: Logger;
  /** Names this worker's right to the accounts in Redis. */
  token: string;
  mayServe: () => boolean;
}

/** ms that a stop may take before what is left is let go: a call to Telegram ends within its own, shorter timeout. */
const STOP_TIMEOUT = 20_000;

/** ms for closing the connections to Telegram when nothing else can be done any more. */
const ABANDON_TIMEOUT = 3_000;

/** Serves the accounts: hears doorbells, runs lanes and control jobs, until it is stopped. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { redis, redisUrl, shards, store, telegram, sealer, logger, token, mayServe } = options;
  const now = Date.now;
  const backend = sharedBackend(redis);
  const queues = new AccountQueues(redis, backend);
  const results = new ResultsPublisher(redis, backend);

  const accounts = new Accounts({
    logger,
    open: async (userId) => {
      const shard = shardOf(userId, shards);
      const account = await Account.load(
        {
          userId,
          store,
          telegram,
          publish: (view) => writeAccountView(redis, shard, userId, view),
          publishHold: (hold) => results.held(shard, userId, hold),
          mayServe,
          logger,
          now,
        },
        (await readAccountView(redis, userId, now())).hold,
      );
      const queue = queues.of(userId);
      return new ServedAccount({
        account,
        redis,
        backend,
        queue,
        results,
        shards,
        token,
        mayServe,
        logger,
        now,
      });
    },
  });

  // The views may be gone with Redis, now or while we run: the store knows better.
  const publishAll = async () => accounts.publishAll(await store.list());
  await publishAll();
  const onReady = () => {
    publishAll().catch((error: unknown) => logger.error({ err: error }, 'could not show the accounts'));
  };
  redis.on('ready', onReady);

  const handlers = controlHandlers({
    account: async (userId) => (await accounts.get(userId)).account,
    deleteUnreadable: async (userId) => {
      await store.delete(userId);
      await (await accounts.get(userId)).account.publish();
    },
    wake: async (userId) => (await accounts.get(userId)).unhold(),
    now,
  });
  const shardNumbers = Array.from({ length: shards }, (_, shard) => shard);
  const consumers = shardNumbers.map(
    (shard) => new ControlConsumer({ redis, redisUrl, shard, sealer, handlers, results, logger }),
  );
  const doorbells = new DoorbellListener({
    redis,
    redisUrl,
    shards: shardNumbers,
    onRing: (userId) => accounts.wake(userId),
    logger,
  });
  await doorbells.start();
  const stopBeating = new AbortController();
  const beating = beat(redis, token, stopBeating.signal);
  logger.info({ accounts: (await store.list()).length }, 'serving the accounts');

  const letGo = () => {
    stopBeating.abort();
    redis.off('ready', onReady);
  };
  const abandon = async () => {
    letGo();
    doorbells.close().catch(() => {}); // May wait for Redis; nobody has to wait for it.
    for (const consumer of consumers) consumer.abandon();
    await withTimeout(
      accounts.abandon(),
      ABANDON_TIMEOUT,
      () => new Error(`not done within ${ABANDON_TIMEOUT} ms`),
    ).catch((error: unknown) => logger.error({ err: error }, 'connections to Telegram did not close'));
  };
  const stopGracefully = async () => {
    letGo();
    await doorbells.close();
    await Promise.all([accounts.close(), ...consumers.map((consumer) => consumer.close())]);
    await queues.close();
    await beating;
  };
  return {
    abandon,
    stop: async () => {
      try {
        // Without Redis nothing can be ended or put back.
        if (redis.status !== 'ready') throw new Error('Redis is not reachable');
        const outage = once(redis, 'close').then(() => Promise.reject(new Error('Redis went away')));
        const stopping = Promise.race([stopGracefully(), outage]);
        await withTimeout(stopping, STOP_TIMEOUT, () => new Error(`not done within ${STOP_TIMEOUT} ms`));
      } catch (error) {
        logger.error(
          { err: error },
          'could not stop in good order; what was in hand is taken up again by the next worker',
        );
        await abandon();
      }
    },
  };
}
