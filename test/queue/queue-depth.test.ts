import { clearDueAccount, readQueueDepth, shardOf } from '@gateway/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dueAccountsKey } from '../../packages/queue/src/keys.ts';
import { QueueStage, SHARDS, take } from './queue-stage.ts';

const HOUR = 3_600_000;

describe("what waits of a shard's accounts", () => {
  let stage: QueueStage;
  beforeAll(async () => {
    stage = await QueueStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.nextAccount());

  const shard = () => shardOf(stage.userId, SHARDS);
  const depth = (...busy: string[]) => readQueueDepth(stage.redis, shard(), busy);
  const bell = () => stage.redis.zscore(dueAccountsKey(shard()), stage.userId);

  /** Its bell is up, and is taken down as by a worker. */
  async function answer(): Promise<void> {
    await expect.poll(bell).not.toBeNull();
    await clearDueAccount(stage.redis, shard(), stage.userId, Date.now() + 2 * HOUR);
    expect(await bell()).toBeNull();
  }

  async function schedule(): Promise<void> {
    const { wait } = await stage.send({ job: stage.message('later'), sendAt: Date.now() + HOUR });
    wait.cancel();
  }

  test('is counted where a bell has rung, once', async () => {
    const before = Date.now();
    await stage.add('1', '2', '3');
    await take(await stage.owner());
    await expect.poll(bell).not.toBeNull();
    for (const found of [await depth(), await depth(stage.userId)]) {
      expect(found).toMatchObject({ waiting: 2, delayed: 0, active: 1 });
      expect(found.oldestAt).toBeGreaterThanOrEqual(before);
      expect(found.oldestAt).toBeLessThanOrEqual(Date.now());
    }
    await answer();
  });

  test('is counted where the bell was answered and the account is known to be busy', async () => {
    await stage.add('1', '2');
    await answer();
    expect(await depth()).toEqual({ waiting: 0, delayed: 0, active: 0, oldestAt: null });
    const { oldestAt, ...counts } = await depth(stage.userId);
    expect(counts).toEqual({ waiting: 2, delayed: 0, active: 0 });
    expect(oldestAt).not.toBeNull();
  });

  test('is counted where it is held until a time of its own, and is no oldest then', async () => {
    await schedule();
    await expect.poll(bell).not.toBeNull();
    const scheduled = { waiting: 0, delayed: 1, active: 0, oldestAt: null };
    expect(await depth()).toEqual(scheduled);
    await answer();
    expect(await depth(stage.userId)).toEqual(scheduled);
  });

  test('is as old as the oldest of all', async () => {
    await stage.add('1');
    await answer();
    const older = await depth(stage.userId);
    const first = stage.userId;
    stage.nextAccount();
    await stage.add('2');
    await expect.poll(bell).not.toBeNull();
    const both = await readQueueDepth(stage.redis, shard(), [first]);
    expect(both).toMatchObject({ waiting: 2, oldestAt: older.oldestAt });
    await answer();
  });
});
