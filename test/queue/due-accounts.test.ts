import { UNKNOWN_ACCOUNT } from '@gateway/contracts';
import {
  AccountQueues,
  clearDueAccount,
  DueAccountsListener,
  openConsumerRedis,
  raiseFence,
  notifyOwner,
  sharedBackend,
  Subscriber,
  writeAccountView,
  type RedisClient,
} from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dueAccountsChannel } from '../../packages/queue/src/keys.ts';
import { RedisServer } from '../env/redis-server.ts';

const SHARD = 2;

describe('a notification that an account is due', () => {
  let server: RedisServer;
  let redis: RedisClient;
  let listener: DueAccountsListener;
  let subscriber: Subscriber;
  let notified: { userId: string; at: number }[];

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = openConsumerRedis(server.address, silentLogger());
  });
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    notified = [];
    subscriber = new Subscriber(server.address, redis);
    listener = new DueAccountsListener({ redis, subscriber, logger: silentLogger() });
  });
  afterEach(async () => {
    subscriber.close();
    await listener.close();
    await redis.flushall();
  });

  async function listen(): Promise<void> {
    const onDue = (userId: string) => notified.push({ userId, at: Date.now() });
    await listener.add(1, onDue);
    await listener.add(SHARD, onDue);
  }

  function wasNotified(userId: string): boolean {
    return notified.some((each) => each.userId === userId);
  }

  test('reaches the owner at once', async () => {
    await listen();
    await notifyOwner(redis, SHARD, 'now');
    await expect.poll(() => wasNotified('now'), { timeout: 1_000 }).toBe(true);
  });

  test('is published once until the account is cleared', async () => {
    const published: string[] = [];
    await subscriber.listen(dueAccountsChannel(SHARD), (userId) => published.push(userId));
    await notifyOwner(redis, SHARD, 'busy', Date.now() + 60_000);
    for (let times = 0; times < 3; times += 1) await notifyOwner(redis, SHARD, 'busy');
    await clearDueAccount(redis, SHARD, 'busy', Date.now());
    await notifyOwner(redis, SHARD, 'busy');
    await notifyOwner(redis, SHARD, 'last');
    await expect.poll(() => published).toEqual(['busy', 'busy', 'last']);
  });

  test('that nobody received reaches the next owner, unless the account was cleared', async () => {
    await notifyOwner(redis, SHARD, 'waiting');
    await notifyOwner(redis, SHARD, 'answered');
    await clearDueAccount(redis, SHARD, 'answered', Date.now());
    await listen();
    await expect.poll(() => wasNotified('waiting')).toBe(true);
    expect(wasNotified('answered')).toBe(false);
  });

  test('for a later time arrives at that time, and not before', async () => {
    const at = Date.now() + 600;
    await notifyOwner(redis, SHARD, 'later', at);
    await clearDueAccount(redis, SHARD, 'later', Date.now());
    await listen();
    await expect.poll(() => wasNotified('later')).toBe(true);
    expect(notified.find(({ userId }) => userId === 'later')?.at).toBeGreaterThanOrEqual(at);
  });

  test('of a shard that was removed does not arrive', async () => {
    await listen();
    listener.remove(SHARD);
    await notifyOwner(redis, SHARD, 'not ours');
    await notifyOwner(redis, 1, 'ours', Date.now() + 50);
    await expect.poll(() => wasNotified('ours'), { timeout: 4_000 }).toBe(true);
    expect(wasNotified('not ours')).toBe(false);
  });

  /** Enqueues a message without a notification. */
  async function addSilently(userId: string, delay = 0): Promise<void> {
    const lease = { shard: SHARD, fence: '1 owner' };
    await raiseFence(redis, userId, lease.fence);
    await writeAccountView(redis, lease, userId, { ...UNKNOWN_ACCOUNT, state: 'ready' });
    const queue = new AccountQueues(redis, sharedBackend(redis)).of(userId);
    const job = { userId, recipient: 'me', text: 'x', linkPreview: true, requestId: 'r', digest: '' };
    await queue.add('send', job, { delay });
  }

  test('is not needed for a message whose sender died before notifying: the sweep finds it', async () => {
    await addSilently('silent');
    await listen();
    await expect.poll(() => wasNotified('silent')).toBe(true);
  });

  test('the sweep lists all accounts with jobs, also those with only a future send_at, which are not due', async () => {
    await addSilently('waiting');
    await addSilently('scheduled', 3_600_000);
    await addSilently('nothing');
    const queue = new AccountQueues(redis, sharedBackend(redis)).of('nothing');
    await queue.drain();
    expect([...listener.busy(SHARD)]).toEqual([]);
    await listen();
    expect([...listener.busy(SHARD)].toSorted()).toEqual(['scheduled', 'waiting']);
    expect([...listener.busy(1)]).toEqual([]);
    expect(notified.map(({ userId }) => userId)).toEqual(['waiting']);
    await addSilently('nothing');
    await new AccountQueues(redis, sharedBackend(redis)).of('scheduled').drain(true);
    await listen();
    expect([...listener.busy(SHARD)].toSorted()).toEqual(['nothing', 'waiting']);
    listener.remove(SHARD);
    expect([...listener.busy(SHARD)]).toEqual([]);
  });
});

test('a subscription made at any moment of connecting receives messages', async () => {
  await using server = await RedisServer.start();
  const redis = openConsumerRedis(server.address, silentLogger());
  for (let round = 0; round < 20; round += 1) {
    const subscriber = new Subscriber(server.address, redis);
    const heard: string[] = [];
    const first = subscriber.listen('first', (message) => heard.push(message));
    for (let turn = 0; turn < round; turn += 1) await new Promise(setImmediate);
    await Promise.all([first, subscriber.listen('second', (message) => heard.push(message))]);
    await redis.publish('first', '1');
    await redis.publish('second', '2');
    await expect.poll(() => heard, { timeout: 2_000 }).toEqual(['1', '2']);
    subscriber.close();
  }
  redis.disconnect();
});
