import { countLiveWorkers, openConsumerRedis } from '@gateway/queue';
import { createLogger, readSettings, withTimeout } from '@gateway/runtime';

// The container's health check: exit code 0 while a worker tells Redis that it lives.
const { REDIS_URL } = readSettings();
const redis = openConsumerRedis(REDIS_URL, createLogger({ name: 'healthy', level: 'error', format: 'json' }));
try {
  const workers = await withTimeout(countLiveWorkers(redis), 3_000, () => new Error('Redis does not answer'));
  process.exitCode = workers > 0 ? 0 : 1;
} finally {
  redis.disconnect();
}
