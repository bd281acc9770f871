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
  type Redis,
} from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dueAccountsChannel } from '../../packages/queue/src/keys.ts';
import { RedisServer } from '../env/redis-server.ts';

const SHARD = 2;

describe('the doorbell', () => {
  let server: RedisServer;
  let redis: Redis;
  let listener: DueAccountsListener;
  let subscriber: Subscriber;
  let rung: { userId: string; at: number }[];

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = openConsumerRedis(server.url, silentLogger());
  });
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    rung = [];
    subscriber = new Subscriber(server.url);
    listener = new DueAccountsListener({ redis, subscriber, logger: silentLogger() });
  });
  afterEach(async () => {
    subscriber.close();
    await listener.close();
    await redis.flushall();
  });

  async function listen(): Promise<void> {
    const onDue = (userId: string) => rung.push({ userId, at: Date.now() });
    await listener.add(1, onDue);
    await listener.add(SHARD, onDue);
  }

  function heard(userId: string): boolean {
    return rung.some((ring) => ring.userId === userId);
  }

  test('is heard at once', async () => {
    await listen();
    await notifyOwner(redis, SHARD, 'now');
    await expect.poll(() => heard('now'), { timeout: 1_000 }).toBe(true);
  });

  test('that is up already is told of once, until it is answered', async () => {
    const told: string[] = [];
    await subscriber.listen(dueAccountsChannel(SHARD), (userId) => told.push(userId));
    await notifyOwner(redis, SHARD, 'busy', Date.now() + 60_000);
    for (let times = 0; times < 3; times += 1) await notifyOwner(redis, SHARD, 'busy');
    await clearDueAccount(redis, SHARD, 'busy', Date.now());
    await notifyOwner(redis, SHARD, 'busy');
    await notifyOwner(redis, SHARD, 'last');
    await expect.poll(() => told).toEqual(['busy', 'busy', 'last']);
  });

  test('that rang while nobody listened is heard by who comes next, until it is answered', async () => {
    await notifyOwner(redis, SHARD, 'waiting');
    await notifyOwner(redis, SHARD, 'answered');
    await clearDueAccount(redis, SHARD, 'answered', Date.now());
    await listen();
    await expect.poll(() => heard('waiting')).toBe(true);
    expect(heard('answered')).toBe(false);
  });

  test('set for later is heard then, and not before', async () => {
    const at = Date.now() + 600;
    await notifyOwner(redis, SHARD, 'later', at);
    await clearDueAccount(redis, SHARD, 'later', Date.now());
    await listen();
    await expect.poll(() => heard('later')).toBe(true);
    expect(rung.find(({ userId }) => userId === 'later')?.at).toBeGreaterThanOrEqual(at);
  });

  test('of a shard that is not ours any more is not heard', async () => {
    await listen();
    listener.remove(SHARD);
    await notifyOwner(redis, SHARD, 'not ours');
    await notifyOwner(redis, 1, 'ours', Date.now() + 50);
    await expect.poll(() => heard('ours'), { timeout: 4_000 }).toBe(true);
    expect(heard('not ours')).toBe(false);
  });

  /** Puts a message in an account's line, for whom nobody rings. */
  async function addUnrung(userId: string, delay = 0): Promise<void> {
    const lease = { shard: SHARD, fence: '1 owner' };
    await raiseFence(redis, userId, lease.fence);
    await writeAccountView(redis, lease, userId, { ...UNKNOWN_ACCOUNT, state: 'ready' });
    const queue = new AccountQueues(redis, sharedBackend(redis)).of(userId);
    const job = { userId, recipient: 'me', text: 'x', linkPreview: true, requestId: 'r', digest: '' };
    await queue.add('send', job, { delay });
  }

  test('that was never rung, because its ringer died, is found out by a look at the queues', async () => {
    await addUnrung('unrung');
    await listen();
    await expect.poll(() => heard('unrung')).toBe(true);
  });

  test('a look at the queues tells who has any jobs, of those held until their time too, which are not rung for', async () => {
    await addUnrung('waiting');
    await addUnrung('scheduled', 3_600_000);
    await addUnrung('nothing');
    const queue = new AccountQueues(redis, sharedBackend(redis)).of('nothing');
    await queue.drain();
    expect([...listener.busy(SHARD)]).toEqual([]);
    await listen();
    expect([...listener.busy(SHARD)].toSorted()).toEqual(['scheduled', 'waiting']);
    expect([...listener.busy(1)]).toEqual([]);
    expect(rung.map(({ userId }) => userId)).toEqual(['waiting']);
    await addUnrung('nothing');
    await new AccountQueues(redis, sharedBackend(redis)).of('scheduled').drain(true);
    await listen();
    expect([...listener.busy(SHARD)].toSorted()).toEqual(['nothing', 'waiting']);
    listener.remove(SHARD);
    expect([...listener.busy(SHARD)]).toEqual([]);
  });
});

test('what is listened to at any moment of connecting is heard', async () => {
  await using server = await RedisServer.start();
  const redis = openConsumerRedis(server.url, silentLogger());
  for (let round = 0; round < 20; round += 1) {
    const subscriber = new Subscriber(server.url);
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
