import { accountViewSchema, UNKNOWN_ACCOUNT, type AccountView } from '@gateway/contracts';
import { fencedWrite } from './fence.ts';
import { accountViewKey, shardAccountsKey } from './keys.ts';
import type { RedisClient } from './redis.ts';

/** What the worker last published of an account; {@link UNKNOWN_ACCOUNT} where it never did. A hold that is over is left out. */
export async function readAccountView(redis: RedisClient, userId: string, now: number): Promise<AccountView> {
  const json = await redis.get(accountViewKey(userId));
  if (json === null) return UNKNOWN_ACCOUNT;
  const view = parsed(userId, json);
  if (view.hold !== null && view.hold.until <= now) {
    return { ...view, hold: null, state: view.state === 'flood_wait' ? 'ready' : view.state };
  }
  return view;
}

/** Views read lately, as long as Redis holds the same: a busy account's is asked for with every send. */
const read = new Map<string, { json: string; view: AccountView }>();
const MAX_READ = 5_000;

function parsed(userId: string, json: string): AccountView {
  const known = read.get(userId);
  if (known?.json === json) return known.view;
  const view = accountViewSchema.parse(JSON.parse(json));
  if (read.size >= MAX_READ) read.clear();
  read.set(userId, { json, view });
  return view;
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
