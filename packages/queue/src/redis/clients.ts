import { describeRedis, type Logger, type RedisAddress } from '@gateway/runtime';
import { Cluster } from 'ioredis';
import { connect } from './connect.ts';
import { hiddenFault } from './hidden-fault.ts';
import type { RedisClient } from './redis-client.ts';
import { watchFaults, type RedisFault } from './redis-fault.ts';

export type { RedisClient };
export type { RedisContact } from './contact.ts';

/** ms after which a producer's command counts as failed, so that a hanging Redis does not block the API. */
const PRODUCER_COMMAND_TIMEOUT = 1_500;

/**
 * Opens a connection for a process that answers callers: a command fails at once while Redis is away, and within
 * {@link PRODUCER_COMMAND_TIMEOUT} ms when Redis hangs.
 */
export function openProducerRedis(address: RedisAddress, logger: Logger): RedisClient {
  const timeouts = { commandTimeout: PRODUCER_COMMAND_TIMEOUT, connectTimeout: PRODUCER_COMMAND_TIMEOUT };
  return watch(connect(address, timeouts, false), address, logger);
}

/** Opens a connection for a process that runs jobs: commands wait until Redis is back, however long it takes. */
export function openConsumerRedis(address: RedisAddress, logger: Logger): RedisClient {
  return watch(connect(address, {}, true), address, logger);
}

/** Opens a connection on which one stock BullMQ worker blocks. */
export function openBlockingRedis(address: RedisAddress): RedisClient {
  const redis = connect(address, {}, true);
  redis.on('error', () => {}); // The shared connection reports the same outage.
  return redis;
}

/** Replaces a connection that hangs, so that its commands are sent again. A cluster's client does that by itself. */
export function replaceConnection(redis: RedisClient): void {
  if (!(redis instanceof Cluster)) redis.disconnect(true);
}

/** Logs when Redis becomes unreachable, when the reason changes, and when it is back; not every try to reconnect. */
function watch(redis: RedisClient, address: RedisAddress, logger: Logger): RedisClient {
  const onFault = (fault: RedisFault | null) => {
    if (fault === null) logger.info('Redis is reachable again');
    else
      logger.error(
        { redis: describeRedis(address), reason: fault.reason },
        `Redis is not reachable: ${fault.reason}. Reconnecting until it is`,
      );
  };
  if (address.kind === 'server') watchFaults(redis, onFault);
  else watchFaults(redis, onFault, (error) => hiddenFault(address, error));
  return redis;
}
