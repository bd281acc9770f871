import { QueueKeys, RedisConnection, RedisQueueBackend, type BackendFactory } from 'bullmq';
import type { Redis } from 'ioredis';

/** Makes the BullMQ backend of queues under a key prefix. */
export type SharedBackend = (prefix: string) => BackendFactory<RedisQueueBackend>;

/**
 * Lets any number of BullMQ queues and workers share one connection, with no blocking connection of their own: a queue per account
 * would else cost a connection per account. Whoever opened `redis` closes it; closing a queue over it closes nothing.
 */
export function sharedBackend(redis: Redis): SharedBackend {
  const connection = new RedisConnection(redis, {
    shared: true,
    blocking: false,
    skipVersionCheck: true,
    skipWaitingForReady: true,
  });
  // The opener of `redis` reports its errors; here they would only be thrown for want of a listener.
  connection.on('error', () => {});
  return (prefix) => (name, options) => {
    const keys = new QueueKeys(prefix);
    // The Redis backend reads the prefix from its options, though their type is the one of all backends.
    const withPrefix = Object.assign({}, options, { prefix });
    const toKey = (type: string) => keys.toKey(name, type);
    return new RedisQueueBackend(connection, name, keys.getKeys(name), toKey, withPrefix, undefined, false);
  };
}
