import { dueAccountsChannel, dueAccountsKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';

/**
 * Tells the worker that owns the account that it may have work: from `at` (ms since the epoch), now by default. Rung after the job is in
 * its queue, never before: a bell without a job is answered and forgotten. An earlier time wins over a later one.
 */
export async function notifyOwner(redis: RedisClient, shard: number, userId: string, at = 0): Promise<void> {
  await RING.run(redis, [dueAccountsKey(shard)], [at, userId, dueAccountsChannel(shard)]);
}

/** One that is up already was told of, and is still to be answered: a long line costs its worker no more calls than a short one. */
const RING = new Script(`
if redis.call('ZADD', KEYS[1], 'LT', 'CH', ARGV[1], ARGV[2]) == 1 and ARGV[1] == '0' then
  redis.call('PUBLISH', ARGV[3], ARGV[2])
end
return 0`);

const ANSWER = `
local at = redis.call('ZSCORE', KEYS[1], ARGV[1])
if at and tonumber(at) <= tonumber(ARGV[2]) then redis.call('ZREM', KEYS[1], ARGV[1]) end
return 0`;

/**
 * Takes a bell down, before the account's queue is looked at: one that rings while it is looked at stays up.
 * `now` (ms): a bell set for later stays up too.
 */
export async function clearDueAccount(
  redis: RedisClient,
  shard: number,
  userId: string,
  now: number,
): Promise<void> {
  // Never sent twice, as by its digest: it must reach Redis before whatever its caller sends next.
  await redis.eval(ANSWER, 1, dueAccountsKey(shard), userId, now);
}

/** Accounts of the shard whose bell has rung by `now`, and the time of the next one that has not, if any. */
export async function readDueAccounts(
  redis: RedisClient,
  shard: number,
  now: number,
): Promise<{ due: string[]; next: number | null }> {
  const [due, later] = await Promise.all([
    redis.zrangebyscore(dueAccountsKey(shard), '-inf', now),
    redis.zrangebyscore(dueAccountsKey(shard), `(${now}`, '+inf', 'WITHSCORES', 'LIMIT', 0, 1),
  ]);
  const next = later[1];
  return { due, next: next === undefined ? null : Number(next) };
}
