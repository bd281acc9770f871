import { GatewayError } from '@gateway/contracts';
import { addFetchedUpload, publishHold, readUpload, releaseUpload, type JobWait } from '@gateway/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { controlJobKey, ENDED_CHANNEL, HELD_CHANNEL, sendJobKey } from '../../packages/queue/src/keys.ts';
import { DATE, QueueStage, take } from './queue-stage.ts';

/** Limit in ms for a wait that ends by itself. */
const LONG = 20_000;
const RESULT = { message_id: 1, date: DATE };
const FAILED = new GatewayError('RECIPIENT_REFUSED');

describe('a wait for a job', () => {
  let stage: QueueStage;
  beforeAll(async () => {
    stage = await QueueStage.open();
    const subscribers = async () => stage.redis.pubsub('NUMSUB', ENDED_CHANNEL, HELD_CHANNEL);
    await vi.waitFor(async () => expect(await subscribers()).toEqual([ENDED_CHANNEL, 1, HELD_CHANNEL, 1]), {
      timeout: 10_000,
    });
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.nextAccount());

  const send = () => stage.send({ job: stage.message('x') });
  const endOf = (wait: JobWait) => wait.until(LONG).finally(() => wait.cancel());

  test('ends with the result that its worker completes it with', async () => {
    const end = endOf((await send()).wait);
    await (await take(await stage.owner())).complete(RESULT);
    expect(await end).toEqual({ end: 'finished', result: RESULT });
  });

  test('ends with the failure of its job', async () => {
    const end = endOf((await send()).wait);
    await (await take(await stage.owner())).fail(FAILED);
    expect(await end).toEqual({ end: 'finished' });
  });

  test('ends if its job fails with all that wait', async () => {
    const { jobId, wait } = await send();
    const end = endOf(wait);
    const worker = await stage.owner();
    expect(await worker.failWaiting([{ jobId, error: FAILED }], Date.now())).toEqual([jobId]);
    expect(await end).toEqual({ end: 'finished' });
  });

  test('in another process ends too', async () => {
    const { jobId, wait } = await send();
    wait.cancel();
    const end = endOf(stage.producer.watch(jobId));
    await (await take(await stage.owner())).complete(RESULT);
    expect(await end).toEqual({ end: 'finished', result: RESULT });
  });

  test.each(['account', 'job'])('ends with a hold of its %s that outlasts it', async (whom) => {
    const { jobId, wait } = await send();
    const end = endOf(wait);
    const { redis, userId } = stage;
    const to = whom === 'job' ? { jobId } : { userId };
    const hold = { reason: 'FLOOD_WAIT', until: Date.now() + 2 * LONG } as const;
    await publishHold(redis, { userId: 'another' }, { reason: 'PAUSED', until: null });
    await publishHold(redis, to, { ...hold, until: Date.now() + 1_000 });
    await publishHold(redis, to, hold);
    expect(await end).toEqual({ end: 'held', hold });
  });

  // A worker of another version may publish them. The caller then reads the job.
  test('ends without a result that is no JSON', async () => {
    const { jobId, wait } = await send();
    const end = endOf(wait);
    await stage.redis.publish(HELD_CHANNEL, '{"userId":');
    await stage.redis.publish(ENDED_CHANNEL, `${jobId} {"message_id":`);
    expect(await end).toEqual({ end: 'finished' });
  });

  test('ends even if the message about it was lost', async () => {
    const { jobId, wait } = await send();
    const details = { expiresAt: Date.now() + LONG, requestId: 'r' };
    const control = await stage.producer.control.enqueue('account.pause', stage.userId, {}, details);
    const ends = [endOf(wait), endOf(control.wait)];
    const { redis, userId } = stage;
    const shard = Number(control.jobId.split('.')[1]?.slice(1));
    for (const key of [sendJobKey(userId, jobId), controlJobKey(shard, control.jobId)]) {
      expect(await redis.exists(key)).toBe(1);
      await redis.hset(key, 'finishedOn', Date.now());
    }
    expect(await Promise.all(ends)).toEqual([{ end: 'finished' }, { end: 'finished' }]);
  });

  test('of a control job that Redis has lost is no mistake of its caller', async () => {
    const details = { expiresAt: Date.now() + LONG, requestId: 'r' };
    const { redis, producer, userId } = stage;
    const { jobId, wait } = await producer.control.enqueue('account.pause', userId, {}, details);
    wait.cancel();
    await redis.del(controlJobKey(Number(jobId.split('.')[1]?.slice(1)), jobId));
    await expect(producer.control.result('account.pause', jobId)).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      kind: 'retryable',
    });
  });

  test('whose end Redis has lost keeps its uploads', async () => {
    const { redis, userId } = stage;
    const { jobId, wait } = await send();
    wait.cancel();
    const record = { size: 1, sha256: 'x', mimeType: 'a/b', fileName: null, createdAt: Date.now() };
    await addFetchedUpload(redis, userId, 'up_x', record, jobId);
    expect(await releaseUpload(redis, userId, 'up_x', jobId)).toBe(false);
    expect(await readUpload(redis, userId, 'up_x')).toEqual(record);
    await redis.hset(sendJobKey(userId, jobId), 'finishedOn', Date.now());
    expect(await releaseUpload(redis, userId, 'up_x', jobId)).toBe(true);
    expect(await readUpload(redis, userId, 'up_x')).toBeNull();
  });
});
