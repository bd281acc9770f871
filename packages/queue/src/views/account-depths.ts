import { sendQueuePrefix } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';

/** Accounts read per round trip. */
const BATCH = 500;

/** The messages of one account. */
export interface AccountDepth {
  waiting: number;
  delayed: number;
  active: number;
  /** Failed ones that are not deleted yet. */
  failed: number;
  /** When the oldest waiting message was enqueued, in ms since the epoch; `null` if none waits. */
  oldestAt: number | null;
}

/** KEYS: prefix of the account's queue. */
const READ = new Script(`
local queue = KEYS[1]
local oldest = redis.call('LINDEX', queue .. 'wait', -1)
return {
  redis.call('LLEN', queue .. 'wait'),
  redis.call('ZCARD', queue .. 'delayed'),
  redis.call('LLEN', queue .. 'active'),
  redis.call('ZCARD', queue .. 'failed'),
  oldest and redis.call('HGET', queue .. oldest, 'timestamp'),
}`);

type Reply = [waiting: number, delayed: number, active: number, failed: number, oldest: string | null];

/** Counts the messages of accounts, with one command each. */
export async function readAccountDepths(
  redis: RedisClient,
  userIds: readonly string[],
): Promise<Map<string, AccountDepth>> {
  const depths = new Map<string, AccountDepth>();
  const read = async (userId: string) => {
    const reply = (await READ.run(redis, [sendQueuePrefix(userId)])) as Reply;
    const [waiting, delayed, active, failed, oldest] = reply;
    depths.set(userId, {
      waiting,
      delayed,
      active,
      failed,
      oldestAt: oldest === null ? null : Number(oldest),
    });
  };
  for (let at = 0; at < userIds.length; at += BATCH)
    await Promise.all(userIds.slice(at, at + BATCH).map(read));
  return depths;
}
