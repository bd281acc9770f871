import type { Logger } from '@gateway/runtime';
import { Redis, type Cluster } from 'ioredis';
import { batchWrites } from './batched-writes.ts';
import { watchFaults } from './redis-fault.ts';

/** What commands go to: one server, or a cluster. */
export type RedisClient = Redis | Cluster;

/** Counts lost connections: after one, Redis may have restarted and lost its latest writes. */
export interface RedisContact {
  /** Grows each time the connection is lost; `null` while there is none. */
  readonly epoch: number | null;
}

const COMMON = {
  // Back quickly after an outage, without hammering.
  retryStrategy: (tries: number) => Math.min(50 * 2 ** Math.min(tries, 6), 2_000),
  reconnectOnError: (error: Error) => /READONLY|LOADING/.test(error.message),
  keepAlive: 10_000,
} as const;

/** Options of {@link openConsumerRedis}, for connections that BullMQ opens itself. */
export const CONSUMER_OPTIONS = { ...COMMON, enableOfflineQueue: true, maxRetriesPerRequest: null } as const;

/** ms after which a producer's command counts as failed: Redis that hangs must not hang the API. */
const PRODUCER_COMMAND_TIMEOUT = 1_500;

/**
 * A connection for the side that answers callers: a command fails at once while Redis is away, and within
 * {@link PRODUCER_COMMAND_TIMEOUT} ms when it hangs.
 */
export function openProducerRedis(url: string, logger: Logger): Redis {
  return watch(
    new Redis(url, {
      ...COMMON,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: PRODUCER_COMMAND_TIMEOUT,
      connectTimeout: PRODUCER_COMMAND_TIMEOUT,
    }),
    logger,
  );
}

/** A connection for the side that works jobs off: commands wait until Redis is back, as long as it takes. */
export function openConsumerRedis(url: string, logger: Logger): Redis {
  return watch(new Redis(url, CONSUMER_OPTIONS), logger);
}

/** Watches a connection for {@link RedisContact}: a Redis that comes back may be another one, or have forgotten a second. */
export function watchContact(redis: RedisClient): RedisContact {
  let losses = 0;
  redis.on('close', () => {
    losses += 1;
  });
  return {
    get epoch() {
      return redis.status === 'ready' ? losses : null;
    },
  };
}

/** One line when Redis goes, or the reason changes, and one when it comes back. Not one a try. */
function watch(redis: Redis, logger: Logger): Redis {
  const { host, port } = redis.options;
  watchFaults(redis, (fault) => {
    if (fault === null) logger.info('Redis is reachable again');
    else
      logger.error(
        { redis: `${host}:${port}`, reason: fault.reason },
        `Redis is not reachable: ${fault.reason}. Trying again until it is`,
      );
  });
  return batchWrites(redis);
}
