import type { SendJob } from '@gateway/contracts';
import {
  AccountQueues,
  claimShardCount,
  openConsumerRedis,
  Producer,
  publishShard,
  raiseFence,
  SendConsumer,
  sharedBackend,
  type AcceptedSend,
  type Admission,
  type FetchedSend,
  type NewSend,
  type RecoveredSend,
  type Redis,
  type SendQueue,
} from '@gateway/queue';
import { Sealer, silentLogger } from '@gateway/runtime';
import { vi } from 'vitest';
import { RedisServer } from '../env/redis-server.ts';

export const SHARDS = 4;

/** Most waiting messages of an account in these tests. */
export const MAX_PENDING = 400;

export const DATE = '2024-01-15T12:00:00Z';

/** A Redis with a producer, and with owners of one account after the other. */
export class QueueStage {
  readonly server: RedisServer;
  readonly redis: Redis;
  readonly producer: Producer;
  userId = '';
  #accounts = 0;

  private constructor(server: RedisServer, producersUrl: string) {
    this.server = server;
    this.redis = openConsumerRedis(server.url, silentLogger());
    this.producer = new Producer({
      redisUrl: producersUrl,
      shards: SHARDS,
      retentionMs: 60_000,
      maxPending: MAX_PENDING,
      sealer: new Sealer([Buffer.alloc(32, 7)]),
      logger: silentLogger(),
    });
  }

  /** @param door returns another address at which the producer reaches Redis; by default Redis' own. */
  static async open(door?: (redisUrl: string) => Promise<string>): Promise<QueueStage> {
    const server = await RedisServer.start();
    const stage = new QueueStage(server, (await door?.(server.url)) ?? server.url);
    await claimShardCount(stage.redis, SHARDS);
    await vi.waitFor(() => stage.producer.claimShards());
    for (let shard = 0; shard < SHARDS; shard += 1) await publishShard(stage.redis, shard, async () => true);
    return stage;
  }

  async close(): Promise<void> {
    await this.producer.close();
    this.redis.disconnect();
    await this.server[Symbol.asyncDispose]();
  }

  /** Switches to another account. */
  nextAccount(): void {
    this.#accounts += 1;
    this.userId = `user-${this.#accounts}`;
  }

  message(text: string): Omit<SendJob, 'digest'> {
    return { userId: this.userId, recipient: 'me', text, linkPreview: true, requestId: 'r' };
  }

  /** Enqueues a message, by default without checking the account. */
  send(send: NewSend, admission: Admission = () => {}): Promise<AcceptedSend> {
    return this.producer.send(send, admission);
  }

  sendMany(sends: readonly NewSend[]): ReturnType<Producer['sendMany']> {
    return this.producer.sendMany(sends, () => {});
  }

  async add(...texts: string[]): Promise<string[]> {
    const ids: string[] = [];
    for (const text of texts) {
      const { jobId, wait } = await this.send({ job: this.message(text) });
      wait.cancel();
      ids.push(jobId);
    }
    return ids;
  }

  queue(): SendQueue {
    return new AccountQueues(this.redis, sharedBackend(this.redis)).of(this.userId);
  }

  /** Creates an owner of the account; one with a greater number takes over. `redis`: its own connection, if any. */
  async owner(number = 1, redis = this.redis): Promise<SendConsumer> {
    const fence = `${number} worker`;
    await raiseFence(redis, this.userId, fence);
    const backend = sharedBackend(redis);
    const queue = new AccountQueues(redis, backend).of(this.userId);
    return new SendConsumer(redis, backend, queue, this.userId, fence);
  }
}

export async function recover(worker: SendConsumer): Promise<RecoveredSend[]> {
  let recovered: RecoveredSend[] = [];
  await worker.recover(async (jobs) => {
    recovered = jobs;
  });
  return recovered;
}

export async function take(from: SendConsumer): Promise<FetchedSend> {
  const job = await from.next();
  if (job === null || job === 'needs_recovery') throw new Error(`no job: ${job}`);
  return job;
}
