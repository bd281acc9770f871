import type { Queue } from 'bullmq';
import { ControlQueues } from '../control/control-queues.ts';
import { dueAccountsKey, shardAccountsKey } from '../keys.ts';
import { AccountQueues } from '../line/account-queues.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { RedisClock } from '../redis/redis-clock.ts';
import { timelyBackend } from '../redis/timely-backend.ts';
import { openWebhookQueue } from '../webhooks/webhook-queue.ts';
import { readAccountDepths } from './account-depths.ts';
import { firstAccounts, weightOf } from './account-ranking.ts';

/** Up to so many accounts, the dashboard looks at each of them. */
const FEW_ACCOUNTS = 100;

/** The queues that the dashboard shows. The caller closes their connection. */
export class BoardQueues {
  readonly #redis: RedisClient;
  readonly #shards: number;
  readonly #accounts: AccountQueues;
  /** The control queues, one per shard. */
  readonly control: readonly Queue[];
  readonly webhooks: Queue;

  constructor(redis: RedisClient, shards: number, clock: RedisClock) {
    const backend = timelyBackend(redis, clock);
    this.#redis = redis;
    this.#shards = shards;
    this.#accounts = new AccountQueues(redis, backend, clock);
    const control = new ControlQueues(redis, backend);
    this.control = Array.from({ length: shards }, (_, shard) => control.of(shard));
    this.webhooks = openWebhookQueue(redis, backend);
  }

  ofAccount(userId: string): Queue {
    return this.#accounts.of(userId);
  }

  /**
   * At most `most` accounts with pending or failed messages, those with the most pending first. Workers rank them every
   * few seconds, and those that are due may have messages that no worker has seen yet. With few accounts, one whose
   * message has just failed is found as well.
   */
  async accountsToShow(most: number): Promise<string[]> {
    const found = await Promise.all([
      firstAccounts(this.#redis, this.#shards, most),
      this.#dueAccounts(most),
      this.#allIfFew(),
    ]);
    const depths = await readAccountDepths(this.#redis, [...new Set(found.flat())]);
    return Array.from(depths, ([userId, depth]) => ({ userId, weight: weightOf(depth) }))
      .filter(({ weight }) => weight > 0)
      .toSorted((a, b) => b.weight - a.weight || (a.userId < b.userId ? -1 : 1))
      .slice(0, most)
      .map(({ userId }) => userId);
  }

  async #dueAccounts(most: number): Promise<string[]> {
    const now = Date.now();
    const ofShards = await Promise.all(
      Array.from({ length: this.#shards }, (_, shard) =>
        this.#redis.zrangebyscore(dueAccountsKey(shard), '-inf', now, 'LIMIT', 0, most),
      ),
    );
    return ofShards.flat().slice(0, most);
  }

  async #allIfFew(): Promise<string[]> {
    const keys = Array.from({ length: this.#shards }, (_, shard) => shardAccountsKey(shard));
    const counts = await Promise.all(keys.map((key) => this.#redis.scard(key)));
    if (counts.reduce((sum, count) => sum + count, 0) > FEW_ACCOUNTS) return [];
    return (await Promise.all(keys.map((key) => this.#redis.smembers(key)))).flat();
  }

  async close(): Promise<void> {
    await this.#accounts.close();
  }
}
