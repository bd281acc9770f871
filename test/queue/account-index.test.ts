import { UNKNOWN_ACCOUNT, type AccountView } from '@gateway/contracts';
import {
  openConsumerRedis,
  publishedAccounts,
  publishShard,
  raiseFence,
  shardOf,
  writeAccountView,
  type AccountQuery,
  type RedisClient,
} from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { indexedShardKey } from '../../packages/queue/src/keys.ts';
import { indexAccount } from '../../packages/queue/src/views/account-index.ts';
import { rankAccounts } from '../../packages/queue/src/views/account-ranking.ts';
import { QueueStage, SHARDS } from './queue-stage.ts';

const READY: AccountView = { ...UNKNOWN_ACCOUNT, state: 'ready' };
const PAUSED: AccountView = { ...READY, reason: 'PAUSED' };
const user = {
  id: 1,
  first_name: 'Анна',
  last_name: 'Ли',
  username: 'AnnaLee',
  phone_number: '+79991234567',
};
const flooded = (until: number): AccountView => ({
  ...READY,
  state: 'flood_wait',
  hold: { reason: 'FLOOD_WAIT', until },
});

describe('the index of accounts', () => {
  let stage: QueueStage;
  let redis: RedisClient;
  beforeAll(async () => {
    stage = await QueueStage.open();
    redis = openConsumerRedis(stage.server.address, silentLogger());
  });
  beforeEach(async () => {
    await redis.flushall();
    await publishAll();
  });
  afterAll(async () => {
    redis.disconnect();
    await stage.close();
  });

  const publishAll = async () => {
    for (let shard = 0; shard < SHARDS; shard += 1) await publishShard(redis, shard, async () => true);
  };
  const show = async (userId: string, view: AccountView, number = 1) => {
    const fence = `${number} worker`;
    await raiseFence(redis, userId, fence).catch(() => {});
    await writeAccountView(redis, { shard: shardOf(userId, SHARDS), fence }, userId, view);
  };
  const find = (query: Partial<AccountQuery> = {}) =>
    stage.producer.listings.accounts({ among: null, limit: 100, ...query });
  const ids = async (query: Partial<AccountQuery> = {}) => (await find(query)).userIds;

  test('lists published accounts by user_id, in pages, with the total', async () => {
    for (const userId of ['b', 'a', 'Z', 'c']) await show(userId, READY);
    expect(await find({ limit: 3 })).toEqual({ userIds: ['Z', 'a', 'b'], total: 4, next: 'b' });
    expect(await find({ limit: 3, after: 'b' })).toEqual({ userIds: ['c'], total: 4, next: null });
    expect(await find({ after: 'c' })).toEqual({ userIds: [], total: 4, next: null });
  });

  test('an account moves with its state, and leaves when it is forgotten', async () => {
    await show('a', READY);
    await show('b', PAUSED);
    expect([await ids({ state: 'ready' }), await ids({ needsAttention: true })]).toEqual([['a', 'b'], ['b']]);
    await show('a', { ...READY, state: 'banned' });
    expect(await ids({ state: 'ready', needsAttention: true })).toEqual(['b']);
    expect([await ids({ state: 'banned' }), await ids({ needsAttention: false })]).toEqual([['a'], []]);
    await show('a', UNKNOWN_ACCOUNT);
    await show('b', UNKNOWN_ACCOUNT);
    expect(await find()).toEqual({ userIds: [], total: 0, next: null });
    expect(await redis.keys('{gateway}:accounts:*')).toEqual([]);
  });

  test('an account whose hold is over is ready again, though its worker has published nothing', async () => {
    await show('over', flooded(Date.now() - 1));
    await show('held', flooded(Date.now() + 60_000));
    expect(await ids({ state: 'flood_wait' })).toEqual(['held']);
    expect(await ids({ state: 'ready' })).toEqual(['over']);
    await show('over', flooded(Date.now() + 60_000));
    expect(await ids({ state: 'flood_wait' })).toEqual(['held', 'over']);
  });

  test.each(['anna-1', 'нна л', 'nnalee', '@annalee', '999123', '+7999'])(
    'a search for %s finds the account by its user_id, name, username or phone number',
    async (text) => {
      await show('Anna-1', { ...READY, user });
      await show('Bob', {
        ...PAUSED,
        user: { ...user, first_name: 'Bob', username: null, phone_number: null },
      });
      expect(await ids({ text })).toContain('Anna-1');
      expect(await ids({ text, among: ['Anna-1'] })).toEqual(['Anna-1']);
      expect(await ids({ text, needsAttention: true, state: 'flood_wait' })).toEqual([]);
    },
  );

  test('a search counts and pages matches over several batches', async () => {
    const all = Array.from({ length: 2_500 }, (_, index) => `user-${String(index).padStart(4, '0')}`);
    await Promise.all(all.map((userId) => show(userId, READY)));
    const odd = all.filter((userId) => userId.endsWith('7'));
    expect(await find({ text: '7', limit: 1 })).toMatchObject({
      userIds: ['user-0007'],
      total: all.filter((userId) => userId.includes('7')).length,
    });
    const found = await find({ text: 'user', after: 'user-0999', limit: 1_200 });
    expect(found).toEqual({ userIds: all.slice(1_000, 2_200), total: 2_500, next: 'user-2199' });
    expect((await find({ text: '7', limit: 2_500 })).userIds).toEqual(expect.arrayContaining(odd));
  });

  /** All pages of a list, and how many of them there are. */
  const pages = async (query: Partial<AccountQuery>) => {
    const all: string[][] = [];
    for (let after: string | null | undefined; after !== null;) {
      const page = await find({ ...query, after });
      all.push(page.userIds);
      after = page.next;
    }
    return all;
  };
  const rank = async (userId: string, waiting: number) => {
    const depth = { waiting, delayed: 0, active: 0, failed: 0, oldestAt: null };
    await rankAccounts(redis, shardOf(userId, SHARDS), new Map([[userId, depth]]));
  };

  test('sorts by name backwards, by urgency and by queue, page after page, with every filter', async () => {
    const views = { a: READY, b: PAUSED, c: { ...READY, state: 'banned' }, d: READY, e: PAUSED } as const;
    for (const [userId, view] of Object.entries(views)) await show(userId, view);
    await show('f', flooded(Date.now() - 1));
    for (const [userId, waiting] of [
      ['b', 2],
      ['d', 5],
      ['e', 2],
      ['gone', 9],
    ] as const)
      await rank(userId, waiting);
    const limits = [1, 2, 100];
    for (const limit of limits) {
      const sorted = async (query: Partial<AccountQuery>) =>
        (await pages({ limit, ...query })).flat().join('');
      expect(await sorted({ sort: '-name' })).toBe('fedcba');
      expect(await sorted({ sort: 'state' })).toBe('cbeadf');
      expect(await sorted({ sort: 'queue' })).toBe('dbeacf');
      expect(await sorted({ sort: 'queue', state: 'ready' })).toBe('dbeaf');
      expect(await sorted({ sort: 'state', needsAttention: false })).toBe('adf');
      expect(await sorted({ sort: 'queue', text: 'e' })).toBe('e');
      expect(await sorted({ sort: '-name', needsAttention: true })).toBe('ecb');
      expect(await sorted({ sort: 'queue', among: ['a', 'd', 'c', 'unknown'] })).toBe('dac');
    }
    expect(await ids({ sort: 'queue', after: 'b' })).toEqual(['e', 'a', 'c', 'f']);
    await show('d', UNKNOWN_ACCOUNT);
    expect(await ids({ sort: 'queue' })).toEqual(['b', 'e', 'a', 'c', 'f']);
    // Its worker publishes it again, which says nothing about its queue.
    await show('b', READY);
    expect(await ids({ sort: 'queue' })).toEqual(['b', 'e', 'a', 'c', 'f']);
  });

  test('a page of a sorted list costs as much in the middle of many equal accounts as at their beginning', async () => {
    const all = Array.from({ length: 2_500 }, (_, index) => `user-${String(index).padStart(4, '0')}`);
    await Promise.all(all.map((userId) => show(userId, READY)));
    const reads = async () =>
      Number(/cmdstat_zrange:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0);
    for (const sort of ['state', 'queue'] as const) {
      const score = sort === 'state' ? '2' : '0';
      const before = await reads();
      const page = await find({ sort, after: `${score}:user-1999`, limit: 3 });
      expect(page).toEqual({
        userIds: ['user-2000', 'user-2001', 'user-2002'],
        total: 2_500,
        next: `${score}:user-2002`,
      });
      expect((await reads()) - before).toBeLessThan(20);
    }
  });

  test('a key that is limited to accounts finds only those', async () => {
    for (const userId of ['a', 'b', 'c', 'd']) await show(userId, userId === 'c' ? PAUSED : READY);
    const among = ['d', 'unknown', 'c', 'a', 'a'];
    expect(await find({ among, limit: 2 })).toEqual({ userIds: ['a', 'c'], total: 3, next: 'c' });
    expect(await find({ among, limit: 2, after: 'c' })).toEqual({ userIds: ['d'], total: 3, next: null });
    expect(await ids({ among, needsAttention: true })).toEqual(['c']);
    expect(await ids({ among, text: 'b' })).toEqual([]);
    expect(await ids({ among: [] })).toEqual([]);
  });

  test('a former owner that is late does not change the entry', async () => {
    await show('a', PAUSED, 2);
    await indexAccount(redis, '1 worker', 'a', READY);
    expect(await ids({ needsAttention: true })).toEqual(['a']);
    await indexAccount(redis, '2 worker', 'a', READY);
    expect(await ids({ needsAttention: true })).toEqual([]);
  });

  test('accounts of a former version, which has no index, are listed; a new owner of the shard indexes them', async () => {
    await show('b', { ...PAUSED, user });
    await show('a', READY);
    await redis.del(await redis.keys('{gateway}:accounts:*'));
    await redis.del(indexedShardKey(shardOf('b', SHARDS)));
    expect(await find()).toEqual({ userIds: ['a', 'b'], total: 2, next: null });
    expect(await ids({ needsAttention: true, text: 'анна' })).toEqual(['b']);
    expect(await find({ among: ['b', 'c'] })).toEqual({ userIds: ['b'], total: 1, next: null });
    await show('b', { ...PAUSED, user }, 2);
    await publishAll();
    expect(await ids()).toEqual(['b']);
  });

  test('an account that left without its entry, by an older worker or a crash, leaves with the next owner', async () => {
    await show('gone', READY);
    await show('kept', READY);
    await redis.del('{acct-gone}:view');
    expect(await publishedAccounts(redis, shardOf('gone', SHARDS))).not.toContain('gone');
    await publishedAccounts(redis, shardOf('kept', SHARDS));
    expect(await ids()).toEqual(['kept']);
  });

  test('while the views of a shard are not published, the list is refused', async () => {
    await redis.del('{shard-1}:published');
    await expect(find()).rejects.toMatchObject({ code: 'WORKER_UNAVAILABLE' });
  });
});
