import { GatewayError, UNKNOWN_ACCOUNT, type AccountView } from '@gateway/contracts';
import { raiseFence, shardOf, writeAccountView } from '@gateway/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { doorbellKey } from '../../packages/queue/src/keys.ts';
import { takeBack } from '../../packages/queue/src/take-back.ts';
import { RedisProxy } from '../env/redis-proxy.ts';
import { DATE, QueueStage, SHARDS, take } from './queue-stage.ts';

const RESULT = { message_id: 1, date: DATE };
const READY: AccountView = { ...UNKNOWN_ACCOUNT, state: 'ready' };

describe('a message whose caller was told that Redis is away', () => {
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
    // The account is known here, so that a message is the next thing that Redis is asked for.
    await stage.add('first');
    await (await take(await stage.owner())).complete(RESULT);
    await stage.redis.zrem(doorbellKey(shardOf(stage.userId, SHARDS)), stage.userId);
  });

  const show = (view: AccountView) =>
    writeAccountView(stage.redis, { shard: 0, fence: '1 worker' }, stage.userId, view);
  const send = (text: string, admission?: (view: AccountView) => void) =>
    stage.send({ job: stage.message(text) }, admission).then(
      ({ jobId, wait }) => {
        wait.cancel();
        return { jobId };
      },
      (error: unknown) => GatewayError.from(error).code,
    );
  const key = (name: string) => `{acct-${stage.userId}}:send:${name}`;
  const line = async () => {
    const ids = await stage.redis.lrange(key('wait'), 0, -1);
    const texts = ids.map(async (id) => {
      const data: unknown = JSON.parse((await stage.redis.hget(key(id), 'data')) ?? '{}');
      return (data as { text?: string }).text;
    });
    return (await Promise.all(texts)).toReversed();
  };
  const bell = () => stage.redis.zscore(doorbellKey(shardOf(stage.userId, SHARDS)), stage.userId);

  test('is taken back, and no worker hears of it', async () => {
    proxy.hold();
    const sends = [send('refused')];
    await expect.poll(line).toEqual(['refused']);
    sends.push(send('refused as well'));
    expect(await Promise.all(sends)).toEqual(['QUEUE_UNAVAILABLE', 'QUEUE_UNAVAILABLE']);
    expect(await bell()).toBeNull();
    proxy.release();
    await expect.poll(line).toEqual([]);
    // On the same connection, behind whatever would have been rung.
    await stage.producer.liveWorkers();
    expect(await bell()).toBeNull();
  });

  test('is taken back though Redis had to be sent the script anew after that', async () => {
    await stage.redis.script('FLUSH');
    // That script it knows, so that taking back is not late for the same reason.
    await takeBack(stage.redis, stage.userId, 'none');
    proxy.hold();
    expect(await send('refused')).toBe('QUEUE_UNAVAILABLE');
    proxy.release();
    await expect.poll(() => send('after')).toEqual({ jobId: expect.any(String) });
    await expect.poll(line).toEqual(['after']);
  });

  test('does not join the line later, as its account is by then', async () => {
    await show({ ...READY, hold: { reason: 'FLOOD_WAIT', until: Date.now() + 60_000 } });
    const asked: AccountView[] = [];
    proxy.hold();
    expect(await send('refused', (view) => asked.push(view))).toBe('QUEUE_UNAVAILABLE');
    proxy.release();
    await expect.poll(() => asked.length).toBe(2);
    await stage.producer.liveWorkers();
    expect(await line()).toEqual([]);
  });

  test('is left where a worker came to it before: its job says what became of it', async () => {
    proxy.hold();
    const sent = send('sent');
    await expect.poll(line).toEqual(['sent']);
    const job = await take(await stage.owner());
    await job.complete(RESULT);
    expect(await sent).toBe('QUEUE_UNAVAILABLE');
    proxy.release();
    await expect.poll(() => send('after')).toEqual({ jobId: expect.any(String) });
    expect(await stage.redis.exists(key(job.jobId))).toBe(1);
  });

  test('leaves nothing in Redis where it was not there to be asked', async () => {
    stage.nextAccount();
    proxy.cut();
    await expect.poll(() => send('refused')).toBe('QUEUE_UNAVAILABLE');
    expect(await send('refused')).toBe('QUEUE_UNAVAILABLE');
    proxy.heal();
    await expect.poll(() => stage.producer.liveWorkers().catch(() => 'away')).toBe(0);
    expect(await stage.redis.keys(`*acct-${stage.userId}}*`)).toEqual([]);
  });
});

test('a process that stood still for longer than it waits accepts what Redis has taken meanwhile', async () => {
  const stage = await QueueStage.open();
  stage.nextAccount();
  await raiseFence(stage.redis, stage.userId, '1 worker');
  await writeAccountView(stage.redis, { shard: 0, fence: '1 worker' }, stage.userId, READY);
  await stage.add('before');
  const sent = stage.send({ job: stage.message('accepted') });
  // Until what it takes to have it written at the end of this turn is under way; then nothing of this process runs for a while.
  for (let microtask = 0; microtask < 100; microtask += 1) await Promise.resolve();
  await new Promise((resolve) => {
    setImmediate(() => resolve(Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500)));
  });
  const { wait } = await sent;
  wait.cancel();
  expect((await stage.producer.pending(stage.userId)).waiting).toBe(2);
  await stage.close();
});
