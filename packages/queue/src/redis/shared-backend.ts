import { QueueKeys, RedisConnection, RedisQueueBackend, type BackendFactory } from 'bullmq';
import type { RedisClient } from './clients.ts';

/** Creates BullMQ backends for queues under a key prefix. `make` creates a subclass of the backend instead. */
export type SharedBackend = (
  prefix: string,
  make?: (...args: ConstructorParameters<typeof RedisQueueBackend>) => RedisQueueBackend,
) => BackendFactory<RedisQueueBackend>;

/**
 * Lets any number of BullMQ queues and workers share one connection; otherwise each account's queue would open one.
 * Closing a queue leaves the connection open, so it cannot hang on a connection that was never established. The caller
 * closes the connection that it opened.
 *
 * @param blocking the connection on which a stock worker blocks, if there is one; use it for nothing else.
 */
export function sharedBackend(redis: RedisClient, blocking?: RedisClient): SharedBackend {
  const connection = share(redis, false);
  const blockingConnection = blocking === undefined ? undefined : share(blocking, true);
  return (prefix, make) => (name, options) => {
    const keys = new QueueKeys(prefix);
    // The Redis backend reads `prefix` from its options, although their type does not have it.
    const withPrefix = Object.assign({}, options, { prefix });
    const toKey = (type: string) => keys.toKey(name, type);
    const args: ConstructorParameters<typeof RedisQueueBackend> = [
      connection,
      name,
      keys.getKeys(name),
      toKey,
      withPrefix,
      blockingConnection,
      false,
    ];
    return make === undefined ? new RedisQueueBackend(...args) : make(...args);
  };
}

/**
 * The version of Redis that BullMQ assumes; 6.2 is also the oldest that this product's scripts run on (`ZADD LT`). It
 * is fixed, because asking Redis would be a command before there is a connection.
 *
 * By default BullMQ assumes 5.0, which has no `LPOS`, and searches the whole list in Lua to find a waiting job's state.
 * With 10,000 jobs waiting, that takes 0.6 to 0.9 ms of Redis' only thread, and `LPOS` takes 0.004 to 0.1 ms.
 */
const REDIS_VERSION = '6.2.0';

class SharedConnection extends RedisConnection {
  override get redisVersion(): string {
    return REDIS_VERSION;
  }
}

function share(redis: RedisClient, blocking: boolean): RedisConnection {
  const connection = new SharedConnection(redis, {
    shared: true,
    blocking,
    skipVersionCheck: true,
    skipWaitingForReady: true,
  });
  // The code that opened `redis` reports its errors. Without a listener here, they would be thrown.
  connection.on('error', () => {});
  return connection;
}
