import type { Queue } from 'bullmq';
import { ControlQueues } from '../control/control-queues.ts';
import { sendListKey, shardAccountsKey, type JobList } from '../keys.ts';
import { AccountQueues } from '../line/account-queues.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { RedisClock } from '../redis/redis-clock.ts';
import { timelyBackend } from '../redis/timely-backend.ts';
import { openWebhookQueue } from '../webhooks/webhook-queue.ts';

/** Accounts looked at per round trip. */
const BATCH = 500;

/** A message that waits matters more than any number of old failures. */
const WAITING = 1_000_000;

/** How much an account matters to an operator just now. */
interface Weight {
  userId: string;
  weight: number;
}

/** The queues that a dashboard shows, over a connection that somebody else closes. */
export class BoardQueues {
  readonly #redis: RedisClient;
  readonly #shards: number;
  readonly #accounts: AccountQueues;
  /** Control queues, one a shard. */
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

  /** Accounts with messages that wait, go out or have failed, those with most that waits first; at most so many. */
  async accountsThatMatter(most: number): Promise<string[]> {
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
        return { userId, weight: (waiting + active + delayed) * WAITING + failed };
      }),
    );
  }

  async close(): Promise<void> {
    await this.#accounts.close();
  }
}
