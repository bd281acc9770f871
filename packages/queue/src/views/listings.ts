import type { HistoryPoint } from '@gateway/contracts';
import { accountViewKey, shardAccountsKey } from '../keys.ts';
import type { AccountQueues } from '../line/account-queues.ts';
import { requirePublished } from '../ownership/published-shards.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { RedisCalls } from '../redis/redis-calls.ts';
import { readHistory } from './history.ts';
import { SendListReader, type SendLists } from './send-lists.ts';

/** Lists for people: accounts, their messages, their recent history. Throws `QUEUE_UNAVAILABLE` while Redis is away. */
export class Listings {
  readonly #redis: RedisClient;
  readonly #accounts: AccountQueues;
  readonly #calls: RedisCalls;
  readonly #shards: number;

  constructor(redis: RedisClient, accounts: AccountQueues, calls: RedisCalls, shards: number) {
    this.#redis = redis;
    this.#accounts = accounts;
    this.#calls = calls;
    this.#shards = shards;
  }

  /**
   * The ids of all accounts with a published view, sorted.
   * @throws {GatewayError} `WORKER_UNAVAILABLE` if workers have not published all views yet.
   */
  async accounts(): Promise<string[]> {
    return this.#calls.read(async () => {
      const shown = await Promise.all(
        Array.from({ length: this.#shards }, async (_, shard) => this.#shownOf(shard)),
      );
      await requirePublished(this.#redis, this.#shards);
      return shown.flat().toSorted();
    });
  }

  async #shownOf(shard: number): Promise<string[]> {
    const userIds = await this.#redis.smembers(shardAccountsKey(shard));
    const isShown = await Promise.all(userIds.map((userId) => this.#redis.exists(accountViewKey(userId))));
    return userIds.filter((_, index) => isShown[index] === 1);
  }

  /** Creates a reader of an account's messages, for repeated calls. It returns at most `limit` of each list. */
  sends(userId: string): (limit: number) => Promise<SendLists> {
    const reader = new SendListReader(this.#redis, this.#accounts, userId);
    return (limit) => this.#calls.read(() => reader.read(limit, Date.now()));
  }

  /** The account's history of the last `hours` hours, one point per step. */
  async history(userId: string, hours: number): Promise<HistoryPoint[]> {
    const now = Date.now();
    return this.#calls.read(() => readHistory(this.#redis, userId, now - hours * 3_600_000, now));
  }
}
