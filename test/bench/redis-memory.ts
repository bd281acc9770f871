import { Redis } from 'ioredis';
import type { Stage } from './stage.ts';

/** Keys asked for at a time. */
const BATCH = 1_000;

/** Bytes that all of Redis' data take. */
export async function usedMemory(stage: Stage): Promise<number> {
  const redis = new Redis(stage.redis.url);
  const info = await redis.info('memory');
  redis.disconnect();
  return Number(/used_memory:(\d+)/.exec(info)?.[1]);
}

/** Bytes of what is kept under the names of accounts, by what it is: key by key, so that scripts and streams of shards do not count. */
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

/** Ended jobs of accounts that are kept still. */
export async function keptJobs(stage: Stage): Promise<number> {
  const redis = new Redis(stage.redis.url);
  const counts = await Promise.all(
    [...stage.accounts.keys()].map((userId) => redis.zcard(`{acct-${userId}}:send:completed`)),
  );
  redis.disconnect();
  return counts.reduce((sum, count) => sum + count, 0);
}
