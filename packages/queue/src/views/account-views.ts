import { accountViewSchema, UNKNOWN_ACCOUNT, type AccountView } from '@gateway/contracts';
import { BoundedMap } from '@gateway/runtime';
import { accountViewKey, shardAccountsKey } from '../keys.ts';
import { fencedWrite } from '../ownership/fence.ts';
import { readViewOrAbsence } from '../ownership/published-shards.ts';
import type { RedisClient } from '../redis/clients.ts';

/** What the worker last published of an account; {@link UNKNOWN_ACCOUNT} where it never did. A hold that is over is left out. */
export async function readAccountView(redis: RedisClient, userId: string, now: number): Promise<AccountView> {
  return asOf(await readPublishedView(redis, userId), now).view;
}

/** A view as it was published. */
export interface PublishedView {
  /** As Redis has it; `null`: the account was never shown. */
  json: string | null;
  view: AccountView;
}

export async function readPublishedView(redis: RedisClient, userId: string): Promise<PublishedView> {
  return publishedView(userId, await redis.get(accountViewKey(userId)));
}

/**
 * The view of an account of this shard, by which it is decided whether it may do something.
 * @throws {GatewayError} `WORKER_UNAVAILABLE` where a missing view does not say that there is no such account.
 */
export async function readDecisiveView(
  redis: RedisClient,
  userId: string,
  shard: number,
): Promise<PublishedView> {
  return publishedView(userId, await readViewOrAbsence(redis, accountViewKey(userId), shard));
}

/** Views seen lately: a busy account's is asked for with every send, and hardly ever another one. */
const seen = new BoundedMap<string, PublishedView>(5_000);

/** The view of the account that Redis had when it was last looked at here, if ever. It may have changed since. */
export function lastSeenView(userId: string): PublishedView | undefined {
  return seen.get(userId);
}

/** The view that Redis has as `json`, which is seen by this. */
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

/** The view as it is at `now` (ms): a hold ends by itself. */
export function asOf(published: PublishedView, now: number): PublishedView {
  const { view } = published;
  if (view.hold === null || view.hold.until > now) return published;
  const state = view.state === 'flood_wait' ? 'ready' : view.state;
  return { ...published, view: { ...view, hold: null, state } };
}

/** The accounts of a shard that a worker has published, and that are not known to be signed out. */
export async function publishedAccounts(redis: RedisClient, shard: number): Promise<string[]> {
  const userIds = await redis.smembers(shardAccountsKey(shard));
  const views = await Promise.all(userIds.map((userId) => redis.exists(accountViewKey(userId))));
  return userIds.filter((_, index) => views[index] === 1);
}

/** Publishes the view; only the worker that owns the account may. @throws {Fenced} */
export async function writeAccountView(
  redis: RedisClient,
  { shard, fence }: { shard: number; fence: string },
  userId: string,
  view: AccountView,
): Promise<void> {
  const known = view.state !== 'none';
  // First of all, so that no send is ever accepted for an account that the sweep does not look at.
  if (known) await redis.sadd(shardAccountsKey(shard), userId);
  await fencedWrite(redis, userId, fence, accountViewKey(userId), known ? JSON.stringify(view) : null);
}
