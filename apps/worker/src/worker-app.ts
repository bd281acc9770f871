import { claimShardCount, openConsumerRedis } from '@gateway/queue';
import {
  loadSealingKey,
  SettingsError,
  withTimeout,
  type App,
  type Logger,
  type Settings,
} from '@gateway/runtime';
import { openFileSessionStore } from '@gateway/sessions';
import { createTelegram } from '@gateway/telegram';
import { Ownership } from './ownership/ownership.ts';
import { startService } from './service.ts';

/** ms for connecting to Telegram with the key exchange, and for one call. */
const CONNECT_TIMEOUT = 15_000;
const CALL_TIMEOUT = 15_000;

/** ms that giving the accounts back may take, once their service has been stopped or given up. */
const STOP_TIMEOUT = 25_000;

/** The worker: one process that holds the accounts' connections and runs their jobs. Ready once it serves the accounts; until then it stands by. */
export async function startWorker(settings: Settings, logger: Logger): Promise<App> {
  const { TELEGRAM_API_ID: apiId, TELEGRAM_API_HASH: apiHash } = settings;
  if (apiId === undefined || apiHash === undefined) {
    throw new SettingsError(
      'Bad setting: TELEGRAM_API_ID and TELEGRAM_API_HASH are missing: get them at https://my.telegram.org',
    );
  }
  const key = loadSealingKey({
    dataDir: settings.DATA_DIR,
    key: settings.SESSION_ENCRYPTION_KEY,
    previous: settings.SESSION_ENCRYPTION_KEY_PREVIOUS,
  });
  if (key.created)
    logger.warn({ file: key.file }, 'made a new key that sessions are sealed with: keep a copy of it');
  const store = await openFileSessionStore({ dataDir: settings.DATA_DIR, sealer: key.sealer });
  const telegram = createTelegram({
    apiId,
    apiHash,
    dataCenters: settings.TELEGRAM_DC,
    serverKeys: settings.TELEGRAM_DC_KEY === undefined ? [] : [settings.TELEGRAM_DC_KEY],
    connectTimeoutMs: CONNECT_TIMEOUT,
    callTimeoutMs: CALL_TIMEOUT,
  });
  const redis = openConsumerRedis(settings.REDIS_URL, logger);
  await claimShardCount(redis, settings.SHARDS);

  let onServing: () => void = () => {};
  const serving = new Promise<Record<string, unknown>>((resolve) => {
    onServing = () => resolve({});
  });
  const ownership = new Ownership({
    redis,
    logger,
    onServing,
    serve: (token, mayServe) =>
      startService({
        redis,
        redisUrl: settings.REDIS_URL,
        shards: settings.SHARDS,
        store,
        telegram,
        sealer: key.sealer,
        logger,
        token,
        mayServe,
      }),
  });

  return {
    ready: serving,
    close: async () => {
      // A Redis that hangs must not keep the process: the lease runs out by itself.
      await withTimeout(
        ownership.stop(),
        STOP_TIMEOUT,
        () => new Error('could not give the accounts back in time'),
      ).catch((error: unknown) => logger.error({ err: error }, 'stopping without Redis'));
      await store.close();
      redis.disconnect();
    },
  };
}
