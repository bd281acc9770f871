import { randomBytes } from 'node:crypto';
import { Sealer } from '@gateway/runtime';
import { openRedisSessionStore, type SessionStore } from '@gateway/sessions';
import { describeSessionStore, type StoreUnderTest } from '@gateway/sessions/testing';
import { Redis, type Cluster } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { RedisCluster } from '../env/redis-cluster.ts';
import { RedisServer } from '../env/redis-server.ts';

const OLD_KEY = randomBytes(32);
const KEY = randomBytes(32);
let places = 0;

function openStore(redis: Redis | Cluster, place: string, sealer = new Sealer([KEY])): SessionStore {
  return openRedisSessionStore({
    redis,
    sealer,
    keyOf: (userId, part) => `{${place}-${userId}}:${part}`,
    indexKey: `{${place}}:all`,
  });
}

/** Separate keys for one test. */
function makePlace(redis: Redis | Cluster): StoreUnderTest {
  places += 1;
  const place = `place-${places}`;
  return {
    open: async () => openStore(redis, place),
    remove: async () => {},
    moveFence: async (userId, fence) => void (await redis.set(`{${place}-${userId}}:fence`, fence)),
  };
}

describe('in one Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url, { maxRetriesPerRequest: null });
    redis.on('error', () => {});
  });
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });

  describeSessionStore('a session store in Redis', async () => makePlace(redis));

  test('stores no readable session, code, password or access hash in Redis', async () => {
    const store = openStore(redis, 'secrets');
    await store.saveSession('user123', 'SECRET session', null);
    await store.saveLogin('user123', {
      kind: 'code',
      session: 'SECRET half',
      phoneNumber: '+79990000000',
      sent: {
        phone_code_hash: 'SECRET hash',
        delivery: 'app',
        next_delivery: null,
        code_length: 5,
        timeout: 60,
      },
      sentAt: 1,
      awaiting: 'code',
      hint: 'SECRET hint',
    });
    await store.savePeers('user123', { peers: [], missing: [['SECRET key', 1]] });
    const keys = await redis.keys('{secrets*');
    const values = await Promise.all(keys.map((key) => redis.get(key).catch(() => '')));
    expect(keys.length).toBeGreaterThan(2);
    expect(values.join()).not.toContain('SECRET');
    expect(values.join()).not.toContain('+79990000000');
  });

  test('opens data that was sealed with the previous key', async () => {
    await openStore(redis, 'rotated', new Sealer([OLD_KEY])).saveSession('user123', 'the session', null);
    expect(await openStore(redis, 'rotated', new Sealer([KEY, OLD_KEY])).load('user123')).toMatchObject({
      session: 'the session',
    });
    expect(await openStore(redis, 'rotated').load('user123')).toMatchObject({
      session: null,
      unreadable: { failure: 'unreadable', userId: 'user123', sealedBy: 'other_key' },
    });
  });

  test.each<[string, (key: string) => Promise<unknown>]>([
    ['empty', (key) => redis.set(key, '')],
    ['garbage', (key) => redis.set(key, 'garbage')],
    ['null', (key) => redis.set(key, 'null')],
    ['cut off', async (key) => redis.set(key, ((await redis.get(key)) ?? '').slice(0, -10))],
    ['a session that is garbage', (key) => changeRecord(key, { session: 'garbage' })],
    ['of another version', (key) => changeRecord(key, { version: 2 })],
    ['a list', async (key) => (await redis.del(key), redis.rpush(key, 'x'))],
  ])(
    'an account that is %s can be signed in again, and is kept until it is deleted',
    async (name, makeBroken) => {
      const prefix = `broken ${name}`;
      const key = `{${prefix}-user123}:account`;
      const store = openStore(redis, prefix);
      await store.saveSession('user123', 'the session', null);
      await makeBroken(key);
      const broken = await redis.dump(key);
      const unreadable = { failure: 'unreadable', userId: 'user123' };
      expect(await store.load('user123')).toMatchObject({ session: null, unreadable });
      expect(await store.list()).toEqual(['user123']);
      await store.saveSession('user123', 'a new session', null);
      expect(await store.load('user123')).toMatchObject({
        session: 'a new session',
        status: { state: 'ready' },
      });
      expect(await redis.dump(`${key}:broken`)).toEqual(broken);
      await store.delete('user123');
      expect(await redis.keys(`{${prefix}-*`)).toEqual([]);
    },
  );

  test('peers that are garbage leave the session readable, and new ones replace them', async () => {
    const store = openStore(redis, 'peers');
    await store.saveSession('user123', 'the session', null);
    await redis.rpush('{peers-user123}:peers', 'x');
    await expect(store.loadPeers('user123')).rejects.toMatchObject({ failure: 'unreadable' });
    expect(await store.load('user123')).toMatchObject({ session: 'the session' });
    await store.savePeers('user123', { peers: [], missing: [] }, { keepFormer: true });
    expect(await store.loadPeers('user123')).toEqual({ peers: [], missing: [] });
    expect(await redis.type('{peers-user123}:peers:broken')).toBe('list');
  });

  async function changeRecord(key: string, change: object): Promise<void> {
    await redis.set(key, JSON.stringify({ ...JSON.parse((await redis.get(key)) ?? ''), ...change }));
  }

  test('a Redis that is out of memory, or cannot save, accepts no change', async () => {
    const own = await RedisServer.start();
    const client = new Redis(own.url);
    onTestFinished(async () => {
      client.disconnect();
      await own[Symbol.asyncDispose]();
    });
    const store = openStore(client, 'full');
    await store.saveSession('user123', 'the session', null);
    await store.checkWritable('user123');
    await client.config('SET', 'maxmemory', '1');
    await client.config('SET', 'maxmemory-policy', 'noeviction');
    await expect(store.checkWritable('user123')).rejects.toMatchObject({ failure: 'storage' });
    await expect(store.saveSession('user123', 'x', null)).rejects.toMatchObject({ failure: 'storage' });
    await client.config('SET', 'maxmemory', '0');
    await store.checkWritable('user123');
    expect(await store.load('user123')).toMatchObject({ session: 'the session' });
    expect(await client.keys('*probe*')).toEqual([]);
  });

  test('lists existing accounts only, even if a crash left other ids in the index', async () => {
    const store = openStore(redis, 'indexed');
    await redis.sadd('{indexed}:all', 'nobody');
    await store.saveSession('user123', 'the session', null);
    expect(await store.list()).toEqual(['user123']);
    await store.delete('user123');
    expect(await store.list()).toEqual([]);
    expect(await redis.smembers('{indexed}:all')).toEqual(['nobody']);
  });

  test('leaves the id of a deleted account to the next owner once the right has ended', async () => {
    const store = openStore(redis, 'handed-over');
    await store.saveSession('user123', 'the session', null);
    let asks = 0;
    const owner = store.ownedBy({ fence: '1 owner', valid: () => (asks += 1) === 1 });
    await owner.delete('user123');
    expect(await store.list()).toEqual([]);
    expect(await redis.smembers('{handed-over}:all')).toEqual(['user123']);
  });

  test('throws while Redis is away, and works again when it is back', async () => {
    const store = openStore(redis, 'away');
    await server.stop();
    const calls = [store.load('user123'), store.delete('user123'), store.load('user123'), store.list()];
    for (const call of await Promise.allSettled(calls))
      expect(call).toMatchObject({ status: 'rejected', reason: { failure: 'io' } });
    await server.resume();
    await vi.waitFor(() => store.saveSession('user123', 'the session', null), { timeout: 10_000 });
    expect(await store.list()).toEqual(['user123']);
  }, 30_000);
});

describe('in a cluster', () => {
  let servers: RedisCluster;
  let redis: Cluster;
  beforeAll(async () => {
    servers = await RedisCluster.start();
    redis = servers.connect();
  }, 40_000);
  afterAll(async () => {
    redis.disconnect();
    await servers[Symbol.asyncDispose]();
  });

  describeSessionStore('a session store in a Redis Cluster', async () => makePlace(redis));
});
