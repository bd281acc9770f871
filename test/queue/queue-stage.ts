import { digestOf, type JobData, type NewJob } from '@gateway/actions';
import {
  AccountQueues,
  claimShardCount,
  openConsumerRedis,
  Producer,
  publishShard,
  raiseFence,
  AccountConsumer,
  sharedBackend,
  type EnqueuedJob,
  type Admission,
  type FetchedJob,
  type RecoveredJob,
  type RedisClient,
  type JobQueue,
} from '@gateway/queue';
import { parseRedisUrl, Sealer, silentLogger } from '@gateway/runtime';
import { vi } from 'vitest';
import { RedisServer } from '../env/redis-server.ts';

export const SHARDS = 4;

/** Most waiting messages of an account in these tests. */
export const MAX_PENDING = 400;

export const DATE = '2024-01-15T12:00:00Z';

/** A Redis with a producer, and with owners of one account after the other. */
export class QueueStage {
  readonly server: RedisServer;
  readonly redis: RedisClient;
  readonly producer: Producer;
  userId = '';
  #accounts = 0;

  private constructor(server: RedisServer, producersUrl: string) {
    this.server = server;
    this.redis = openConsumerRedis(server.address, silentLogger());
    this.producer = new Producer({
      redisAddress: parseRedisUrl(producersUrl),
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
    await vi.waitFor(() => stage.producer.claimShards(), { timeout: 10_000 });
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

  message(text: string): JobData & { text: string } {
    return { userId: this.userId, recipient: 'me', text, linkPreview: true, requestId: 'r' };
  }

  /** Enqueues a message, by default without checking the account. */
  send(send: TestSend, admission: Admission = () => {}): Promise<EnqueuedJob> {
    return this.producer.enqueue(newSend(send), admission);
  }

  sendMany(sends: readonly TestSend[]): ReturnType<Producer['enqueueMany']> {
    return this.producer.enqueueMany(sends.map(newSend), () => {});
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

  queue(): JobQueue {
    return new AccountQueues(this.redis, sharedBackend(this.redis)).of(this.userId);
  }

  /** Creates an owner of the account; one with a greater number takes over. `redis`: its own connection, if any. */
  async owner(
    number = 1,
    redis = this.redis,
    appends?: ConstructorParameters<typeof AccountConsumer>[5],
  ): Promise<AccountConsumer> {
    const fence = `${number} worker`;
    await raiseFence(redis, this.userId, fence);
    const backend = sharedBackend(redis);
    const queue = new AccountQueues(redis, backend).of(this.userId);
    return new AccountConsumer(redis, backend, queue, this.userId, fence, appends);
  }
}

/** A send as tests write it. */
export interface TestSend {
  job: JobData;
  idempotencyKey?: string | undefined;
  sendAt?: number | undefined;
}

export function newSend({ job, idempotencyKey, sendAt }: TestSend): NewJob {
  const { requestId: _requestId, ...request } = job;
  const given = { ...request, sendAt };
  const key =
    idempotencyKey === undefined
      ? undefined
      : { idempotencyKey, digest: digestOf('send', given, Object.keys(given)) };
  return { name: 'send', data: job, sendAt, key };
}

export async function recover(worker: AccountConsumer): Promise<RecoveredJob[]> {
  let recovered: RecoveredJob[] = [];
  await worker.recover(async (jobs) => {
    recovered = jobs;
  });
  return recovered;
}

export async function take(from: AccountConsumer): Promise<FetchedJob> {
  const job = await from.next();
  if (job === 'needs_recovery' || !('action' in job)) throw new Error(`no job: ${JSON.stringify(job)}`);
  return job;
}
