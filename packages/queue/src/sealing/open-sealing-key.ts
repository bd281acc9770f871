import {
  findSealingKey,
  loadSealingKey,
  redisAddress,
  SettingsError,
  type Logger,
  type SealingKey,
  type Settings,
} from '@gateway/runtime';
import { SESSION_INDEX_KEY } from '../keys.ts';
import { openConsumerRedis } from '../redis/clients.ts';
import { whenReachable } from '../redis/redis-fault.ts';

/**
 * Finds the sealing key of this process. Creates one only if nothing was sealed before: neither in DATA_DIR nor, with
 * SESSION_STORE=redis, in Redis. Only that last check waits for Redis.
 * @throws {SettingsError} if sessions in Redis were sealed with a key that this process does not have.
 */
export async function openSealingKey(settings: Settings, logger: Logger): Promise<SealingKey> {
  const options = {
    dataDir: settings.DATA_DIR,
    key: settings.SESSION_ENCRYPTION_KEY,
    previous: settings.SESSION_ENCRYPTION_KEY_PREVIOUS,
  };
  const found = findSealingKey(options);
  if (found !== null) return found;
  if (settings.SESSION_STORE === 'redis') await refuseBesideSessions(settings, logger);
  const key = loadSealingKey(options);
  if (key.created)
    logger.warn({ file: key.file }, 'created a new key that seals sessions: keep a copy of it');
  return key;
}

async function refuseBesideSessions(settings: Settings, logger: Logger): Promise<void> {
  const redis = openConsumerRedis(redisAddress(settings), logger);
  try {
    await whenReachable(redis);
    if ((await redis.scard(SESSION_INDEX_KEY)) === 0) return;
  } finally {
    redis.disconnect();
  }
  throw new SettingsError(
    'Bad setting: SESSION_ENCRYPTION_KEY is missing, and the sessions in Redis are sealed: set it to their key, or put ' +
      `their key file session_encryption.key into ${settings.DATA_DIR}. No new key is created: it could not open the accounts`,
  );
}
