import { UNKNOWN_ACCOUNT } from '@gateway/contracts';
import { AccountQueues, dropOldJobs, sharedBackend, shardOf, writeAccountView } from '@gateway/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DATE, QueueStage, SHARDS, take } from './queue-stage.ts';

const FENCE = '1 worker';

describe('jobs that have been kept for long enough', () => {
  let stage: QueueStage;
  beforeAll(async () => {
    stage = await QueueStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.nextAccount());

  test('are deleted though their account is quiet; younger ones and those that wait are kept', async () => {
    const { redis, userId, producer } = stage;
    const shard = shardOf(userId, SHARDS);
    const [sent = '', cancelled = '', waiting = ''] = await stage.add('1', '2', '3');
    const worker = await stage.owner();
    await writeAccountView(redis, { shard, fence: FENCE }, userId, { ...UNKNOWN_ACCOUNT, state: 'ready' });
    await (await take(worker)).complete({ message_id: 1, date: DATE });
    await producer.cancelWaiting(userId, cancelled);

    const drop = (ageMs: number) =>
      dropOldJobs(
        redis,
        new AccountQueues(redis, sharedBackend(redis)),
        shard,
        ageMs,
        new AbortController().signal,
      );
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
});
