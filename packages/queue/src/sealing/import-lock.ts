import { randomUUID } from 'node:crypto';
import { GatewayError } from '@gateway/contracts';
import { sleep } from '@gateway/runtime';
import { IMPORT_LOCK_KEY } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';

/** ms that the lock is held at most, and that it is waited for. */
const HELD_MS = 30_000;
const WAIT_MS = 20_000;
const LOOK_MS = 100;

const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/**
 * Runs one import of a session at a time, over all workers: two of the same session at once would each see no other.
 * @throws {GatewayError} `WORKER_UNAVAILABLE` where others take too long.
 */
export async function withImportLock<T>(redis: RedisClient, task: () => Promise<T>): Promise<T> {
  const token = randomUUID();
  const end = Date.now() + WAIT_MS;
  while ((await redis.set(IMPORT_LOCK_KEY, token, 'PX', HELD_MS, 'NX')) === null) {
    if (Date.now() >= end)
      throw new GatewayError('WORKER_UNAVAILABLE', 'Other sessions are being imported: try again.');
    await sleep(LOOK_MS);
  }
  try {
    return await task();
  } finally {
    await redis.eval(RELEASE, 1, IMPORT_LOCK_KEY, token).catch(() => {});
  }
}
