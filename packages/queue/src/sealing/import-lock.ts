import { randomUUID } from 'node:crypto';
import { GatewayError } from '@gateway/contracts';
import { sleep } from '@gateway/runtime';
import { IMPORT_LOCK_KEY } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';

/** ms after which the lock expires, ms to wait for it, and ms between tries. */
const EXPIRY_MS = 30_000;
const WAIT_MS = 20_000;
const RETRY_MS = 100;

const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/**
 * Runs `task` while no other worker imports a session. Two imports of the same session at once would not notice each
 * other.
 * @throws {GatewayError} `WORKER_UNAVAILABLE` if the lock is not free in time.
 */
export async function withImportLock<T>(redis: RedisClient, task: () => Promise<T>): Promise<T> {
  const token = randomUUID();
  const end = Date.now() + WAIT_MS;
  while ((await redis.set(IMPORT_LOCK_KEY, token, 'PX', EXPIRY_MS, 'NX')) === null) {
    if (Date.now() >= end)
      throw new GatewayError('WORKER_UNAVAILABLE', 'Another session is being imported: try again.');
    await sleep(RETRY_MS);
  }
  try {
    return await task();
  } finally {
    await redis.eval(RELEASE, 1, IMPORT_LOCK_KEY, token).catch(() => {});
  }
}
