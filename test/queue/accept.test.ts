import { claimShardCount, shardOf } from '@gateway/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { doorbellKey } from '../../packages/queue/src/keys.ts';
import { MAX_PENDING, QueueStage, SHARDS, take } from './queue-stage.ts';

describe('accepting messages', () => {
  let stage: QueueStage;
  beforeAll(async () => {
    stage = await QueueStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.nextAccount());

  test('messages of the same time leave in the order in which they were accepted', async () => {
    const sendAt = Date.now() + 1_500;
    const texts = Array.from({ length: 300 }, (_, index) => String(index));
    for (const text of texts) (await stage.producer.send({ job: stage.message(text), sendAt })).wait.cancel();
    const worker = await stage.owner();
    await worker.promoteAll();
    const order: string[] = [];
    for (const _ of texts) order.push((await take(worker)).data.text);
    expect(order).toEqual(texts);
  });

  test('the same Idempotency-Key leads to the same job, with another message to a refusal', async () => {
    const first = await stage.producer.send({ job: stage.message('once'), idempotencyKey: 'key' });
    const second = await stage.producer.send({
      job: { ...stage.message('once'), requestId: 'another request' },
      idempotencyKey: 'key',
    });
    expect(second.jobId).toBe(first.jobId);
    await expect(
      stage.producer.send({ job: stage.message('twice'), idempotencyKey: 'key' }),
    ).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
    expect(await stage.producer.pending(stage.userId)).toEqual({ waiting: 1, delayed: 0, active: 0 });
  });

  test('many at once keep their order, with those accepted before and after', async () => {
    await stage.add('0');
    const texts = Array.from({ length: 200 }, (_, index) => String(index + 1));
    const jobs = await stage.producer.sendMany(texts.map((text) => ({ job: stage.message(text) })));
    expect(new Set(jobs.map((job) => 'jobId' in job && job.jobId)).size).toBe(200);
    await stage.add('201');
    const worker = await stage.owner();
    for (let index = 0; index <= 201; index += 1) expect((await take(worker)).data.text).toBe(String(index));
  });

  test('of many, a key that belongs to another message refuses that one alone', async () => {
    (await stage.producer.send({ job: stage.message('one'), idempotencyKey: 'key' })).wait.cancel();
    const outcomes = await stage.producer.sendMany([
      { job: stage.message('another'), idempotencyKey: 'key' },
      { job: stage.message('third') },
    ]);
    expect(outcomes).toMatchObject([{ code: 'IDEMPOTENCY_MISMATCH' }, { jobId: expect.any(String) }]);
  });

  test('a full line takes no more, but knows again what it has', async () => {
    const texts = Array.from({ length: MAX_PENDING + 2 }, (_, index) => String(index));
    const sends = texts.map((text) => ({ job: stage.message(text), idempotencyKey: text }));
    const outcomes = await stage.producer.sendMany(sends);
    expect(outcomes.slice(MAX_PENDING)).toMatchObject([{ code: 'QUEUE_FULL' }, { code: 'QUEUE_FULL' }]);
    await expect(stage.producer.send({ job: stage.message('one more') })).rejects.toMatchObject({
      code: 'QUEUE_FULL',
      details: { retryAfter: expect.any(Number) },
    });
    const [first] = sends;
    if (first === undefined) throw new Error('there is a first');
    const again = await stage.producer.send(first);
    again.wait.cancel();
    expect(outcomes[0]).toEqual({ jobId: again.jobId });
    expect((await stage.producer.pending(stage.userId)).waiting).toBe(MAX_PENDING);
  });

  test('what a frozen Redis received of a refused send is taken back when it wakes', async () => {
    await stage.add('before');
    stage.server.signal('SIGSTOP');
    await expect(stage.producer.send({ job: stage.message('refused') })).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
    });
    stage.server.signal('SIGCONT');
    await expect
      .poll(() =>
        stage.producer.send({ job: stage.message('after') }).then(
          () => 'sent',
          () => 'refused',
        ),
      )
      .toBe('sent');
    const worker = await stage.owner();
    await expect.poll(async () => (await stage.producer.pending(stage.userId)).waiting).toBe(2);
    expect([(await take(worker)).data.text, (await take(worker)).data.text]).toEqual(['before', 'after']);
  });

  test('another number of shards than the first is refused, with what to set', async () => {
    await expect(claimShardCount(stage.redis, SHARDS + 1)).rejects.toThrow(/SHARDS=4/);
  });
});

test('every account that a message was accepted for has its bell rung, from the first ones of a process on', async () => {
  const stage = await QueueStage.open();
  const names = (prefix: string) => Array.from({ length: 20 }, (_, index) => `${prefix}-${index}`);
  const send = async (userId: string, sendAt?: number) => {
    const job = { ...stage.message('x'), userId };
    (await stage.producer.send({ job, sendAt })).wait.cancel();
  };
  const bell = (userId: string) => stage.redis.zscore(doorbellKey(shardOf(userId, SHARDS)), userId);
  // The first all at once, when Redis does not know the script yet.
  for (const round of ['first', 'second', 'third']) {
    await Promise.all(names(round).map((userId) => send(userId)));
    for (const userId of names(round)) await expect.poll(() => bell(userId)).toBe('0');
  }
  const at = Date.now() + 60_000;
  await send('later', at);
  await expect.poll(() => bell('later')).toBe(String(at));
  await stage.close();
});
