import { accountViewSchema, UNKNOWN_ACCOUNT, type AccountView } from '@gateway/contracts';
import type { Redis } from 'ioredis';
import { accountViewKey, shardAccountsKey } from './keys.ts';

/** What the worker last published of an account; {@link UNKNOWN_ACCOUNT} where it never did. A hold that is over is left out. */
export async function readAccountView(redis: Redis, userId: string, now: number): Promise<AccountView> {
  const json = await redis.get(accountViewKey(userId));
  if (json === null) return UNKNOWN_ACCOUNT;
  const view = accountViewSchema.parse(JSON.parse(json));
  if (view.hold !== null && view.hold.until <= now) {
    return { ...view, hold: null, state: view.state === 'flood_wait' ? 'ready' : view.state };
  }
  return view;
}

/** Publishes the view; only the worker that owns the account does. */
export async function writeAccountView(
  redis: Redis,
  shard: number,
  userId: string,
  view: AccountView,
): Promise<void> {
  if (view.state === 'none') {
    await redis.del(accountViewKey(userId));
    return;
  }
  // First of all, so that no send is ever accepted for an account that the sweep does not look at.
  await redis.sadd(shardAccountsKey(shard), userId);
  await redis.set(accountViewKey(userId), JSON.stringify(view));
}
