import type { HistoryPoint, SendSummary } from '@gateway/contracts';
import type { AccountQueues } from '../line/account-queues.ts';
import { requirePublished } from '../ownership/published-shards.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { RedisCalls } from '../redis/redis-calls.ts';
import { findAccounts, type AccountQuery } from './account-index.ts';
import { pageOf, type AccountIds } from './account-order.ts';
import { scanAccounts } from './account-scan.ts';
import { withWaiting } from './accounts-with-waiting.ts';
import { latestFailures, type FailurePlace } from './failures.ts';
import { readHistory } from './history.ts';
import { SendListReader, type SendLists } from './send-lists.ts';

export interface FailureQuery extends Pick<AccountQuery, 'text' | 'among'> {
  before?: FailurePlace | undefined;
  limit: number;
}

interface FailureList {
  failures: SendSummary[];
  /** `before` of the next page. */
  next: string | null;
}

/** Accounts read at a time. */
const BATCH = 1_000;

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
   * A page of the accounts with a published view.
   * @throws {GatewayError} `WORKER_UNAVAILABLE` if workers have not published all views yet.
   */
  async accounts(query: AccountQuery): Promise<AccountIds> {
    return this.#calls.read(async () => {
      const { hasWaiting } = query;
      if (hasWaiting === undefined) return this.#page(query);
      const fitting = await this.#all(query);
      return pageOf(this.#redis, await withWaiting(this.#redis, fitting, hasWaiting), query);
    });
  }

  async #page(query: AccountQuery): Promise<AccountIds> {
    const now = Date.now();
    const found = await findAccounts(this.#redis, query, now);
    if (await requirePublished(this.#redis, this.#shards)) return found;
    return scanAccounts(this.#redis, this.#shards, query, now);
  }

  async #all(query: AccountQuery): Promise<string[]> {
    const all: string[] = [];
    for (let after: string | null | undefined; after !== null;) {
      const { userIds, next } = await this.#page({ ...query, sort: 'name', after, limit: BATCH });
      all.push(...userIds);
      after = next;
    }
    return all;
  }

  /** A page of the failed messages of all accounts that fit, the latest first. */
  async failures({ before, limit, ...query }: FailureQuery): Promise<FailureList> {
    const found = await this.#calls.read(async () => {
      const userIds = await this.#all({ ...query, limit: BATCH });
      return latestFailures(this.#redis, userIds, before, limit + 1);
    });
    const page = found.slice(0, limit);
    const accounts = [...new Set(page.map(({ userId }) => userId))];
    const shown = await Promise.all(
      accounts.map((userId) => {
        const jobIds = page.filter((one) => one.userId === userId).map(({ jobId }) => jobId);
        return this.#reader(userId).failed(jobIds, Date.now());
      }),
    );
    const summaries = new Map(shown.flat().map((one) => [one.job_id, one]));
    const last = found.length > limit ? page.at(-1) : undefined;
    return {
      failures: page.flatMap(({ jobId }) => summaries.get(jobId) ?? []),
      next: last === undefined ? null : `${last.at}:${last.jobId}`,
    };
  }

  /** Creates a reader of an account's messages, for repeated calls. It returns at most `limit` of each list. */
  sends(userId: string): (limit: number) => Promise<SendLists> {
    const reader = this.#reader(userId);
    return (limit) => reader.read(limit, Date.now());
  }

  #reader(userId: string): SendListReader {
    return new SendListReader(this.#redis, this.#accounts, this.#calls, userId);
  }

  /** The account's history of the last `hours` hours, one point per step. */
  async history(userId: string, hours: number): Promise<HistoryPoint[]> {
    const now = Date.now();
    return this.#calls.read(() => readHistory(this.#redis, userId, now - hours * 3_600_000, now));
  }
}
