import { randomUUID } from 'node:crypto';
import { GatewayError } from '@gateway/contracts';
import { indexedShardKey, publishedShardKey, publishingShardKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';

const FINISH = new Script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('MSET', KEYS[2], ARGV[1], KEYS[3], ARGV[1])
return 1`);

/**
 * Runs `publish`, then marks the shard in Redis as published. Without that mark (before, or after Redis lost its data),
 * a missing view does not mean that there is no such account.
 * @param publish publishes the views of all accounts of the shard, and resolves to whether it could.
 * @returns `false` if not all views were published, or if Redis lost its data meanwhile.
 */
export async function publishShard(
  redis: RedisClient,
  shard: number,
  publish: () => Promise<boolean>,
): Promise<boolean> {
  const id = randomUUID();
  await redis.set(publishingShardKey(shard), id);
  if (!(await publish())) return false;
  const keys = [publishingShardKey(shard), publishedShardKey(shard), indexedShardKey(shard)];
  return (await FINISH.run(redis, keys, [id])) === 1;
}

/** Undoes {@link publishShard}: a missing view means nothing again. Call it when Redis may have lost views. */
export async function unpublishShard(redis: RedisClient, shard: number): Promise<void> {
  await redis.del(publishedShardKey(shard));
}

/**
 * Reads a view that may not exist.
 * @returns `null` if there is no such account.
 * @throws {GatewayError} `WORKER_UNAVAILABLE` if that is not known, because the shard's views are not published.
 */
export async function readViewOrAbsence(
  redis: RedisClient,
  viewKey: string,
  shard: number,
): Promise<string | null> {
  const first = await redis.get(viewKey);
  if (first !== null) return first;
  // If Redis lost its data in between, the two marks differ or are missing. One after the other: in a cluster the
  // keys may be on two nodes.
  const before = await redis.get(publishedShardKey(shard));
  const view = await redis.get(viewKey);
  const after = await redis.get(publishedShardKey(shard));
  if (view !== null || (before !== null && before === after)) return view;
  throw notPublished('so it is not known whether this one is signed in');
}

/**
 * Call it after reading all accounts, which Redis may have lost meanwhile.
 * @returns whether the index of accounts is complete: an older worker publishes views, but does not index them.
 * @throws {GatewayError} `WORKER_UNAVAILABLE` if the views of a shard are not published, so accounts would be missing.
 */
export async function requirePublished(redis: RedisClient, shards: number): Promise<boolean> {
  const marks = await marksOf(redis, shards);
  if (marks.some(isMissing)) throw notPublished('so the list would not be complete');
  return marks.every(([published, indexed]) => published === indexed);
}

/** Whether the views of all shards are published, so no request is refused because its account is not known yet. */
export async function arePublished(redis: RedisClient, shards: number): Promise<boolean> {
  return !(await marksOf(redis, shards)).some(isMissing);
}

/** Of each shard, the mark that it is published, and the mark that it is indexed. */
type Marks = (string | null)[];

async function marksOf(redis: RedisClient, shards: number): Promise<Marks[]> {
  const keys = Array.from({ length: shards }, (_, shard) => [
    publishedShardKey(shard),
    indexedShardKey(shard),
  ]);
  return Promise.all(keys.map((pair) => redis.mget(pair)));
}

const isMissing = ([published]: Marks) => published === null;

function notPublished(consequence: string): GatewayError {
  const message = `The worker has not published its accounts yet, ${consequence}.`;
  return new GatewayError('WORKER_UNAVAILABLE', message, { retryAfter: 1 });
}
