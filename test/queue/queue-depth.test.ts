import { GatewayError } from '@gateway/contracts';
import { clearDueAccount, rankAllAccounts, readQueueDepth, shardOf } from '@gateway/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  dueAccountsKey,
  rankedAccountsKey,
  sendListKey,
  shardAccountsKey,
} from '../../packages/queue/src/keys.ts';
import { QueueStage, SHARDS, take } from './queue-stage.ts';

const HOUR = 3_600_000;

describe("the pending messages of a shard's accounts", () => {
  let stage: QueueStage;
  beforeAll(async () => {
    stage = await QueueStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    stage.nextAccount();
    // Accounts of earlier tests do not count.
    await stage.redis.del(...Array.from({ length: SHARDS }, (_, number) => rankedAccountsKey(number)));
  });

  const shard = () => shardOf(stage.userId, SHARDS);
  const depth = (...busy: string[]) => readQueueDepth(stage.redis, shard(), { busy });
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
    const both = await readQueueDepth(stage.redis, shard(), { busy: [first] });
    expect(both).toMatchObject({ waiting: 2, oldestAt: older.oldestAt });
    await clear();
  });

  test('rank their accounts for the dashboard: by pending ones, then by failed ones', async () => {
    /** The accounts of this test, in the order of the dashboard. */
    const shown = async (most = 10) =>
      (await stage.producer.board.accountsToShow(most)).filter((each) => mine.includes(each));
    const measure = async () => {
      for (const userId of mine)
        await readQueueDepth(stage.redis, shardOf(userId, SHARDS), { busy: [], failed: [userId] });
    };
    /** An account whose owner has seen its messages, of which it fails some. */
    const account = async (messages: number, failures: number) => {
      await stage.add(...Array.from({ length: messages }, (_, index) => `${index}`));
      const owner = await stage.owner();
      for (let index = 0; index < failures; index += 1)
        await (await take(owner)).fail(new GatewayError('INTERNAL'));
      await clear();
      const { userId } = stage;
      mine.push(userId);
      stage.nextAccount();
      return userId;
    };
    const mine: string[] = [];
    // With few accounts, the dashboard looks at each.
    const others = Array.from({ length: 101 }, (_, index) => `other-${index}`);
    await stage.redis.sadd(shardAccountsKey(0), ...others);
    const [failed, few, many] = [await account(2, 2), await account(1, 0), await account(3, 0)];
    expect(await shown()).toEqual([]);
    await measure();
    expect(await shown()).toEqual([many, few, failed]);
    expect(await shown(1)).toEqual([many]);

    // The messages of `few` end where no worker sees it: an account with pending messages is read again.
    await stage.redis.del(sendListKey(few, 'wait'));
    await readQueueDepth(stage.redis, shardOf(few, SHARDS), { busy: [] });
    expect(await stage.redis.zscore(rankedAccountsKey(shardOf(few, SHARDS)), few)).toBeNull();

    // The failed ones of `failed` are deleted by age.
    await stage.redis.del(sendListKey(failed, 'failed'));
    await rankAllAccounts(stage.redis, shardOf(failed, SHARDS));
    expect(await shown()).toEqual([many]);
    await stage.redis.srem(shardAccountsKey(0), ...others);
  });

  test('show one of few accounts whose message has just failed', async () => {
    await stage.add('1');
    await (await take(await stage.owner())).fail(new GatewayError('INTERNAL'));
    await clear();
    await stage.redis.sadd(shardAccountsKey(shardOf(stage.userId, SHARDS)), stage.userId);
    expect(await stage.producer.board.accountsToShow(10)).toContain(stage.userId);
  });

  test('show an account that no worker has seen yet', async () => {
    await stage.add('1');
    await expect.poll(() => stage.producer.board.accountsToShow(10)).toContain(stage.userId);
    await clear();
  });
});
