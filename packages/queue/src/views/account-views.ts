import { accountViewSchema, UNKNOWN_ACCOUNT, type AccountView } from '@gateway/contracts';
import { LRUCache } from 'lru-cache';
import { accountViewKey, shardAccountsKey } from '../keys.ts';
import { fencedWrite } from '../ownership/fence.ts';
import { readViewOrAbsence } from '../ownership/published-shards.ts';
import type { RedisClient } from '../redis/clients.ts';
import { withoutHold } from './account-entry.ts';
import { indexAccount, unindexAccounts } from './account-index.ts';

/** The account's latest published view, without a hold that is over; {@link UNKNOWN_ACCOUNT} if there is none. */
export async function readAccountView(redis: RedisClient, userId: string, now: number): Promise<AccountView> {
  return asOf(await readPublishedView(redis, userId), now).view;
}

/** A view together with its JSON in Redis. */
export interface PublishedView {
  /** Its exact JSON in Redis; `null` if no view is published. */
  json: string | null;
  view: AccountView;
}

export async function readPublishedView(redis: RedisClient, userId: string): Promise<PublishedView> {
  return publishedView(userId, await redis.get(accountViewKey(userId)));
}

/**
 * Reads a view from which to decide whether a request is allowed.
 * @throws {GatewayError} `WORKER_UNAVAILABLE` if the view is missing because the shard's views are not published yet.
 */
export async function readDecisiveView(
  redis: RedisClient,
  userId: string,
  shard: number,
): Promise<PublishedView> {
  return publishedView(userId, await readViewOrAbsence(redis, accountViewKey(userId), shard));
}

/** Cache of recently read views. Every send of a busy account needs its view, which rarely changes. */
const seen = new LRUCache<string, PublishedView>({ max: 5_000 });

/** The cached view of the account, if any. It may be outdated. */
export function cachedView(userId: string): PublishedView | undefined {
  return seen.get(userId);
}

/** Parses a view read from Redis and caches it. */
export function publishedView(userId: string, json: string | null): PublishedView {
  const known = seen.get(userId);
  if (known?.json === json) return known;
  if (json === null) {
    seen.delete(userId);
    return { json, view: UNKNOWN_ACCOUNT };
  }
  const published = { json, view: accountViewSchema.parse(JSON.parse(json)) };
  seen.set(userId, published);
  return published;
}

/** The view at time `now` (ms since the epoch), without a hold that is over by then. */
export function asOf(published: PublishedView, now: number): PublishedView {
  const { view } = published;
  if (view.hold === null || view.hold.until > now) return published;
  return { ...published, view: withoutHold(view) };
}

/**
 * The accounts of a shard that have a published view, so are not known to be signed out. The others leave the index of
 * accounts, where a crash or an older worker may have left them. Only the worker that owns the shard may call this.
 */
export async function publishedAccounts(redis: RedisClient, shard: number): Promise<string[]> {
  const userIds = await redis.smembers(shardAccountsKey(shard));
  const views = await Promise.all(userIds.map((userId) => redis.exists(accountViewKey(userId))));
  await unindexAccounts(
    redis,
    userIds.filter((_, index) => views[index] === 0),
  );
  return userIds.filter((_, index) => views[index] === 1);
}

/** Publishes the view. Only the worker that owns the account may do so. @throws {Fenced} */
export async function writeAccountView(
  redis: RedisClient,
  { shard, fence }: { shard: number; fence: string },
  userId: string,
  view: AccountView,
): Promise<void> {
  const known = view.state !== 'none';
  // Do this first, so that no send is accepted for an account that the sweep does not check.
  if (known) await redis.sadd(shardAccountsKey(shard), userId);
  await fencedWrite(redis, userId, fence, accountViewKey(userId), known ? JSON.stringify(view) : null);
  await indexAccount(redis, fence, userId, view);
}
