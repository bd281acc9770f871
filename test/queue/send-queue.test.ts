import { GatewayError, type SendJob } from '@gateway/contracts';
import {
  AccountQueues,
  claimShardCount,
  openConsumerRedis,
  Producer,
  SendConsumer,
  sharedBackend,
  type FetchedSend,
  type Redis,
} from '@gateway/queue';
import { Sealer, silentLogger } from '@gateway/runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { RedisServer } from '../env/redis-server.ts';

const SHARDS = 4;

describe("an account's queue", () => {
  let server: RedisServer;
  let redis: Redis;
  let producer: Producer;
  let userId: string;
  let accounts = 0;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = openConsumerRedis(server.url, silentLogger());
    await claimShardCount(redis, SHARDS);
    const sealer = new Sealer([Buffer.alloc(32, 7)]);
    producer = new Producer({
      redisUrl: server.url,
      shards: SHARDS,
      retentionMs: 60_000,
      sealer,
      logger: silentLogger(),
    });
    await vi.waitFor(() => producer.claimShards());
  });
  afterAll(async () => {
    await producer.close();
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    accounts += 1;
    userId = `user-${accounts}`;
  });

  function message(text: string): Omit<SendJob, 'digest'> {
    return { userId, recipient: 'me', text, linkPreview: true, requestId: 'r' };
  }

  async function add(...texts: string[]): Promise<string[]> {
    const ids: string[] = [];
    for (const text of texts) {
      const { jobId, wait } = await producer.send(message(text));
      wait.cancel();
      ids.push(jobId);
    }
    return ids;
  }

  function consumer(token = 'owner-1'): SendConsumer {
    const backend = sharedBackend(redis);
    return new SendConsumer(redis, backend, new AccountQueues(redis, backend).of(userId), userId, token);
  }

  async function take(from: SendConsumer): Promise<FetchedSend> {
    const job = await from.next();
    if (job === null) throw new Error('nothing waits');
    return job;
  }

  test('gives jobs out in the order of acceptance, and nothing when it is empty', async () => {
    await add('1', '2', '3');
    const owner = consumer();
    for (const text of ['1', '2', '3']) {
      const job = await take(owner);
      expect(job.data.text).toBe(text);
      await job.complete({ message_id: 1, date: '2024-01-15T12:00:00Z' });
    }
    expect(await owner.next()).toBeNull();
  });

  test('a job that is put back is the next one again, and no attempt is used up', async () => {
    const [first] = await add('1', '2');
    const owner = consumer();
    await (await take(owner)).putBack();
    const again = await take(owner);
    expect(again.jobId).toBe(first);
    await again.complete({ message_id: 9, date: '2024-01-15T12:00:00Z' });
    expect(await producer.job(again.jobId)).toMatchObject({
      state: 'completed',
      attempts: 1,
      result: { message_id: 9 },
    });
  });

  test('while it is held nothing is given out, to another owner neither; an end of the hold lets it go on at once', async () => {
    await add('1');
    const owner = consumer();
    await owner.hold(60_000);
    expect(await owner.next()).toBeNull();
    expect(await consumer('owner-2').next()).toBeNull();
    await owner.unhold();
    expect((await take(owner)).data.text).toBe('1');
  });

  test('what a former owner had in hand is given out first, in order, by the next one', async () => {
    await add('1', '2', '3', '4');
    const former = consumer('former');
    await take(former);
    await take(former);
    await take(former);
    const next = consumer('next');
    expect(await next.recover()).toBe(3);
    for (const text of ['1', '2', '3', '4']) expect((await take(next)).data.text).toBe(text);
  });

  test('a former owner can end nothing that another has taken over', async () => {
    await add('1');
    const stale = await take(consumer('former'));
    const next = consumer('next');
    await next.recover();
    const job = await take(next);
    await expect(stale.complete({ message_id: 1, date: '2024-01-15T12:00:00Z' })).rejects.toThrow();
    await expect(stale.putBack()).rejects.toThrow();
    await job.complete({ message_id: 2, date: '2024-01-15T12:00:00Z' });
    expect(await producer.job(job.jobId)).toMatchObject({ result: { message_id: 2 } });
  });

  test('a failed job shows its error to callers, with code and kind', async () => {
    await add('1');
    const job = await take(consumer());
    await job.fail(
      new GatewayError('RECIPIENT_REFUSED', undefined, { rpcError: 'USER_IS_BLOCKED', jobId: job.jobId }),
    );
    expect(await producer.job(job.jobId)).toMatchObject({
      state: 'failed',
      error: {
        code: 'RECIPIENT_REFUSED',
        kind: 'permanent',
        rpc_error: 'USER_IS_BLOCKED',
        job_id: job.jobId,
      },
    });
  });

  test('the same Idempotency-Key leads to the same job, with another message to a refusal', async () => {
    const first = await producer.send(message('once'), 'key');
    const second = await producer.send({ ...message('once'), requestId: 'another request' }, 'key');
    expect(second.jobId).toBe(first.jobId);
    await expect(producer.send(message('twice'), 'key')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
    expect(await producer.pending(userId)).toEqual({ waiting: 1, delayed: 0, active: 0 });
  });

  test('what a frozen Redis received of a refused send is taken back when it wakes', async () => {
    await add('before');
    server.signal('SIGSTOP');
    await expect(producer.send(message('refused'))).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    server.signal('SIGCONT');
    await expect
      .poll(() =>
        producer.send(message('after')).then(
          () => 'sent',
          () => 'refused',
        ),
      )
      .toBe('sent');
    const owner = consumer();
    await expect.poll(async () => (await producer.pending(userId)).waiting).toBe(2);
    expect([(await take(owner)).data.text, (await take(owner)).data.text]).toEqual(['before', 'after']);
  });

  test('another number of shards than the first is refused, with what to set', async () => {
    await expect(claimShardCount(redis, SHARDS + 1)).rejects.toThrow(/SHARDS=4/);
  });
});
