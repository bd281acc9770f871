import { dueAccountsKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { readAccountDepths } from './account-depths.ts';
import { accountsRankedPending, rankAccounts } from './account-ranking.ts';

/** Pending messages of all accounts of a shard. */
export interface QueueDepth {
  waiting: number;
  delayed: number;
  active: number;
  /** When the oldest waiting message was enqueued, in ms since the epoch; `null` if none waits. */
  oldestAt: number | null;
}

/** The accounts of a shard that may have pending messages although they are no longer listed as due. */
export interface KnownAccounts {
  busy: Iterable<string>;
  /** Accounts with newly failed messages. */
  failed?: Iterable<string>;
}

/**
 * Counts the pending messages of a shard's accounts, and ranks these accounts for the dashboard. Most accounts have
 * none most of the time, so it reads only accounts that are due now or later, known ones, and those that had some at
 * the last call. Only the worker that owns the shard may call this.
 */
export async function readQueueDepth(
  redis: RedisClient,
  shard: number,
  { busy, failed = [] }: KnownAccounts,
): Promise<QueueDepth> {
  const [due, ranked] = await Promise.all([
    redis.zrange(dueAccountsKey(shard), 0, -1),
    accountsRankedPending(redis, shard),
  ]);
  const depths = await readAccountDepths(redis, [...new Set([...busy, ...failed, ...due, ...ranked])]);
  await rankAccounts(redis, shard, depths);
  const total: QueueDepth = { waiting: 0, delayed: 0, active: 0, oldestAt: null };
  for (const { waiting, delayed, active, oldestAt } of depths.values()) {
    total.waiting += waiting;
    total.delayed += delayed;
    total.active += active;
    if (oldestAt !== null) total.oldestAt = Math.min(total.oldestAt ?? Infinity, oldestAt);
  }
  return total;
}
