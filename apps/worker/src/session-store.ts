import { listWorkers, SESSION_INDEX_KEY, sessionKey, type RedisClient } from '@gateway/queue';
import { SettingsError, type SealingKey, type Settings } from '@gateway/runtime';
import {
  fileStoreId,
  openFileSessionStore,
  openRedisSessionStore,
  type SessionStore,
} from '@gateway/sessions';
import { isGone, storeIdOf } from './ownership/worker-name.ts';

/**
 * Opens the session files. `id`: identifies them among the workers.
 * @throws {SettingsError} if the sealing key does not open them.
 */
export async function openFiles(
  { DATA_DIR: dataDir }: Settings,
  key: SealingKey,
): Promise<{ id: string; store: SessionStore }> {
  const store = await openFileSessionStore({ dataDir, sealer: key.sealer });
  await refuseForeignKey(store, key, `the sessions in ${dataDir}`);
  return { id: await fileStoreId(dataDir), store };
}

/** @throws {SettingsError} if the sealing key does not open the sessions. */
export async function openSessionsInRedis(redis: RedisClient, key: SealingKey): Promise<SessionStore> {
  const { sealer } = key;
  const store = openRedisSessionStore({
    redis,
    sealer,
    keyOf: sessionKey,
    indexKey: SESSION_INDEX_KEY,
  });
  await refuseForeignKey(store, key, 'the sessions in Redis');
  return store;
}

/**
 * Refuses to start with another session store than the running workers use: such a worker would take over accounts
 * whose sessions it does not have.
 * @throws {SettingsError}
 */
export async function refuseForeignStore(redis: RedisClient, storeId: string): Promise<void> {
  const others = (await listWorkers(redis)).filter((worker) => !isGone(worker));
  if (others.every((worker) => storeIdOf(worker) === storeId)) return;
  throw new SettingsError(
    'Bad setting: DATA_DIR or SESSION_STORE differs from that of the workers that run on this Redis: they must share their sessions',
  );
}

/**
 * Refuses to start with a wrong key: the worker could open no account and would report all as unreadable. One account
 * that it can open is enough, since the others may have been sealed before the key changed.
 * @throws {SettingsError}
 */
async function refuseForeignKey(store: SessionStore, key: SealingKey, sessions: string): Promise<void> {
  let hasForeign = false;
  for (const userId of await store.list()) {
    const stored = await store.load(userId);
    const sealedBy = stored?.unreadable?.sealedBy ?? 'own_key';
    if (sealedBy === 'own_key') return;
    // A corrupt file does not show whether the key is right.
    if (sealedBy === 'other_key') hasForeign = true;
  }
  if (!hasForeign) return;
  const what =
    key.file === undefined
      ? `SESSION_ENCRYPTION_KEY cannot open ${sessions}: set the key that they were sealed with`
      : `the key in ${key.file} cannot open ${sessions}: put the right key file back, or set SESSION_ENCRYPTION_KEY`;
  throw new SettingsError(
    `Bad setting: ${what}. While you change the key, set the one before as SESSION_ENCRYPTION_KEY_PREVIOUS`,
  );
}
