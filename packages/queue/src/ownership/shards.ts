import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { SHARD_COUNT_KEY } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';

/** The shard of an account, from 0 to shards-1. It is the same for all processes, machines and versions. */
export function shardOf(userId: string, shards: number): number {
  return numbers.memo(userId) % shards;
}

/** Cached, because every message needs it several times and one hash takes 3 µs. */
const numbers = new LRUCache<string, number>({
  max: 20_000,
  memoMethod: (userId) => createHash('sha256').update(userId).digest().readUInt32BE(0),
});

/** This process and Redis were set up with different numbers of shards. The process must stop. */
export class ShardMismatch extends Error {
  override readonly name = 'ShardMismatch';
}

/**
 * Stores the number of shards at first start and refuses another number later, which would move accounts to other
 * shards.
 * @throws {ShardMismatch} names both numbers and what to set.
 */
export async function claimShardCount(redis: RedisClient, shards: number): Promise<void> {
  await redis.setnx(SHARD_COUNT_KEY, String(shards));
  const fixed = await redis.get(SHARD_COUNT_KEY);
  if (fixed !== String(shards)) {
    throw new ShardMismatch(
      `SHARDS is ${shards}, but this Redis was set up with ${fixed}: set SHARDS=${fixed}`,
    );
  }
}
