import {
  findSealingKey,
  loadSealingKey,
  SettingsError,
  type Logger,
  type SealingKey,
  type Settings,
} from '@gateway/runtime';
import { SESSION_INDEX_KEY } from '../keys.ts';
import { openConsumerRedis } from '../redis/clients.ts';
import { whenReachable } from '../redis/redis-fault.ts';

/**
 * The key that this process seals with. A new one is made only where nothing was sealed before: neither in DATA_DIR nor, with
 * SESSION_STORE=redis, in Redis. Only for that Redis is waited for.
 * @throws {SettingsError} where the sessions in Redis were sealed with a key that is not here.
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
    logger.warn({ file: key.file }, 'made a new key that sessions are sealed with: keep a copy of it');
  return key;
}

async function refuseBesideSessions(
  { REDIS_URL: url, DATA_DIR: dataDir }: Settings,
  logger: Logger,
): Promise<void> {
  const redis = openConsumerRedis(url, logger);
  try {
    await whenReachable(redis);
    if ((await redis.scard(SESSION_INDEX_KEY)) === 0) return;
  } finally {
    redis.disconnect();
  }
  throw new SettingsError(
    'Bad setting: SESSION_ENCRYPTION_KEY is missing, and the sessions in Redis are sealed: set it to their key, or put ' +
      `their key file session_encryption.key into ${dataDir}. No new key is made: it could not open the accounts`,
  );
}
