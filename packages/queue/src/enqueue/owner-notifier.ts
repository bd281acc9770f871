import { LRUCache } from 'lru-cache';
import { notifyOwner } from '../events/due-accounts.ts';
import { shardOf } from '../ownership/shards.ts';
import type { RedisClient } from '../redis/clients.ts';

/** Most accounts remembered as having waiting messages. */
const MAX_KNOWN = 10_000;

/**
 * Notifies the owner of an account about messages, only after they were enqueued: earlier, a worker could send a
 * message whose caller gets an error. Nobody waits for the notification; a lost one delays messages until the next
 * sweep.
 *
 * A message behind others needs no notification, because the owner already works through that queue.
 */
export class OwnerNotifier {
  readonly #redis: RedisClient;
  readonly #shards: number;
  /** Accounts whose owner was notified over this connection, and whose latest message found others waiting. */
  readonly #withWaiting = new LRUCache<string, true>({ max: MAX_KNOWN });

  constructor(redis: RedisClient, shards: number) {
    this.#redis = redis;
    this.#shards = shards;
    // Another Redis may answer after the reconnect.
    redis.on('close', () => this.#withWaiting.clear());
  }

  /** Call after messages that are due now were enqueued behind `behind` others. */
  enqueued(userId: string, behind: number): void {
    if (behind > 0 && this.#withWaiting.has(userId)) return;
    this.notify(userId);
    if (behind === 0) this.#withWaiting.delete(userId);
    else this.#withWaiting.set(userId, true);
  }

  /** @param at time at which the account has work, in ms since the epoch; now by default. */
  notify(userId: string, at?: number): void {
    notifyOwner(this.#redis, shardOf(userId, this.#shards), userId, at).catch(() => {});
  }
}
