import { UNKNOWN_ACCOUNT } from '@gateway/contracts';
import { AccountQueues, dropOldJobs, sharedBackend, shardOf, writeAccountView } from '@gateway/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DATE, QueueStage, SHARDS, take } from './queue-stage.ts';

const FENCE = '1 worker';

describe('jobs after the retention time', () => {
  let stage: QueueStage;
  beforeAll(async () => {
    stage = await QueueStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.nextAccount());

  /** Deletes jobs that ended at least this long ago. */
  const drop = (ageMs: number) =>
    dropOldJobs(
      stage.redis,
      new AccountQueues(stage.redis, sharedBackend(stage.redis)),
      shardOf(stage.userId, SHARDS),
      ageMs,
      new AbortController().signal,
    );

  test('are deleted even if their account is idle; younger and waiting jobs stay', async () => {
    const { redis, userId, producer } = stage;
    const shard = shardOf(userId, SHARDS);
    const [sent = '', cancelled = '', waiting = ''] = await stage.add('1', '2', '3');
    const worker = await stage.owner();
    await writeAccountView(redis, { shard, fence: FENCE }, userId, { ...UNKNOWN_ACCOUNT, state: 'ready' });
    await (await take(worker)).complete({ message_id: 1, date: DATE });
    await producer.jobs.cancelWaiting(userId, cancelled);

    await drop(60_000);
    expect(await producer.job(sent)).not.toBeNull();
    await expect
      .poll(async () => {
        await drop(1);
        return Promise.all([sent, cancelled].map((jobId) => producer.job(jobId)));
      })
      .toEqual([null, null]);
    expect(await producer.job(waiting)).toMatchObject({ state: 'waiting' });
  });

  test('leave little memory behind', async () => {
    const { redis, userId, producer } = stage;
    await stage.add(...Array.from({ length: 150 }, (_, index) => `message ${index}`));
    const worker = await stage.owner();
    await writeAccountView(redis, { shard: shardOf(userId, SHARDS), fence: FENCE }, userId, {
      ...UNKNOWN_ACCOUNT,
      state: 'ready',
    });
    for (let sent = 0; sent < 150; sent += 1)
      await (await take(worker)).complete({ message_id: 1, date: DATE });
    expect(await producer.pending(userId)).toEqual({ waiting: 0, delayed: 0, active: 0 });
    const queue = stage.queue();
    await expect
      .poll(async () => {
        await drop(1);
        return queue.getCompletedCount();
      })
      .toBe(0);
    const keys = await redis.keys(`{acct-${userId}}:*`);
    const sizes = await Promise.all(keys.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)));
    expect(sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)).toBeLessThan(8_000);
  });
});
