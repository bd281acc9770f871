import { QueueKeys, RedisConnection, RedisQueueBackend, type BackendFactory } from 'bullmq';
import type { RedisClient } from './clients.ts';

/** Makes the BullMQ backend of queues under a key prefix, of a kind of its own where one is given. */
export type SharedBackend = (
  prefix: string,
  make?: (...args: ConstructorParameters<typeof RedisQueueBackend>) => RedisQueueBackend,
) => BackendFactory<RedisQueueBackend>;

/**
 * Lets any number of BullMQ queues and workers share one connection, with no blocking connection of their own: a queue per account
 * would else cost a connection per account. Whoever opened a connection closes it; closing a queue over it closes nothing, and so cannot
 * hang on one that never came about.
 *
 * @param blocking the connection that a stock worker blocks on, where there is one; it must be used for nothing else.
 */
export function sharedBackend(redis: RedisClient, blocking?: RedisClient): SharedBackend {
  const connection = share(redis, false);
  const blockingConnection = blocking === undefined ? undefined : share(blocking, true);
  return (prefix, make) => (name, options) => {
    const keys = new QueueKeys(prefix);
    // The Redis backend reads the prefix from its options, though their type is the one of all backends.
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
 * Redis as BullMQ may count on it. It is not asked: that would be the first command of a connection, before there is one. 6.2 is what our
 * own scripts need (`ZADD LT`); told of nothing, BullMQ assumes 5.0, which has no `LPOS`, and walks the whole line in Lua to tell
 * whether a job waits: with 10,000 waiting, 0.6 to 0.9 ms of Redis' only thread at each look at one of them, in place of 0.004 (the
 * last) to 0.1 (the first).
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
  // Who opened `redis` reports its errors; here they would only be thrown for want of a listener.
  connection.on('error', () => {});
  return connection;
}
