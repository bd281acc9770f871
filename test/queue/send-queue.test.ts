import { GatewayError, type SendJob } from '@gateway/contracts';
import {
  AccountQueues,
  claimShardCount,
  Fenced,
  noteAside,
  openConsumerRedis,
  Producer,
  raiseFence,
  SendConsumer,
  sharedBackend,
  type FetchedSend,
  type RecoveredSend,
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

  /** The account's owner; one with a greater number takes it over. */
  async function owner(number = 1): Promise<SendConsumer> {
    const backend = sharedBackend(redis);
    const fence = `${number} worker`;
    await raiseFence(redis, userId, fence);
    return new SendConsumer(redis, backend, new AccountQueues(redis, backend).of(userId), userId, fence);
  }

  async function recover(worker: SendConsumer): Promise<RecoveredSend[]> {
    let recovered: RecoveredSend[] = [];
    await worker.recover(async (jobs) => {
      recovered = jobs;
    });
    return recovered;
  }

  async function take(from: SendConsumer): Promise<FetchedSend> {
    const job = await from.next();
    if (job === null || job === 'strays') throw new Error(`no job: ${job}`);
    return job;
  }

  test('gives jobs out in the order of acceptance, and nothing when it is empty', async () => {
    await add('1', '2', '3');
    const worker = await owner();
    for (const text of ['1', '2', '3']) {
      const job = await take(worker);
      expect(job.data.text).toBe(text);
      await job.complete({ message_id: 1, date: '2024-01-15T12:00:00Z' });
    }
    expect(await worker.next()).toBeNull();
  });

  test('a job that is put back is the next one again, and no attempt is used up', async () => {
    const [first] = await add('1', '2');
    const worker = await owner();
    await (await take(worker)).putBack();
    const again = await take(worker);
    expect(again.jobId).toBe(first);
    await again.complete({ message_id: 9, date: '2024-01-15T12:00:00Z' });
    expect(await producer.job(again.jobId)).toMatchObject({
      state: 'completed',
      attempts: 1,
      result: { message_id: 9 },
    });
  });

  test('a job with a time of its own joins the line when it has come, behind what was accepted before', async () => {
    const { wait } = await producer.send(message('later'), { sendAt: Date.now() + 300 });
    wait.cancel();
    await add('1');
    const worker = await owner();
    expect(await producer.pending(userId)).toEqual({ waiting: 1, delayed: 1, active: 0 });
    const dueAt = await worker.nextDueAt();
    await worker.promoteDue(Date.now());
    expect((await producer.pending(userId)).delayed).toBe(1);
    await expect.poll(() => Date.now()).toBeGreaterThanOrEqual(dueAt ?? Infinity);
    await worker.promoteDue(Date.now());
    await add('2');
    for (const text of ['1', 'later', '2']) expect((await take(worker)).data.text).toBe(text);
  });

  test('a job that is set aside shows why, and until when', async () => {
    const [jobId = ''] = await add('1');
    const job = await take(await owner());
    expect(await producer.job(jobId)).toMatchObject({ state: 'active', reason: null });
    const until = Date.now() + 60_000;
    await noteAside(redis, userId, [{ jobId, hold: { reason: 'SLOWMODE_WAIT', until } }]);
    expect(await producer.job(jobId)).toMatchObject({
      state: 'delayed',
      reason: 'SLOWMODE_WAIT',
      retry_at: new Date(until).toISOString(),
    });
    expect(await producer.pending(userId)).toEqual({ waiting: 0, delayed: 1, active: 0 });
    await job.putBack();
  });

  test('what had gone out of a job is known to the next one that takes it', async () => {
    await add('1');
    const worker = await owner();
    const job = await take(worker);
    const progress = { sent: [{ message_id: 5, date: '2024-01-15T12:00:00Z' }] };
    await job.note(progress);
    await job.putBack();
    expect((await take(worker)).progress).toEqual(progress);
  });

  test('the last message that went to a recipient is known from the results', async () => {
    await add('1', '2');
    const worker = await owner();
    await (await take(worker)).complete({ message_id: 8, message_ids: [7, 8], date: '2024-01-15T12:00:00Z' });
    await (await take(worker)).complete({ message_id: 6, date: '2024-01-15T12:00:00Z' });
    expect(await worker.lastMessageIdTo('me')).toBe(8);
    expect(await worker.lastMessageIdTo('@other')).toBe(0);
  });

  test('what a former owner had in hand is given out first, in order, by the next one', async () => {
    const ids = await add('1', '2', '3', '4');
    const former = await owner(1);
    await take(former);
    await take(former);
    await take(former);
    const next = await owner(2);
    expect((await recover(next)).map(({ jobId }) => jobId)).toEqual(ids.slice(0, 3));
    for (const text of ['1', '2', '3', '4']) expect((await take(next)).data.text).toBe(text);
  });

  test('a former owner can end nothing that another has taken over', async () => {
    await add('1');
    const stale = await take(await owner(1));
    const next = await owner(2);
    await recover(next);
    const job = await take(next);
    await expect(stale.complete({ message_id: 1, date: '2024-01-15T12:00:00Z' })).rejects.toThrow();
    await expect(stale.putBack()).rejects.toThrow();
    await job.complete({ message_id: 2, date: '2024-01-15T12:00:00Z' });
    expect(await producer.job(job.jobId)).toMatchObject({ result: { message_id: 2 } });
  });

  test('a former owner that fetches once more is told so, and what it fetched goes out in its order', async () => {
    await add('1', '2', '3');
    const former = await owner(1);
    const next = await owner(2);
    await recover(next);
    await expect(former.next()).rejects.toThrow(Fenced);
    // The former owner has "1" now: "2" must not go out before it.
    expect(await next.next()).toBe('strays');
    await recover(next);
    for (const text of ['1', '2', '3']) expect((await take(next)).data.text).toBe(text);
  });

  test('a job whose fetch was answered to nobody, because the connection broke, is not passed over', async () => {
    await add('1', '2');
    const worker = await owner();
    const lost = await owner();
    await lost.next();
    expect(await worker.next()).toBe('strays');
    await recover(worker);
    for (const text of ['1', '2']) expect((await take(worker)).data.text).toBe(text);
  });

  test('a job that a former owner fetched last, with none behind it, is seen by the next one all the same', async () => {
    await add('1');
    const former = await owner(1);
    const next = await owner(2);
    await recover(next);
    await expect(former.next()).rejects.toThrow(Fenced);
    expect(await next.next()).toBe('strays');
    await recover(next);
    expect((await take(next)).data.text).toBe('1');
  });

  test('what was set aside when its worker ended is told from what was under way', async () => {
    const [first, second = ''] = await add('1', '2');
    const former = await owner(1);
    await take(former);
    await take(former);
    await noteAside(redis, userId, [{ jobId: second, hold: { reason: 'PACE', until: Date.now() } }]);
    expect(await recover(await owner(2))).toMatchObject([
      { jobId: first, wasAside: false },
      { jobId: second, wasAside: true },
    ]);
  });

  test('messages of the same time leave in the order in which they were accepted', async () => {
    const sendAt = Date.now() + 1_500;
    const texts = Array.from({ length: 300 }, (_, index) => String(index));
    for (const text of texts) (await producer.send(message(text), { sendAt })).wait.cancel();
    const worker = await owner();
    await worker.promoteAll();
    const order: string[] = [];
    for (const _ of texts) order.push((await take(worker)).data.text);
    expect(order).toEqual(texts);
  });

  test('a job that holds no message fails, and the next one goes on', async () => {
    const queue = new AccountQueues(redis, sharedBackend(redis)).of(userId);
    await queue.add('send', JSON.parse('{"text":5}'), { jobId: 'not-ours' });
    await add('1');
    expect((await take(await owner())).data.text).toBe('1');
    expect(await (await queue.getJob('not-ours'))?.getState()).toBe('failed');
  });

  test('a failed job shows its error to callers, with code and kind', async () => {
    await add('1');
    const job = await take(await owner());
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
    const first = await producer.send(message('once'), { idempotencyKey: 'key' });
    const second = await producer.send(
      { ...message('once'), requestId: 'another request' },
      { idempotencyKey: 'key' },
    );
    expect(second.jobId).toBe(first.jobId);
    await expect(producer.send(message('twice'), { idempotencyKey: 'key' })).rejects.toMatchObject({
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
    const worker = await owner();
    await expect.poll(async () => (await producer.pending(userId)).waiting).toBe(2);
    expect([(await take(worker)).data.text, (await take(worker)).data.text]).toEqual(['before', 'after']);
  });

  test('another number of shards than the first is refused, with what to set', async () => {
    await expect(claimShardCount(redis, SHARDS + 1)).rejects.toThrow(/SHARDS=4/);
  });
});
