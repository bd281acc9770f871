import { QueueKeys, RedisConnection, RedisQueueBackend, type BackendFactory } from 'bullmq';
import type { RedisClient } from './redis.ts';

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

function share(redis: RedisClient, blocking: boolean): RedisConnection {
  const connection = new RedisConnection(redis, {
    shared: true,
    blocking,
    skipVersionCheck: true,
    skipWaitingForReady: true,
  });
  // Who opened `redis` reports its errors; here they would only be thrown for want of a listener.
  connection.on('error', () => {});
  return connection;
}
