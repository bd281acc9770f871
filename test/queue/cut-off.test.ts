import { GatewayError, UNKNOWN_ACCOUNT, type AccountView } from '@gateway/contracts';
import { raiseFence, shardOf, writeAccountView } from '@gateway/queue';
import { RedisProxy } from '@gateway/queue/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dueAccountsKey } from '../../packages/queue/src/keys.ts';
import { withdrawJob } from '../../packages/queue/src/line/withdraw-job.ts';
import { DATE, QueueStage, SHARDS, take } from './queue-stage.ts';

const RESULT = { message_id: 1, date: DATE };
const READY: AccountView = { ...UNKNOWN_ACCOUNT, state: 'ready' };

describe('a message whose caller got a 503 (Redis away)', () => {
  let stage: QueueStage;
  let proxy: RedisProxy;
  beforeAll(async () => {
    stage = await QueueStage.open(async (url) => {
      proxy = await RedisProxy.before(url);
      return proxy.url;
    });
  });
  afterAll(async () => {
    await stage.close();
    await proxy[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    stage.nextAccount();
    await raiseFence(stage.redis, stage.userId, '1 worker');
    await show(READY);
  });

  const show = (view: AccountView) =>
    writeAccountView(stage.redis, { shard: 0, fence: '1 worker' }, stage.userId, view);
  const send = (text: string, admission?: (view: AccountView) => void, idempotencyKey?: string) =>
    stage.send({ job: stage.message(text), idempotencyKey }, admission).then(
      ({ jobId, wait }) => {
        wait.cancel();
        return { jobId };
      },
      (error: unknown) => {
        const { code, kind, details } = GatewayError.from(error);
        return { code, kind, ...(details.jobId !== undefined && { names: details.jobId }) };
      },
    );
  const NOT_QUEUED = { code: 'QUEUE_UNAVAILABLE', kind: 'retryable' };
  const IN_DOUBT = { code: 'QUEUE_UNAVAILABLE', kind: 'unknown_outcome', names: expect.any(String) };
  const key = (name: string) => `{acct-${stage.userId}}:send:${name}`;
  const line = async () => {
    const ids = await stage.redis.lrange(key('wait'), 0, -1);
    const texts = ids.map(async (id) => {
      const data: unknown = JSON.parse((await stage.redis.hget(key(id), 'data')) ?? '{}');
      return (data as { text?: string }).text;
    });
    return (await Promise.all(texts)).toReversed();
  };
  const dueAt = () => stage.redis.zscore(dueAccountsKey(shardOf(stage.userId, SHARDS)), stage.userId);
  /** From now on Redis executes commands, but its answers are held back. It has answered a moment ago. */
  const holdAnswers = async () => {
    await stage.add('first');
    await expect.poll(dueAt).not.toBeNull();
    await stage.redis.zrem(dueAccountsKey(shardOf(stage.userId, SHARDS)), stage.userId);
    await stage.send({ job: { ...stage.message('in contact'), userId: 'another' } });
    proxy.hold();
  };

  test('has an unknown outcome if it was sent to Redis; it is withdrawn, and no worker is notified', async () => {
    await holdAnswers();
    const sends = [send('in doubt')];
    await expect.poll(line).toEqual(['first', 'in doubt']);
    sends.push(send('not asked for'));
    expect(await Promise.all(sends)).toEqual([IN_DOUBT, NOT_QUEUED]);
    expect(await dueAt()).toBeNull();
    proxy.release();
    await expect.poll(line).toEqual(['first']);
    // On the same connection, behind any notification.
    await stage.producer.liveWorkers();
    expect(await dueAt()).toBeNull();
  });

  test('is not sent to Redis after some time of silence', async () => {
    await holdAnswers();
    const first = await send('in doubt', undefined, 'key');
    expect(first).toEqual(IN_DOUBT);
    expect(await send('another', undefined, 'another key')).toEqual(NOT_QUEUED);
    // A repeat of a request with an unknown outcome also has one.
    expect(await send('in doubt', undefined, 'key')).toEqual(first);
    proxy.release();
    // A message with a key is not withdrawn, because an earlier caller may know of it.
    await expect.poll(() => send('in doubt', undefined, 'key')).toEqual({ jobId: expect.any(String) });
    expect(await line()).toEqual(['first', 'in doubt']);
  });

  test('a batch that was sent to Redis in part has an unknown outcome as a whole, and is withdrawn', async () => {
    const message = (text: string, userId = stage.userId) => ({ job: { ...stage.message(text), userId } });
    const many = Array.from({ length: 70 }, (_, index) => message(String(index)));
    await holdAnswers();
    const all = stage.sendMany([...many, message('x', 'another')]);
    await expect(all).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE', kind: 'unknown_outcome' });
    proxy.release();
    await expect.poll(line).toEqual(['first']);
  });

  test('is withdrawn even if the script had to be sent to Redis again', async () => {
    await stage.add('first');
    await stage.redis.script('FLUSH');
    // Redis has the withdrawing script cached, so that one is not late for the same reason.
    await withdrawJob(stage.redis, stage.userId, 'none');
    proxy.hold();
    expect(await send('in doubt')).toEqual(IN_DOUBT);
    proxy.release();
    await expect.poll(() => send('after')).toEqual({ jobId: expect.any(String) });
    await expect.poll(line).toEqual(['first', 'after']);
  });

  test('is not enqueued later, when the account has changed', async () => {
    await stage.send({ job: stage.message('first') }, () => {});
    await show({ ...READY, hold: { reason: 'FLOOD_WAIT', until: Date.now() + 60_000 } });
    const asked: AccountView[] = [];
    await stage.producer.takeToken('contact', 1, 1_000);
    proxy.hold();
    expect(await send('refused', (view) => asked.push(view))).toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    proxy.release();
    await stage.producer.liveWorkers();
    expect(await line()).toEqual(['first']);
  });

  test('stays if a worker has fetched it before, and its job shows the outcome', async () => {
    const owner = await stage.owner();
    // The message is sent to Redis only because Redis has just answered: nothing may come in between.
    await stage.add('first');
    proxy.hold();
    const sent = send('sent');
    await expect.poll(line).toEqual(['first', 'sent']);
    await (await take(owner)).complete(RESULT);
    const job = await take(owner);
    await job.complete(RESULT);
    expect(await sent).toEqual({ ...IN_DOUBT, names: job.jobId });
    proxy.release();
    await expect.poll(() => send('after')).toEqual({ jobId: expect.any(String) });
    expect(await stage.redis.exists(key(job.jobId))).toBe(1);
  });

  test('is followed by others: a dead connection is replaced', async () => {
    await stage.add('first');
    proxy.swallow();
    await expect.poll(() => send('after'), { timeout: 15_000 }).toEqual({ jobId: expect.any(String) });
    expect(await line()).toEqual(['first', 'after']);
  });

  test('leaves nothing in Redis that was not connected', async () => {
    stage.nextAccount();
    proxy.cut();
    await expect.poll(() => send('refused')).toEqual(NOT_QUEUED);
    expect(await send('refused')).toEqual(NOT_QUEUED);
    proxy.heal();
    await expect.poll(() => stage.producer.liveWorkers().catch(() => 'away')).toBe(0);
    expect(await stage.redis.keys(`*acct-${stage.userId}}*`)).toEqual([]);
  });
});

describe('a suspended Redis', () => {
  let stage: QueueStage;
  beforeAll(async () => {
    stage = await QueueStage.open();
  });
  afterAll(() => stage.close());

  const HOW = {
    'is paused': {
      stop: () => stage.redis.call('CLIENT', 'PAUSE', '4000', 'ALL'),
      // Nothing can end a pause of all commands; it ends by itself.
      wake: async () => {},
    },
    'is paused for writes': {
      stop: () => stage.redis.call('CLIENT', 'PAUSE', '60000', 'WRITE'),
      wake: () => stage.redis.call('CLIENT', 'UNPAUSE'),
    },
    'is frozen': {
      stop: async () => stage.server.signal('SIGSTOP'),
      wake: async () => stage.server.signal('SIGCONT'),
    },
  };

  test.each(Object.entries(HOW))(
    'that %s does not execute later what its callers know as not done',
    async (how, redis) => {
      stage.nextAccount();
      const { userId } = stage;
      const outcomes = new Map<string, string>();
      const post = async (text: string, idempotencyKey?: string) => {
        const known = await stage.send({ job: stage.message(text), idempotencyKey }).then(
          ({ wait }) => {
            wait.cancel();
            return 'queued';
          },
          (error: unknown) => GatewayError.from(error).kind,
        );
        outcomes.set(text, known);
      };
      await post('before');
      const posts: Promise<void>[] = [];
      // Send under load, while Redis is suspended, and after some silence.
      for (let burst = 0; burst < 30; burst += 1) {
        for (const each of ['a', 'b'])
          posts.push(post(`${burst}${each}`, each === 'a' ? `key ${burst}` : undefined));
        await new Promise(setImmediate);
        if (burst === 10) await redis.stop();
      }
      const controlled = stage.producer.control.enqueue(
        'account.pause',
        userId,
        {},
        { expiresAt: Date.now() + 60_000, requestId: 'r' },
      );
      const control = controlled.then(
        () => 'queued',
        (error: unknown) => GatewayError.from(error).kind,
      );
      await Promise.all(posts);
      await Promise.all([
        post('certainly not'),
        post('certainly not, keyed', 'key'),
        post('certainly not, keyed again', 'key'),
      ]);
      expect(await control).not.toBe('queued');
      await redis.wake();
      await expect
        .poll(() => stage.producer.pending(userId).catch(() => null), { timeout: 5_000 })
        .not.toBeNull();
      const ids = await stage.redis.lrange(`{acct-${userId}}:send:wait`, 0, -1);
      const found = await Promise.all(
        ids.map((id) => stage.redis.hget(`{acct-${userId}}:send:${id}`, 'data')),
      );
      const queued = new Set(found.map((data) => (JSON.parse(data ?? '{}') as { text: string }).text));
      for (const [text, known] of outcomes) {
        if (known === 'queued') expect(queued, text).toContain(text);
        // Redis reaches these after their deadline. A frozen Redis may have stopped in the middle.
        const isLate = known === 'unknown_outcome' && how !== 'is frozen';
        if (isLate || known === 'retryable') expect(queued, text).not.toContain(text);
      }
      expect(outcomes.get('before')).toBe('queued');
      for (const text of ['certainly not', 'certainly not, keyed', 'certainly not, keyed again'])
        expect(outcomes.get(text)).toBe('retryable');
      if ((await control) === 'retryable')
        expect(await stage.redis.keys(`*:control:*${Buffer.from(userId).toString('base64url')}`)).toEqual([]);
    },
    20_000,
  );
});

test('a process that was suspended for longer than its timeout accepts a message that Redis has enqueued meanwhile', async () => {
  const stage = await QueueStage.open();
  stage.nextAccount();
  await raiseFence(stage.redis, stage.userId, '1 worker');
  await writeAccountView(stage.redis, { shard: 0, fence: '1 worker' }, stage.userId, READY);
  await stage.add('before');
  const sent = stage.send({ job: stage.message('accepted') });
  // Sends of one turn share a script at its end, and commands of one turn share a write at its end. Let the write
  // begin, then suspend this process.
  for (let microtask = 0; microtask < 100; microtask += 1) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => {
    setImmediate(() => resolve(Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500)));
  });
  const { wait } = await sent;
  wait.cancel();
  expect((await stage.producer.pending(stage.userId)).waiting).toBe(2);
  await stage.close();
});
