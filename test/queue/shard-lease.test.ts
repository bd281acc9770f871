import { UNKNOWN_ACCOUNT } from '@gateway/contracts';
import {
  sendHeartbeat,
  countLiveWorkers,
  Fenced,
  openConsumerRedis,
  raiseFence,
  readAccountView,
  removeWorker,
  ShardLease,
  watchContact,
  writeAccountView,
  type RedisClient,
  type RedisContact,
} from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RedisServer } from '../env/redis-server.ts';

const READY = { ...UNKNOWN_ACCOUNT, state: 'ready' } as const;

describe("the lease on a shard's accounts", () => {
  let server: RedisServer;
  let redis: RedisClient;
  let contact: RedisContact;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = openConsumerRedis(server.address, silentLogger());
    contact = watchContact(redis);
    await redis.ping();
  });
  afterEach(async () => {
    await redis.flushall();
  });
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });

  function acquire(
    worker: string,
    options: { gone?: string; shard?: number } = {},
  ): Promise<ShardLease | null> {
    const isGone = (name: string) => name === options.gone;
    return ShardLease.acquire({ redis, contact, shard: options.shard ?? 0, worker, isGone });
  }

  async function acquired(
    worker: string,
    options: { gone?: string; shard?: number } = {},
  ): Promise<ShardLease> {
    const lease = await acquire(worker, options);
    if (lease === null) throw new Error('another has it');
    return lease;
  }

  test('has one owner at a time, and is free once released', async () => {
    const first = await acquired('first');
    expect([first.valid, await first.holds()]).toEqual([true, true]);
    expect(await acquire('second')).toBeNull();
    expect((await acquired('second', { shard: 1 })).valid).toBe(true);
    await first.release();
    expect([first.valid, await first.holds()]).toEqual([false, false]);
    expect((await acquired('second')).valid).toBe(true);
  });

  test('is taken over at once from a worker that is known to be gone', async () => {
    const lost = await acquired('dead');
    const taken = await acquired('next', { gone: 'dead' });
    expect(taken.valid).toBe(true);
    expect(await lost.renew()).toBe(false);
    expect(lost.valid).toBe(false);
  });

  test('says how long connections of former owners may last: of none that released or is gone', async () => {
    const waitOf = (lease: ShardLease) => lease.formerConnectedUntil(15_000) - performance.now();
    const first = await acquired('first');
    expect(waitOf(first)).toBeLessThanOrEqual(0);
    const second = await acquired('second', { gone: 'first' });
    expect(waitOf(second)).toBeLessThanOrEqual(0);
    await second.release();
    expect(waitOf(await acquired('third', { gone: 'first' }))).toBeLessThanOrEqual(0);
    // The third is cut off: nobody knows what became of it.
    await redis.del('{shard-0}:lease');
    const fourth = await acquired('fourth');
    // It relied on its lease for 6 s after the last renewal, and may have pinged until then.
    expect(waitOf(fourth)).toBeGreaterThan(15_000);
    expect(waitOf(fourth)).toBeLessThanOrEqual(21_000);
    await fourth.release();
    // The third may still be connected, although the fourth was released.
    expect(waitOf(await acquired('fifth'))).toBeGreaterThan(15_000);
  });

  test('has a greater number than all before, even if Redis has lost its counter', async () => {
    const fences: string[] = [];
    for (const worker of ['a', 'b', 'c']) {
      const lease = await acquired(worker);
      fences.push(lease.fence);
      await lease.release();
    }
    await redis.del('{shard-0}:lease-number');
    const numbers = fences.map((fence) => Number.parseInt(fence, 10));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set(numbers).size).toBe(3);
    // The number follows the clock, so it continues to increase.
    await expect
      .poll(async () => {
        const lease = await acquired('d');
        await lease.release();
        return Number.parseInt(lease.fence, 10);
      })
      .toBeGreaterThan(numbers[2] ?? 0);
  });

  test('is invalid while Redis is not reachable, and valid again once renewed', async () => {
    const lease = await acquired('first');
    await server.stop();
    await expect.poll(() => lease.valid).toBe(false);
    expect(lease.hasExpired).toBe(false);
    await server.resume();
    await expect.poll(() => contact.epoch).not.toBeNull();
    expect(lease.valid).toBe(false);
    expect(await lease.renew()).toBe(true);
    expect(lease.valid).toBe(true);
  });

  test('expires by its own clock while Redis is silent, before it expires in Redis', async () => {
    const lease = await acquired('first');
    server.signal('SIGSTOP');
    try {
      await expect.poll(() => lease.valid, { timeout: 9_000 }).toBe(false);
      expect(lease.hasExpired).toBe(true);
    } finally {
      server.signal('SIGCONT');
    }
    expect(await lease.holds()).toBe(true);
  }, 15_000);

  test('a worker that has lost an account cannot write it any more', async () => {
    const before = await acquired('before');
    await raiseFence(redis, 'alice', before.fence);
    await writeAccountView(redis, before, 'alice', READY);
    const after = await acquired('after', { gone: 'before' });
    await raiseFence(redis, 'alice', after.fence);
    await expect(writeAccountView(redis, before, 'alice', UNKNOWN_ACCOUNT)).rejects.toThrow(Fenced);
    await expect(raiseFence(redis, 'alice', before.fence)).rejects.toThrow(Fenced);
    expect(await readAccountView(redis, 'alice', Date.now())).toEqual(READY);
    await writeAccountView(redis, after, 'alice', UNKNOWN_ACCOUNT);
  });

  test('a worker is live while it sends heartbeats, until it is removed', async () => {
    expect(await sendHeartbeat(redis, 'worker-1')).toEqual(['worker-1']);
    expect(await sendHeartbeat(redis, 'worker-2')).toEqual(['worker-1', 'worker-2']);
    await removeWorker(redis, 'worker-1');
    expect(await countLiveWorkers(redis)).toBe(1);
  });
});
