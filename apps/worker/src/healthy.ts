import { countLiveWorkers, openConsumerRedis } from '@gateway/queue';
import { createLogger, readSettings, redisAddress, withTimeout } from '@gateway/runtime';

// The container's health check: exits with 0 while at least one worker reports to Redis that it is alive.
const logger = createLogger({ name: 'healthy', level: 'error', format: 'json' });
const redis = openConsumerRedis(redisAddress(readSettings()), logger);
try {
  const workers = await withTimeout(countLiveWorkers(redis), 3_000, () => new Error('Redis does not answer'));
  process.exitCode = workers > 0 ? 0 : 1;
} finally {
  redis.disconnect();
}
