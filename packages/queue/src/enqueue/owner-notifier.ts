import { notifyOwner } from '../events/due-accounts.ts';
import { shardOf } from '../ownership/shards.ts';
import type { RedisClient } from '../redis/clients.ts';

/** Accounts that are remembered to have a line. */
const MAX_KNOWN = 10_000;

/**
 * Rings for messages that are accepted, once they are: before, a worker could send one whose caller is told that it was not accepted. A message
 * that joins a line which was rung for needs no bell: the worker comes to each that is in it. Nobody waits for a bell, and one that is not
 * heard only costs the messages the time until the next sweep.
 */
export class OwnerNotifier {
  readonly #redis: RedisClient;
  readonly #shards: number;
  /** Accounts that were rung for, over this connection, while they had a line, as the last message added has found it. */
  readonly #haveLine = new Set<string>();

  constructor(redis: RedisClient, shards: number) {
    this.#redis = redis;
    this.#shards = shards;
    // The Redis that comes back may be another one.
    redis.on('close', () => this.#haveLine.clear());
  }

  /** Messages due at once have joined the account's line, behind so many others. */
  joined(userId: string, behind: number): void {
    if (behind > 0 && this.#haveLine.has(userId)) return;
    this.ring(userId);
    if (behind === 0) this.#haveLine.delete(userId);
    else {
      if (this.#haveLine.size >= MAX_KNOWN) this.#haveLine.clear();
      this.#haveLine.add(userId);
    }
  }

  /** @param at ms since the epoch at which the account has work; now by default. */
  ring(userId: string, at?: number): void {
    notifyOwner(this.#redis, shardOf(userId, this.#shards), userId, at).catch(() => {});
  }
}
