import { GatewayError, UNKNOWN_ACCOUNT, type AccountView } from '@gateway/contracts';
import { claimShardCount, raiseFence, shardOf, writeAccountView } from '@gateway/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dueAccountsKey, sendJobKey } from '../../packages/queue/src/keys.ts';
import { MAX_PENDING, QueueStage, SHARDS, take, newSend } from './queue-stage.ts';

describe('enqueueing messages', () => {
  let stage: QueueStage;
  beforeAll(async () => {
    stage = await QueueStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.nextAccount());

  test('messages with the same send_at keep the order of acceptance', async () => {
    const sendAt = Date.now() + 3_600_000;
    const texts = Array.from({ length: 300 }, (_, index) => String(index));
    for (const text of texts) (await stage.send({ job: stage.message(text), sendAt })).wait.cancel();
    const worker = await stage.owner();
    await worker.promoteAll();
    const order: string[] = [];
    for (const _ of texts) order.push(String((await take(worker)).data['text']));
    expect(order).toEqual(texts);
  });

  test('the same Idempotency-Key leads to the same job, and is refused with another message', async () => {
    const first = await stage.send({ job: stage.message('once'), idempotencyKey: 'key' });
    const second = await stage.send({
      job: { ...stage.message('once'), requestId: 'another request' },
      idempotencyKey: 'key',
    });
    expect(second.jobId).toBe(first.jobId);
    await expect(stage.send({ job: stage.message('twice'), idempotencyKey: 'key' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
    expect(await stage.producer.pending(stage.userId)).toEqual({ waiting: 1, delayed: 0, active: 0 });
  });

  test('a batch keeps its order, between earlier and later messages', async () => {
    await stage.add('0');
    const texts = Array.from({ length: 200 }, (_, index) => String(index + 1));
    const jobs = await stage.sendMany(texts.map((text) => ({ job: stage.message(text) })));
    expect(new Set(jobs.map((job) => 'jobId' in job && job.jobId)).size).toBe(200);
    await stage.add('201');
    const worker = await stage.owner();
    for (let index = 0; index <= 201; index += 1)
      expect((await take(worker)).data['text']).toBe(String(index));
  });

  test('in a batch, a key of another message refuses only its own message', async () => {
    (await stage.send({ job: stage.message('one'), idempotencyKey: 'key' })).wait.cancel();
    const outcomes = await stage.sendMany([
      { job: stage.message('another'), idempotencyKey: 'key' },
      { job: stage.message('third') },
    ]);
    expect(outcomes).toMatchObject([{ code: 'IDEMPOTENCY_MISMATCH' }, { jobId: expect.any(String) }]);
  });

  test('a list shows a large message without reading its data, and one of a former version, too', async () => {
    const text = '👍 '.repeat(20_000);
    const { jobId, wait } = await stage.send({ job: stage.message(text), sendAt: Date.now() + 3_600_000 });
    wait.cancel();
    const key = sendJobKey(stage.userId, jobId);
    const list = async () => (await stage.producer.listings.sends(stage.userId)(10)).pending;
    const shown = {
      job_id: jobId,
      recipient_id: 'me',
      parts: expect.any(Number),
      reason: 'SEND_AT',
      attempts: 0,
    };
    const preview = expect.stringMatching(/^(👍 )+👍?…$/u);
    const data = await stage.redis.hget(key, 'data');
    await stage.redis.hset(key, 'data', 'x'.repeat(20_000));
    const read = await list();
    expect(read).toMatchObject([{ ...shown, preview }]);
    await stage.redis.hset(key, 'data', data ?? '');
    await stage.redis.hdel(key, 'summary');
    expect(await list()).toEqual(read);
    const small = await stage.add('small');
    expect(await stage.redis.hexists(sendJobKey(stage.userId, small[0] ?? ''), 'summary')).toBe(0);
  });

  test('a full queue refuses new messages, and recognises repeats', async () => {
    const texts = Array.from({ length: MAX_PENDING + 2 }, (_, index) => String(index));
    const sends = texts.map((text) => ({ job: stage.message(text), idempotencyKey: text }));
    const outcomes = await stage.sendMany(sends);
    expect(outcomes.slice(MAX_PENDING)).toMatchObject([{ code: 'QUEUE_FULL' }, { code: 'QUEUE_FULL' }]);
    await expect(stage.send({ job: stage.message('one more') })).rejects.toMatchObject({
      code: 'QUEUE_FULL',
      details: { retryAfter: expect.any(Number) },
    });
    const [first] = sends;
    if (first === undefined) throw new Error('no first send');
    const again = await stage.send(first);
    again.wait.cancel();
    expect(outcomes[0]).toEqual({ jobId: again.jobId });
    expect((await stage.producer.pending(stage.userId)).waiting).toBe(MAX_PENDING);
  });

  describe('each message is checked against the account view, which is still current when it is enqueued', () => {
    const READY: AccountView = { ...UNKNOWN_ACCOUNT, state: 'ready' };
    const onlyReady = ({ state }: AccountView) => {
      if (state !== 'ready') throw new GatewayError('NOT_AUTHORIZED');
    };
    const show = (view: AccountView) =>
      writeAccountView(stage.redis, { shard: 0, fence: '1 worker' }, stage.userId, view);
    const send = async (admission: (view: AccountView) => void = onlyReady, sendAt?: number) => {
      const { wait, view } = await stage.send({ job: stage.message('x'), sendAt }, admission);
      wait.cancel();
      return view;
    };
    const waiting = async () => (await stage.producer.pending(stage.userId)).waiting;
    beforeEach(() => raiseFence(stage.redis, stage.userId, '1 worker'));

    test('an unknown account is refused, and leaves nothing in Redis', async () => {
      await expect(send()).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
      expect(await stage.redis.keys(`*${stage.userId}*`)).toEqual([`{acct-${stage.userId}}:fence`]);
    });

    test.each(['none', 'revoked'] as const)(
      'an account that becomes %s is refused until it is ready again',
      async (state) => {
        await show(READY);
        expect(await send()).toEqual(READY);
        await show({ ...READY, state });
        await expect(send()).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
        await expect(send(onlyReady, Date.now() + 60_000)).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
        await show(READY);
        expect(await send()).toEqual(READY);
        expect(await waiting()).toBe(2);
      },
    );

    test.each([undefined, 60_000])(
      'an account that changes meanwhile is checked again before the message is enqueued (due in %s ms)',
      async (inMs) => {
        const sendAt = inMs === undefined ? undefined : Date.now() + inMs;
        await show(READY);
        await send();
        const held = { ...READY, hold: { reason: 'FLOOD_WAIT' as const, until: Date.now() + 60_000 } };
        await show(held);
        const asked: AccountView[] = [];
        expect(await send((view) => asked.push(view), sendAt)).toEqual(held);
        expect(asked).toEqual([READY, held]);
        const { waiting: now, delayed } = await stage.producer.pending(stage.userId);
        expect(now + delayed).toBe(2);
      },
    );

    test('in a batch, messages of a refused account do not stop the others', async () => {
      await show(READY);
      const nobody = { ...stage.message('nobody'), userId: 'nobody' };
      const sends = [stage.message('1'), nobody, stage.message('2')].map((job) => newSend({ job }));
      expect(await stage.producer.enqueueMany(sends, onlyReady)).toMatchObject([
        { jobId: expect.any(String) },
        { code: 'NOT_AUTHORIZED' },
        { jobId: expect.any(String) },
      ]);
      expect(await stage.redis.keys('*nobody*')).toEqual([]);
    });

    test.each([1, 70, 300])(
      '%i messages at once are checked again and keep their order when the view changes',
      async (count) => {
        await show(READY);
        await send();
        await show({ ...READY, reason: 'another than before' });
        const texts = Array.from({ length: count }, (_, index) => String(index));
        const outcomes = await stage.producer.enqueueMany(
          texts.map((text) => newSend({ job: stage.message(text) })),
          onlyReady,
        );
        expect(new Set(outcomes.map((outcome) => 'jobId' in outcome && outcome.jobId)).size).toBe(count);
        const worker = await stage.owner();
        await take(worker);
        for (const text of texts) expect((await take(worker)).data['text']).toBe(text);
      },
    );

    test('a hold that is over is ignored', async () => {
      await show({ ...READY, state: 'flood_wait', hold: { reason: 'FLOOD_WAIT', until: Date.now() - 1 } });
      expect(await send()).toEqual(READY);
      expect(await send()).toEqual(READY);
    });
  });

  test('two simultaneous requests with one key are one message', async () => {
    const send = { job: stage.message('once'), idempotencyKey: 'key' };
    const [first, second] = await Promise.all([stage.send(send), stage.send(send)]);
    expect(first.jobId).toBe(second.jobId);
    expect((await stage.producer.pending(stage.userId)).waiting).toBe(1);
  });

  test('a refused send that a frozen Redis received is withdrawn when Redis continues', async () => {
    await stage.add('before');
    stage.server.signal('SIGSTOP');
    await expect(stage.send({ job: stage.message('refused') })).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
    });
    stage.server.signal('SIGCONT');
    await expect
      .poll(() =>
        stage.send({ job: stage.message('after') }).then(
          () => 'sent',
          () => 'refused',
        ),
      )
      .toBe('sent');
    const worker = await stage.owner();
    await expect.poll(async () => (await stage.producer.pending(stage.userId)).waiting).toBe(2);
    expect([(await take(worker)).data['text'], (await take(worker)).data['text']]).toEqual([
      'before',
      'after',
    ]);
  });

  test('a different number of shards is refused, with what to set', async () => {
    await expect(claimShardCount(stage.redis, SHARDS + 1)).rejects.toThrow(/SHARDS=4/);
  });
});

test('a message behind others needs no notification; a first one notifies the owner', async () => {
  const stage = await QueueStage.open();
  stage.nextAccount();
  const { userId } = stage;
  const key = dueAccountsKey(shardOf(userId, SHARDS));
  const clear = () => stage.redis.zrem(key, userId);
  // The owner is notified in the same step as the message is enqueued.
  const isDue = async () => (await stage.redis.zscore(key, userId)) !== null;
  await stage.add('1');
  expect(await isDue()).toBe(true);
  await stage.add('2');
  for (const text of ['3', '4']) {
    await clear();
    await stage.add(text);
    expect(await isDue()).toBe(false);
  }
  const worker = await stage.owner();
  for (const _ of ['1', '2', '3', '4']) await take(worker);
  // The queue is empty now, so each of these messages notifies the owner.
  for (const text of ['5', '6']) {
    await stage.add(text);
    expect(await isDue()).toBe(true);
    await clear();
    await take(worker);
  }
  await stage.close();
});

test('the owner of each account is notified, from the first messages of a process on', async () => {
  const stage = await QueueStage.open();
  const names = (prefix: string) => Array.from({ length: 20 }, (_, index) => `${prefix}-${index}`);
  const send = async (userId: string, sendAt?: number) => {
    const job = { ...stage.message('x'), userId };
    (await stage.send({ job, sendAt })).wait.cancel();
  };
  const dueAt = (userId: string) => stage.redis.zscore(dueAccountsKey(shardOf(userId, SHARDS)), userId);
  // The first messages come all at once, when Redis does not have the script cached yet.
  for (const round of ['first', 'second', 'third']) {
    await Promise.all(names(round).map((userId) => send(userId)));
    for (const userId of names(round)) expect(await dueAt(userId)).toBe('0');
  }
  const at = Date.now() + 60_000;
  await send('later', at);
  expect(await dueAt('later')).toBe(String(at));
  await stage.close();
});
