import { accountOrderKey, rankedAccountsKey, shardAccountsKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { readAccountDepths, type AccountDepth } from './account-depths.ts';

/** Weight of a pending message: more than any number of failed ones. */
const PENDING_WEIGHT = 1_000_000;

/** Members that one command writes. */
const BATCH = 1_000;

/** How important an account is to an operator now: by its pending messages, then by its failed ones. */
export function weightOf(depth: AccountDepth): number {
  return pendingOf(depth) * PENDING_WEIGHT + depth.failed;
}

function pendingOf({ waiting, active, delayed }: AccountDepth): number {
  return waiting + active + delayed;
}

/**
 * Ranks accounts of a shard by their messages, so that nobody has to read all accounts to find those with some. Only
 * the worker that owns the shard may call this.
 */
export async function rankAccounts(
  redis: RedisClient,
  shard: number,
  depths: ReadonlyMap<string, AccountDepth>,
): Promise<void> {
  const key = rankedAccountsKey(shard);
  const weights = Array.from(depths, ([userId, depth]) => ({ userId, weight: weightOf(depth) }));
  for (let at = 0; at < weights.length; at += BATCH) {
    const batch = weights.slice(at, at + BATCH);
    const ranked = batch.flatMap(({ userId, weight }) => (weight > 0 ? [weight, userId] : []));
    const others = batch.flatMap(({ userId, weight }) => (weight > 0 ? [] : [userId]));
    if (ranked.length > 0) await redis.zadd(key, ...ranked);
    if (others.length > 0) await redis.zrem(key, ...others);
  }
  const orders = Array.from(depths, ([userId, depth]) => [-pendingOf(depth), userId] as const);
  for (let at = 0; at < orders.length; at += BATCH)
    // Only accounts that the index lists.
    await redis.zadd(accountOrderKey('queue'), 'XX', ...orders.slice(at, at + BATCH).flat());
}

/** Ranks all accounts of the shard anew: failed messages are also deleted by age, or by an older worker. */
export async function rankAllAccounts(redis: RedisClient, shard: number): Promise<void> {
  const [known, ranked] = await Promise.all([
    redis.smembers(shardAccountsKey(shard)),
    redis.zrange(rankedAccountsKey(shard), 0, -1),
  ]);
  await rankAccounts(redis, shard, await readAccountDepths(redis, [...new Set([...known, ...ranked])]));
}

/** The accounts that had pending messages when they were ranked. */
export async function accountsRankedPending(redis: RedisClient, shard: number): Promise<string[]> {
  return redis.zrangebyscore(rankedAccountsKey(shard), PENDING_WEIGHT, '+inf');
}

/** The `most` first accounts of all shards. */
export async function firstAccounts(redis: RedisClient, shards: number, most: number): Promise<string[]> {
  const ofShards = await Promise.all(
    Array.from({ length: shards }, (_, shard) =>
      redis.zrevrange(rankedAccountsKey(shard), 0, most - 1, 'WITHSCORES'),
    ),
  );
  return ofShards
    .flatMap((flat) =>
      flat.flatMap((userId, index) => (index % 2 === 0 ? [{ userId, weight: Number(flat[index + 1]) }] : [])),
    )
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, most)
    .map(({ userId }) => userId);
}
