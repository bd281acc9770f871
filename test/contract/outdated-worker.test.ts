import { openConsumerRedis, type Producer, type RedisClient } from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendJobKey } from '../../packages/queue/src/keys.ts';
import { openProducer } from '../env/producer.ts';
import { Stack } from '../env/stack.ts';

const BOB = '+9996627022';
const ALICE = '+9996627021';
const SEND = '/telegram/user/send';

describe('A worker whose catalogue is older than the API’s', () => {
  let stack: Stack;
  let newer: Producer;
  let redis: RedisClient;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    stack = await Stack.start({ SEND_WAIT_MS: '1000', SEND_PACE: 'off', SEND_MAX_WAIT: '2s' });
    alice = await stack.signIn('alice', ALICE);
    bob = await stack.signIn('bob', BOB);
    redis = openConsumerRedis(stack.redis.address, silentLogger());
    newer = await openProducer(stack.redis.address);
  });
  afterAll(async () => {
    redis.disconnect();
    await newer.close();
    await stack[Symbol.asyncDispose]();
  });

  const message = (text: string) => ({ user_id: 'alice', recipient_id: BOB, text });
  const texts = async () => (await stack.control.messages({ from: alice, to: bob })).map(({ text }) => text);

  /** Enqueues a job as a newer API would. */
  const enqueue = async (more: object, name = 'send'): Promise<string> => {
    const data = { userId: 'alice', requestId: 'r', recipient: BOB, text: 'new', linkPreview: true, ...more };
    const { jobId, wait } = await newer.enqueue({ name: name as 'send', data }, () => {});
    wait.cancel();
    return jobId;
  };

  test.each([
    ['kind', {}, 'message.sparkle'],
    ['version', { v: 99 }, 'send'],
    ['option', { v: 1, effect: 'confetti' }, 'send'],
  ])(
    'puts a job of an unknown %s back and holds it; it is neither failed nor sent without it',
    async (what, more, name) => {
      const before = await texts();
      const jobId = await enqueue(more, name);
      const held = { state: 'delayed', reason: 'WORKER_OUTDATED', attempts: 0 };
      await expect.poll(async () => (await stack.api.get(`/jobs/${jobId}`)).body).toMatchObject(held);
      // Later jobs keep their place behind it, since its chat is not known.
      const behind = await stack.api.post(SEND, message(`behind ${what}`));
      expect(behind).toMatchObject({ status: 202, body: { state: 'delayed', reason: 'WORKER_OUTDATED' } });
      expect((await stack.api.get('/telegram/user/status/alice')).body).toMatchObject({
        state: 'ready',
        held: { reason: 'WORKER_OUTDATED' },
      });
      // The hold is longer than SEND_MAX_WAIT in all, and the worker takes it up anew: the job is still held.
      const until = (await stack.api.get(`/jobs/${jobId}`)).body.retry_at;
      await expect
        .poll(async () => (await stack.api.get(`/jobs/${jobId}`)).body.retry_at, { timeout: 10_000 })
        .not.toBe(until);
      expect(await texts()).toEqual(before);
      expect((await stack.api.request('DELETE', `/jobs/${jobId}`, undefined, {})).body).toMatchObject({
        state: 'cancelled',
      });
      expect((await stack.api.get(`/jobs/${behind.body.job_id}?wait=30`)).body).toMatchObject({
        state: 'completed',
      });
      expect(await texts()).toEqual([...before, `behind ${what}`]);
    },
  );

  test('is replaced by a newer one, which runs the job at once', async () => {
    const jobId = await enqueue({ v: 99, text: 'for the newer worker' });
    const behind = await stack.api.post(SEND, message('after it'));
    expect(behind.body).toMatchObject({ reason: 'WORKER_OUTDATED' });
    await stack.worker.end();
    // To the worker that starts now, the job is one that it knows.
    await redis.hset(
      sendJobKey('alice', jobId),
      'data',
      JSON.stringify({
        v: 1,
        userId: 'alice',
        requestId: 'r',
        digest: '',
        recipient: BOB,
        text: 'for the newer worker',
        linkPreview: true,
      }),
    );
    await stack.startWorker();
    expect((await stack.api.get(`/jobs/${behind.body.job_id}?wait=30`)).body).toMatchObject({
      state: 'completed',
    });
    expect((await texts()).slice(-2)).toEqual(['for the newer worker', 'after it']);
  });
});
