import { UNKNOWN_ACCOUNT } from '@gateway/contracts';
import {
  AccountQueues,
  answerDoorbell,
  DoorbellListener,
  openConsumerRedis,
  ringDoorbell,
  sharedBackend,
  writeAccountView,
  type Redis,
} from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RedisServer } from '../env/redis-server.ts';

const SHARD = 2;

describe('the doorbell', () => {
  let server: RedisServer;
  let redis: Redis;
  let listener: DoorbellListener;
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
    const onRing = (userId: string) => rung.push({ userId, at: Date.now() });
    listener = new DoorbellListener({
      redis,
      redisUrl: server.url,
      shards: [1, SHARD],
      onRing,
      logger: silentLogger(),
    });
  });
  afterEach(async () => {
    await listener.close();
    await redis.flushall();
  });

  function heard(userId: string): boolean {
    return rung.some((ring) => ring.userId === userId);
  }

  test('is heard at once', async () => {
    await listener.start();
    await ringDoorbell(redis, SHARD, 'now');
    await expect.poll(() => heard('now'), { timeout: 1_000 }).toBe(true);
  });

  test('that rang while nobody listened is heard by who comes next, until it is answered', async () => {
    await ringDoorbell(redis, SHARD, 'waiting');
    await ringDoorbell(redis, SHARD, 'answered');
    await answerDoorbell(redis, SHARD, 'answered', Date.now());
    await listener.start();
    await expect.poll(() => heard('waiting')).toBe(true);
    expect(heard('answered')).toBe(false);
  });

  test('set for later is heard then, and not before', async () => {
    const at = Date.now() + 600;
    await ringDoorbell(redis, SHARD, 'later', at);
    await answerDoorbell(redis, SHARD, 'later', Date.now());
    await listener.start();
    await expect.poll(() => heard('later')).toBe(true);
    expect(rung.find(({ userId }) => userId === 'later')?.at).toBeGreaterThanOrEqual(at);
  });

  test('that was never rung, because its ringer died, is found out by a look at the queues', async () => {
    await writeAccountView(redis, SHARD, 'unrung', { ...UNKNOWN_ACCOUNT, state: 'ready' });
    const queue = new AccountQueues(redis, sharedBackend(redis)).of('unrung');
    const job = {
      userId: 'unrung',
      recipient: 'me',
      text: 'x',
      linkPreview: true,
      requestId: 'r',
      digest: '',
    };
    await queue.add('send', job);
    await listener.start();
    await expect.poll(() => heard('unrung')).toBe(true);
  });
});
