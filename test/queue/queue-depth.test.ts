import { clearDueAccount, readQueueDepth, shardOf } from '@gateway/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dueAccountsKey } from '../../packages/queue/src/keys.ts';
import { QueueStage, SHARDS, take } from './queue-stage.ts';

const HOUR = 3_600_000;

describe("the pending messages of a shard's accounts", () => {
  let stage: QueueStage;
  beforeAll(async () => {
    stage = await QueueStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.nextAccount());

  const shard = () => shardOf(stage.userId, SHARDS);
  const depth = (...busy: string[]) => readQueueDepth(stage.redis, shard(), busy);
  const dueAt = () => stage.redis.zscore(dueAccountsKey(shard()), stage.userId);

  /** Waits until the account is due, and clears it as a worker does. */
  async function clear(): Promise<void> {
    await expect.poll(dueAt).not.toBeNull();
    await clearDueAccount(stage.redis, shard(), stage.userId, Date.now() + 2 * HOUR);
    expect(await dueAt()).toBeNull();
  }

  async function schedule(): Promise<void> {
    const { wait } = await stage.send({ job: stage.message('later'), sendAt: Date.now() + HOUR });
    wait.cancel();
  }

  test('are counted once if the account is due', async () => {
    const before = Date.now();
    await stage.add('1', '2', '3');
    await take(await stage.owner());
    await expect.poll(dueAt).not.toBeNull();
    for (const found of [await depth(), await depth(stage.userId)]) {
      expect(found).toMatchObject({ waiting: 2, delayed: 0, active: 1 });
      expect(found.oldestAt).toBeGreaterThanOrEqual(before);
      expect(found.oldestAt).toBeLessThanOrEqual(Date.now());
    }
    await clear();
  });

  test('are counted if the account was cleared but is known to be busy', async () => {
    await stage.add('1', '2');
    await clear();
    expect(await depth()).toEqual({ waiting: 0, delayed: 0, active: 0, oldestAt: null });
    const { oldestAt, ...counts } = await depth(stage.userId);
    expect(counts).toEqual({ waiting: 2, delayed: 0, active: 0 });
    expect(oldestAt).not.toBeNull();
  });

  test('are counted with a send_at, but not as the oldest', async () => {
    await schedule();
    await expect.poll(dueAt).not.toBeNull();
    const scheduled = { waiting: 0, delayed: 1, active: 0, oldestAt: null };
    expect(await depth()).toEqual(scheduled);
    await clear();
    expect(await depth(stage.userId)).toEqual(scheduled);
  });

  test('have the age of the oldest of all accounts', async () => {
    await stage.add('1');
    await clear();
    const older = await depth(stage.userId);
    const first = stage.userId;
    stage.nextAccount();
    await stage.add('2');
    await expect.poll(dueAt).not.toBeNull();
    const both = await readQueueDepth(stage.redis, shard(), [first]);
    expect(both).toMatchObject({ waiting: 2, oldestAt: older.oldestAt });
    await clear();
  });
});
