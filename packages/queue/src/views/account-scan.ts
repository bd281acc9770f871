import { accountViewKey, shardAccountsKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { fits } from './account-entry.ts';
import type { AccountQuery } from './account-index.ts';
import { pageOf, type AccountIds } from './account-order.ts';
import { asOf, publishedView } from './account-views.ts';

/** Finds accounts without the index, by reading every view. Needed only while a worker of a former version serves. */
export async function scanAccounts(
  redis: RedisClient,
  shards: number,
  query: AccountQuery,
  now: number,
): Promise<AccountIds> {
  const among = query.among === null ? null : new Set(query.among);
  const ofShards = await Promise.all(
    Array.from({ length: shards }, (_, shard) => redis.smembers(shardAccountsKey(shard))),
  );
  const userIds = ofShards.flat().filter((userId) => among?.has(userId) !== false);
  const views = await Promise.all(userIds.map((userId) => redis.get(accountViewKey(userId))));
  const fitting = userIds.filter((userId, index) => {
    const json = views[index] ?? null;
    return json !== null && fits(userId, asOf(publishedView(userId, json), now).view, query);
  });
  return pageOf(redis, fitting, query);
}
