import {
  answerDoorbell,
  ringDoorbell,
  SendConsumer,
  shardOf,
  type SendQueue,
  type SharedBackend,
} from '@gateway/queue';
import type { Redis, ResultsPublisher } from '@gateway/queue';
import type { Logger } from '@gateway/runtime';
import { Lane } from '../delivery/lane.ts';
import type { Account } from './account.ts';

export interface ServedAccountOptions {
  account: Account;
  redis: Redis;
  backend: SharedBackend;
  queue: SendQueue;
  results: ResultsPublisher;
  shards: number;
  /** Names this worker's right to the account in Redis. */
  token: string;
  mayServe: () => boolean;
  logger: Logger;
  now: () => number;
}

/** An account with its line of sends. The lane is made when there is first work: most accounts have none most of the time. */
export class ServedAccount {
  readonly account: Account;
  readonly #options: ServedAccountOptions;
  #line: { lane: Lane; consumer: SendConsumer } | undefined;

  constructor(options: ServedAccountOptions) {
    this.#options = options;
    this.account = options.account;
  }

  wake(): void {
    this.#line ??= this.#openLine();
    this.#line.lane.wake();
  }

  /** Ends what held the queue, and goes on at once: the account's state has changed. */
  async unhold(): Promise<void> {
    this.#line ??= this.#openLine();
    await this.#line.consumer.unhold();
    this.#line.lane.wake();
  }

  #openLine() {
    const { account, redis, backend, queue, results, shards, token, mayServe, logger, now } = this.#options;
    const { userId } = account;
    const shard = shardOf(userId, shards);
    const consumer = new SendConsumer(redis, backend, queue, userId, token);
    const lane = new Lane({
      account,
      queue: consumer,
      answerBell: () => answerDoorbell(redis, shard, userId, now()),
      ringAt: (at) => ringDoorbell(redis, shard, userId, at),
      finished: (jobId) => results.finished(shard, jobId),
      mayServe,
      logger: logger.child({ userId }),
      now,
      random: Math.random,
    });
    return { lane, consumer };
  }

  /** Takes no further job and waits for the one in hand. */
  async stop(): Promise<void> {
    await this.#line?.lane.stop();
    await this.#line?.consumer.close();
  }
}
