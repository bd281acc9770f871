import { randomUUID } from 'node:crypto';
import { GatewayError } from '@gateway/contracts';
import { publishedShardKey, publishingShardKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';

const FINISH = new Script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], ARGV[1])
return 1`);

/**
 * Notes in Redis that the views of all of a shard's accounts are published, around `publish`. Until then, and after Redis lost its data, a
 * missing view does not say that there is no such account.
 * @param publish resolves to whether it has published all.
 * @returns `false`: not all was published, or Redis lost its data meanwhile.
 */
export async function publishShard(
  redis: RedisClient,
  shard: number,
  publish: () => Promise<boolean>,
): Promise<boolean> {
  const id = randomUUID();
  await redis.set(publishingShardKey(shard), id);
  if (!(await publish())) return false;
  return (await FINISH.run(redis, [publishingShardKey(shard), publishedShardKey(shard)], [id])) === 1;
}

/** Redis may have lost views: none that is missing counts until {@link publishShard} has run again. */
export async function unpublishShard(redis: RedisClient, shard: number): Promise<void> {
  await redis.del(publishedShardKey(shard));
}

/**
 * Reads a view of which there may be none, again where it is missing.
 * @returns `null`: there is no such account.
 * @throws {GatewayError} `WORKER_UNAVAILABLE` where that cannot be known: the shard's views are not published.
 */
export async function readViewOrAbsence(
  redis: RedisClient,
  viewKey: string,
  shard: number,
): Promise<string | null> {
  const first = await redis.get(viewKey);
  if (first !== null) return first;
  // In this order, on one connection. A loss of data in between would leave another mark than before, or none.
  const [before, view, after] = await Promise.all([
    redis.get(publishedShardKey(shard)),
    redis.get(viewKey),
    redis.get(publishedShardKey(shard)),
  ]);
  if (view !== null || (before !== null && before === after)) return view;
  throw notPublished('so it is not known whether this one is signed in');
}

/** @throws {GatewayError} `WORKER_UNAVAILABLE` where the views of a shard are not published: a list of all accounts would lack some. */
export async function requirePublished(redis: RedisClient, shards: number): Promise<void> {
  const marks = Array.from({ length: shards }, (_, shard) => redis.exists(publishedShardKey(shard)));
  if ((await Promise.all(marks)).includes(0)) throw notPublished('so the list would not be complete');
}

function notPublished(consequence: string): GatewayError {
  const message = `The worker has not published its accounts yet, ${consequence}.`;
  return new GatewayError('WORKER_UNAVAILABLE', message, { retryAfter: 1 });
}
