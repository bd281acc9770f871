import { createHash } from 'node:crypto';
import { remembered } from '@gateway/runtime';
import { SHARD_COUNT_KEY } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';

/** The shard of an account: stable over processes, machines and versions. 0 … shards-1. */
export function shardOf(userId: string, shards: number): number {
  return numberOf(userId) % shards;
}

/** Asked for with every message. */
const numberOf = remembered(20_000, (userId: string) =>
  createHash('sha256').update(userId).digest().readUInt32BE(0),
);

/** This process was set up with another number of shards than Redis: it must not go on. */
export class ShardMismatch extends Error {
  override readonly name = 'ShardMismatch';
}

/**
 * Fixes the number of shards at first start and refuses another one later: accounts would silently change their queues' shard.
 * @throws {ShardMismatch} that says both numbers and what to set.
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
