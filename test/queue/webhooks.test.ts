import type { JobView } from '@gateway/contracts';
import {
  openConsumerRedis,
  openWebhookQueue,
  Producer,
  sharedBackend,
  WebhookConsumer,
  webhookIdOf,
  WebhookOutbox,
  type RedisClient,
} from '@gateway/queue';
import { silentLogger, Sealer } from '@gateway/runtime';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RedisServer } from '../env/redis-server.ts';

/** `<ulid>.s0.<base64url of 'alice'>` */
function jobId(index: number): string {
  return `01HZ00000000000000000${String(index).padStart(5, '0')}.s0.YWxpY2U`;
}

const JOB: JobView = {
  job_id: jobId(1),
  type: 'send',
  user_id: 'alice',
  state: 'completed',
  attempts: 1,
  created_at: '2024-01-15T12:00:00.000Z',
  finished_at: '2024-01-15T12:00:01.000Z',
  read_at: null,
  retry_at: null,
  reason: null,
  result: { message_id: 5, date: '2024-01-15T12:00:01Z' },
  error: null,
};
const TAKEN = { status: 200, error: null, final: false, retryAfterMs: null, ms: 1 };
const REFUSED = { ...TAKEN, status: 500, error: 'the receiver answered 500' };

type Deliver = ConstructorParameters<typeof WebhookConsumer>[0]['deliver'];

describe('webhooks', () => {
  let server: RedisServer;
  let redis: RedisClient;
  let outbox: WebhookOutbox;
  let producer: Producer;
  let jobs: Map<string, JobView>;
  let posted: Parameters<Deliver>[0][];
  const consumers: WebhookConsumer[] = [];

  beforeEach(async () => {
    server = await RedisServer.start();
    const logger = silentLogger();
    redis = openConsumerRedis(server.address, logger);
    outbox = new WebhookOutbox(redis, openWebhookQueue(redis, sharedBackend(redis)));
    producer = new Producer({
      redisAddress: server.address,
      shards: 1,
      retentionMs: 60_000,
      maxPending: 10,
      sealer: new Sealer([Buffer.alloc(32)]),
      logger,
    });
    await expect
      .poll(() =>
        producer.claimShards().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    jobs = new Map([[jobId(1), JOB]]);
    posted = [];
  });
  afterEach(async () => {
    for (const consumer of consumers.splice(0)) await consumer.close(1_000);
    await producer.close();
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });

  /** Starts a consumer whose deliveries have these outcomes in turn, and then always the last. */
  function consume(...outcomes: Awaited<ReturnType<Deliver>>[]): WebhookConsumer {
    const consumer = new WebhookConsumer({
      redis,
      redisAddress: server.address,
      readJob: async (id) => jobs.get(id) ?? null,
      deliver: async (webhook) => {
        posted.push(webhook);
        return (outcomes.length > 1 ? outcomes.shift() : outcomes[0]) ?? TAKEN;
      },
      logger: silentLogger(),
      backoff: () => 10,
    });
    consumers.push(consumer);
    return consumer;
  }
  const delivery = () => producer.webhooks.read(webhookIdOf(jobId(1)));

  test('a job that has ended is posted once, however often it is announced', async () => {
    for (let again = 0; again < 3; again += 1) await outbox.jobEnds(jobId(1), 'alice', 'https://x.org/hook');
    consume(TAKEN);
    await expect
      .poll(delivery)
      .toMatchObject({ state: 'delivered', attempts: [{ status: 200, error: null }] });
    expect(posted).toEqual([
      {
        id: `job-${jobId(1)}`,
        url: 'https://x.org/hook',
        attempt: 1,
        body: JSON.stringify({ status: 'ok', ...JOB }),
      },
    ]);
  });

  test('a webhook is retried with the same bytes until it is delivered', async () => {
    await outbox.jobEnds(jobId(1), 'alice', 'https://x.org/hook');
    consume(REFUSED, { ...REFUSED, status: null }, TAKEN);
    await expect.poll(async () => posted.length).toBe(1);
    jobs.set(jobId(1), { ...JOB, attempts: 99 });
    await expect.poll(delivery).toMatchObject({
      state: 'delivered',
      attempts: [{ status: 500 }, { status: null }, { status: 200 }],
    });
    expect(new Set(posted.map(({ body }) => body)).size).toBe(1);
    expect(posted.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  test('waiting for a job that has not ended is not a try', async () => {
    jobs.set(jobId(1), { ...JOB, state: 'active', finished_at: null });
    await outbox.jobEnds(jobId(1), 'alice', 'https://x.org/hook');
    consume(TAKEN);
    await expect.poll(async () => (await delivery())?.next_attempt_at).toEqual(expect.any(String));
    expect(posted).toEqual([]);
    jobs.set(jobId(1), JOB);
    await expect.poll(delivery).toMatchObject({ state: 'delivered', attempts: [{ status: 200 }] });
    expect(posted[0]?.attempt).toBe(1);
  });

  test('a webhook that cannot succeed fails, and stays readable', async () => {
    await outbox.jobEnds(jobId(1), 'alice', 'https://x.org/hook');
    await outbox.jobEnds(jobId(2), 'alice', 'https://x.org/hook');
    consume({ ...REFUSED, status: 410, final: true });
    await expect.poll(delivery).toMatchObject({ state: 'failed', attempts: [{ status: 410 }] });
    await expect
      .poll(() => producer.webhooks.read(webhookIdOf(jobId(2))))
      .toMatchObject({ state: 'failed', attempts: [] });
  });

  test('a delivered or failed webhook can be replayed', async () => {
    await outbox.jobEnds(jobId(1), 'alice', 'https://x.org/hook');
    consume({ ...REFUSED, status: 410, final: true }, TAKEN, TAKEN);
    await expect.poll(delivery).toMatchObject({ state: 'failed' });
    for (const times of [2, 3]) {
      await producer.webhooks.replay(webhookIdOf(jobId(1)));
      await expect.poll(async () => posted.length).toBe(times);
      await expect.poll(delivery).toMatchObject({ state: 'delivered' });
    }
    expect((await delivery())?.attempts).toHaveLength(3);
    expect(await producer.webhooks.replay('nothing')).toBeNull();
  });

  test.each([
    ['a slow receiver does', () => 'https://slow.org/', 5],
    ['many slow receivers of one account do', (index: number) => `https://slow${index}.org/`, 20],
  ])('%s not delay others', async (_what, urlOf, most) => {
    const release: (() => void)[] = [];
    const consumer = new WebhookConsumer({
      redis,
      redisAddress: server.address,
      readJob: async (id) => ({ ...JOB, job_id: id }),
      deliver: async (webhook) => {
        posted.push(webhook);
        if (webhook.url.includes('slow')) await new Promise<void>((resolve) => release.push(resolve));
        return TAKEN;
      },
      logger: silentLogger(),
    });
    consumers.push(consumer);
    for (let index = 0; index < 60; index += 1)
      await outbox.jobEnds(jobId(100 + index), 'alice', urlOf(index));
    await outbox.jobEnds(jobId(1), 'bob', 'https://quick.org/');
    await expect.poll(delivery).toMatchObject({ state: 'delivered' });
    expect(posted.filter(({ url }) => url.includes('slow')).length).toBeLessThanOrEqual(most);
    for (const finish of release) finish();
  });

  test('are listed by account, newest first, in pages, without the secrets in an address', async () => {
    for (const id of [3, 4, 5])
      await outbox.jobEnds(jobId(id), 'alice', 'https://user:pass@x.org/hook?token=secret&v=1');
    await outbox.jobEnds(jobId(6), 'bob', 'https://x.org/');
    const first = await producer.webhooks.list({ userId: 'alice', limit: 2 });
    expect(first?.deliveries.map(({ job_id }) => job_id)).toEqual([jobId(5), jobId(4)]);
    const cursor = first?.cursor ?? '';
    const rest = await producer.webhooks.list({ userId: 'alice', limit: 2, cursor });
    expect(rest).toMatchObject({ deliveries: [{ job_id: jobId(3) }], cursor: null });
    expect(await producer.webhooks.list({ userId: 'bob', limit: 2, cursor })).toBeNull();
    expect(first?.deliveries[0]?.url).toBe('https://x.org/hook?token=…&v=…');
    expect(await producer.webhooks.list({ userId: 'alice', limit: 5, state: 'failed' })).toMatchObject({
      deliveries: [],
    });
  });

  test('a webhook is delivered after an outage of Redis', async () => {
    consume(TAKEN);
    await server.stop();
    await server.resume();
    await outbox.jobEnds(jobId(1), 'alice', 'https://x.org/hook');
    await expect.poll(delivery).toMatchObject({ state: 'delivered' });
  });

  test.each([
    'meta',
    'failed',
    'events',
    'id',
    'wait',
    'completed',
    'stalled-check',
    'job-x',
    'account-x',
    '',
  ])("BullMQ's own key %j is not a webhook", async (id) => {
    await outbox.jobEnds(jobId(1), 'alice', 'https://x.org/hook');
    expect(await producer.webhooks.read(id)).toBeNull();
    expect(await producer.webhooks.replay(id)).toBeNull();
  });

  test('reading them while Redis is away fails with QUEUE_UNAVAILABLE', async () => {
    await server.stop();
    await expect(producer.webhooks.list({ userId: 'alice', limit: 1 })).rejects.toEqual(
      expect.objectContaining({ code: 'QUEUE_UNAVAILABLE' }),
    );
  });
});
