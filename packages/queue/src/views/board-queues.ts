import type { Queue } from 'bullmq';
import { ControlQueues } from '../control/control-queues.ts';
import { sendListKey, shardAccountsKey, type JobList } from '../keys.ts';
import { AccountQueues } from '../line/account-queues.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { RedisClock } from '../redis/redis-clock.ts';
import { timelyBackend } from '../redis/timely-backend.ts';
import { openWebhookQueue } from '../webhooks/webhook-queue.ts';

/** Accounts read per round trip. */
const BATCH = 500;

/** Weight of a pending message: more than any number of failed ones. */
const PENDING_WEIGHT = 1_000_000;

/** How important an account is to an operator now. */
interface Weight {
  userId: string;
  weight: number;
}

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

  /** At most `most` accounts with pending or failed messages, those with the most pending first. */
  async accountsToShow(most: number): Promise<string[]> {
    const accounts: Weight[] = [];
    for (let shard = 0; shard < this.#shards; shard += 1) {
      const userIds = await this.#redis.smembers(shardAccountsKey(shard));
      for (let at = 0; at < userIds.length; at += BATCH)
        accounts.push(...(await this.#weigh(userIds.slice(at, at + BATCH))));
    }
    return accounts
      .filter(({ weight }) => weight > 0)
      .toSorted((a, b) => b.weight - a.weight || (a.userId < b.userId ? -1 : 1))
      .slice(0, most)
      .map(({ userId }) => userId);
  }

  async #weigh(userIds: readonly string[]): Promise<Weight[]> {
    return Promise.all(
      userIds.map(async (userId) => {
        const key = (list: JobList) => sendListKey(userId, list);
        const [waiting, active, delayed, failed] = await Promise.all([
          this.#redis.llen(key('wait')),
          this.#redis.llen(key('active')),
          this.#redis.zcard(key('delayed')),
          this.#redis.zcard(key('failed')),
        ]);
        return { userId, weight: (waiting + active + delayed) * PENDING_WEIGHT + failed };
      }),
    );
  }

  async close(): Promise<void> {
    await this.#accounts.close();
  }
}
