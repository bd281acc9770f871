import { Redis } from 'ioredis';
import type { Stage } from './stage.ts';

/** Keys per request. */
const BATCH = 1_000;

/** Bytes of all data in Redis. */
export async function usedMemory(stage: Stage): Promise<number> {
  const redis = new Redis(stage.redis.url);
  const info = await redis.info('memory');
  redis.disconnect();
  return Number(/used_memory:(\d+)/.exec(info)?.[1]);
}

/**
 * Bytes of all keys that belong to accounts, by kind. Measured key by key, which excludes scripts and shard streams.
 */
export async function memoryOfAccounts(stage: Stage): Promise<Record<string, number>> {
  const redis = new Redis(stage.redis.url);
  const bytes: Record<string, number> = {};
  for await (const found of redis.scanStream({ match: '{acct-*', count: BATCH })) {
    const keys = found as string[];
    const sizes = await Promise.all(keys.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)));
    keys.forEach((key, index) => {
      const kind = key.replace(/^\{[^}]*\}:/, '').replace(/\d{6,}/, '…');
      bytes[kind] = (bytes[kind] ?? 0) + (sizes[index] ?? 0);
    });
  }
  redis.disconnect();
  return bytes;
}

/** Number of ended jobs that are still kept. */
export async function keptJobs(stage: Stage): Promise<number> {
  const redis = new Redis(stage.redis.url);
  const counts = await Promise.all(
    [...stage.accounts.keys()].map((userId) => redis.zcard(`{acct-${userId}}:send:completed`)),
  );
  redis.disconnect();
  return counts.reduce((sum, count) => sum + count, 0);
}
