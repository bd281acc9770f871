import { sendListKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';

/** Accounts read per round trip. */
const BATCH = 500;

/** A failed job: its account, and when it failed (ms since the epoch). */
export interface Failure {
  userId: string;
  jobId: string;
  at: number;
}

/** Where a page ended. */
export type FailurePlace = Pick<Failure, 'at' | 'jobId'>;

/** The latest failures of the accounts, at most `limit`, before a place. It costs two commands an account. */
export async function latestFailures(
  redis: RedisClient,
  userIds: readonly string[],
  before: FailurePlace | undefined,
  limit: number,
): Promise<Failure[]> {
  let latest: Failure[] = [];
  for (let at = 0; at < userIds.length; at += BATCH) {
    const found = await Promise.all(
      userIds.slice(at, at + BATCH).map((userId) => latestOf(redis, userId, before, limit)),
    );
    latest = [...latest, ...found.flat()].toSorted(order).slice(0, limit);
  }
  return latest;
}

/** The latest failures of one account. Hundreds of jobs may have failed in the same ms, as when a session ends. */
async function latestOf(
  redis: RedisClient,
  userId: string,
  before: FailurePlace | undefined,
  limit: number,
): Promise<Failure[]> {
  const key = sendListKey(userId, 'failed');
  const latest = async (max: string) =>
    failuresOf(userId, await redis.zrevrangebyscore(key, max, '-inf', 'WITHSCORES', 'LIMIT', 0, limit));
  if (before === undefined) return latest('+inf');
  const [sameTime, earlier] = await Promise.all([
    redis.zrevrangebyscore(key, before.at, before.at, 'WITHSCORES'),
    latest(`(${before.at}`),
  ]);
  return [...failuresOf(userId, sameTime).filter((one) => order(before, one) < 0), ...earlier];
}

/** The latest first; those of one moment by their job. */
function order(one: FailurePlace, other: FailurePlace): number {
  if (one.at !== other.at) return other.at - one.at;
  if (one.jobId === other.jobId) return 0;
  return one.jobId < other.jobId ? 1 : -1;
}

function failuresOf(userId: string, flat: readonly string[]): Failure[] {
  return Array.from({ length: flat.length / 2 }, (_, index) => ({
    userId,
    jobId: flat[index * 2] ?? '',
    at: Number(flat[index * 2 + 1]),
  }));
}
