import { sendListKey } from '../keys.ts';
import { parkedJobsKey } from '../line/dependents.ts';
import type { RedisClient } from '../redis/clients.ts';

/** Accounts read per round trip. */
const BATCH = 500;

/** Those of the accounts that have jobs that have not ended, or those without. It costs one command an account. */
export async function withWaiting(
  redis: RedisClient,
  userIds: readonly string[],
  hasWaiting: boolean,
): Promise<string[]> {
  const fitting: string[] = [];
  for (let at = 0; at < userIds.length; at += BATCH) {
    const batch = userIds.slice(at, at + BATCH);
    // Redis deletes a list with its last job.
    const lists = await Promise.all(batch.map((userId) => redis.exists(...pendingKeysOf(userId))));
    fitting.push(...batch.filter((_, index) => (lists[index] ?? 0) > 0 === hasWaiting));
  }
  return fitting;
}

function pendingKeysOf(userId: string): string[] {
  const lists = (['wait', 'active', 'delayed'] as const).map((list) => sendListKey(userId, list));
  return [...lists, parkedJobsKey(userId)];
}
