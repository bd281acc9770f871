import type { Logger } from '@gateway/runtime';
import { Redis, type Cluster } from 'ioredis';
import { watchFaults } from './redis-fault.ts';

/** A client of one Redis server, or of a cluster. */
export type RedisClient = Redis | Cluster;

/** Counts lost connections: after one, Redis may have restarted and lost its latest writes. */
export interface RedisContact {
  /** Grows each time the connection is lost; `null` while there is none. */
  readonly epoch: number | null;
}

const COMMON = {
  // Reconnects soon after an outage, with at most one try per 2 s.
  retryStrategy: (tries: number) => Math.min(50 * 2 ** Math.min(tries, 6), 2_000),
  reconnectOnError: (error: Error) => /READONLY|LOADING/.test(error.message),
  keepAlive: 10_000,
} as const;

/** Options of {@link openConsumerRedis}, for connections that BullMQ opens itself. */
export const CONSUMER_OPTIONS = { ...COMMON, enableOfflineQueue: true, maxRetriesPerRequest: null } as const;

/** ms after which a producer's command counts as failed, so that a hanging Redis does not block the API. */
const PRODUCER_COMMAND_TIMEOUT = 1_500;

/**
 * Opens a connection for a process that answers callers: a command fails at once while Redis is away, and within
 * {@link PRODUCER_COMMAND_TIMEOUT} ms when Redis hangs.
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

/** Opens a connection for a process that runs jobs: commands wait until Redis is back, however long it takes. */
export function openConsumerRedis(url: string, logger: Logger): Redis {
  return watch(new Redis(url, CONSUMER_OPTIONS), logger);
}

/** Counts the lost connections of `redis`. After a reconnect, Redis may be another server or lack its latest writes. */
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

/** Logs when Redis becomes unreachable, when the reason changes, and when it is back; not every try to reconnect. */
function watch(redis: Redis, logger: Logger): Redis {
  const { host, port } = redis.options;
  watchFaults(redis, (fault) => {
    if (fault === null) logger.info('Redis is reachable again');
    else
      logger.error(
        { redis: `${host}:${port}`, reason: fault.reason },
        `Redis is not reachable: ${fault.reason}. Reconnecting until it is`,
      );
  });
  return redis;
}
