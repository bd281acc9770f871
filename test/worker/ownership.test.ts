import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openConsumerRedis, type Producer } from '@gateway/queue';
import { RedisProxy } from '@gateway/queue/testing';
import { Sealer, silentLogger } from '@gateway/runtime';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openProducer } from '../env/producer.ts';
import { RedisServer } from '../env/redis-server.ts';
import { Connections, OneWorker, storeWith } from './one-worker.ts';

const sealer = new Sealer([randomBytes(32)]);
const ALICE = 'alice';

describe('the only connection of an account', () => {
  let server: RedisServer;
  let producer: Producer;
  let telegram: Connections;
  beforeEach(async () => {
    server = await RedisServer.start();
    producer = await openProducer(server.address, { shards: 1, sealer });
    telegram = new Connections();
  });
  afterEach(async () => {
    await producer.close();
    await server[Symbol.asyncDispose]();
  });

  /** @returns the job's id. */
  async function send(): Promise<string> {
    const message = { userId: ALICE, recipient: 'me', text: 'x', linkPreview: true, requestId: 'r' };
    const { jobId, wait } = await producer.enqueue({ name: 'send', data: message }, () => {});
    wait.cancel();
    return jobId;
  }

  function worker(name: string, url = server.url, store = storeWith([ALICE])): OneWorker {
    return new OneWorker(url, store, telegram.telegram(name), sealer);
  }

  test('is closed before another worker owns the account, when a starting worker loses Redis', async () => {
    // Enough accounts that publishing them takes longer than the test.
    const many = [ALICE, ...Array.from({ length: 4_000 }, (_, index) => `account-${index}`)];
    const redis = openConsumerRedis(server.address, silentLogger());
    await redis.sadd('{shard-0}:accounts', ...many);
    redis.disconnect();
    const jobId = await send();
    await using proxy = await RedisProxy.before(server.url);
    await using _first = worker('first', proxy.url, storeWith(many));
    // Stored as sent, too: a message interrupted before that is sent again under the same random id.
    await vi.waitFor(async () => expect((await producer.job(jobId))?.state).toBe('completed'), {
      timeout: 10_000,
    });
    expect(telegram.sent).toBe(1);
    proxy.cut();
    await using _second = worker('second');
    await send();
    await vi.waitFor(() => expect(telegram.sent).toBe(2), { timeout: 20_000 });
    expect([telegram.overlaps, telegram.open]).toEqual([0, ['second']]);
    proxy.heal();
  }, 60_000);

  test('is closed before another worker owns the account, when Redis comes back empty', async () => {
    await using door1 = await RedisProxy.before(server.url);
    await using door2 = await RedisProxy.before(server.url);
    await using first = worker('first', door1.url);
    await using second = worker('second', door2.url);
    await Promise.all([first.ownership.ready, second.ownership.ready]);
    await vi.waitFor(() => send().then(() => expect(telegram.open).toHaveLength(1)), { timeout: 10_000 });
    const [holder] = telegram.open;
    const other = holder === 'first' ? 'second' : 'first';
    await server.stop();
    // Redis is back for the other worker, and not yet for the former owner.
    const door = holder === 'first' ? door1 : door2;
    door.cut();
    for (const file of await readdir(server.directory))
      await rm(join(server.directory, file), { recursive: true });
    await server.resume();
    await vi.waitFor(() => send(), { timeout: 10_000 });
    await vi.waitFor(() => expect(telegram.open).toEqual([other]), { timeout: 15_000 });
    door.heal();
    expect(telegram.overlaps).toBe(0);
  }, 60_000);

  test('is closed when its worker hands over during control jobs that open accounts', async () => {
    for (let round = 0; round < 15; round += 1) {
      await using leaving = new OneWorker(
        server.url,
        storeWith([ALICE], 60),
        telegram.telegram('leaving', 10),
        sealer,
      );
      await leaving.ownership.ready;
      const details = { expiresAt: Date.now() + 10_000, requestId: 'r' };
      const begun = producer.control.enqueue(
        'auth.start',
        `new-${round}`,
        { phoneNumber: '+79990000000' },
        details,
      );
      for (let turn = 0; turn < round; turn += 1) await new Promise(setImmediate);
      await leaving.ownership.stop();
      (await begun).wait.cancel();
      expect(telegram.open).toEqual([]);
    }
  }, 60_000);

  test('is closed, and its worker stops, even if Redis is away', async () => {
    const only = worker('only');
    await only.ownership.ready;
    await send();
    await vi.waitFor(() => expect(telegram.sent).toBe(1), { timeout: 10_000 });
    await server.stop();
    // The stop must not wait for a Redis that may never come back.
    await only.ownership.stop();
    expect(telegram.open).toEqual([]);
    await only[Symbol.asyncDispose]();
  }, 15_000);

  test('recovers from a dead connection to Redis', async () => {
    await using proxy = await RedisProxy.before(server.url);
    await using only = worker('only', proxy.url);
    await only.ownership.ready;
    await send();
    await vi.waitFor(() => expect(telegram.sent).toBe(1), { timeout: 10_000 });
    proxy.swallow();
    await send();
    await vi.waitFor(() => expect(telegram.sent).toBe(2), { timeout: 30_000 });
    expect(telegram.overlaps).toBe(0);
  }, 60_000);
});
