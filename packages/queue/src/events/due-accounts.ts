import { dueAccountsChannel, dueAccountsKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';

/**
 * Notifies the owner that the account has work, now or from `at` (ms since the epoch). Call it only after the job is in
 * the queue: an owner that finds no job drops the notification. Of several times, the earliest counts.
 */
export async function notifyOwner(redis: RedisClient, shard: number, userId: string, at = 0): Promise<void> {
  await NOTIFY.run(redis, [dueAccountsKey(shard)], [at, userId, dueAccountsChannel(shard)]);
}

/**
 * Lua function: notifies the owner. Publishes nothing if the account is already due: its owner was notified before and
 * has not looked yet.
 */
export const NOTIFY_OWNER = `
local function notify_owner(due_accounts, at, user, channel)
  if redis.call('ZADD', due_accounts, 'LT', 'CH', at, user) == 1 and at == '0' then
    redis.call('PUBLISH', channel, user)
  end
end`;

const NOTIFY = new Script(`${NOTIFY_OWNER}
notify_owner(KEYS[1], ARGV[1], ARGV[2], ARGV[3])
return 0`);

const CLEAR = `
local at = redis.call('ZSCORE', KEYS[1], ARGV[1])
if at and tonumber(at) <= tonumber(ARGV[2]) then redis.call('ZREM', KEYS[1], ARGV[1]) end
return 0`;

/**
 * Removes the account from the due accounts, unless it is due after `now` (ms since the epoch). Call it before reading
 * the account's queue, so that a notification during the read is kept.
 */
export async function clearDueAccount(
  redis: RedisClient,
  shard: number,
  userId: string,
  now: number,
): Promise<void> {
  // By `eval`, not by its digest, which may need a second command: this must reach Redis before the caller's next one.
  await redis.eval(CLEAR, 1, dueAccountsKey(shard), userId, now);
}

/** The shard's accounts that are due by `now`, and the time at which the next one is due, if any. */
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
