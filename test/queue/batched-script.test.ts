import { once } from 'node:events';
import { openConsumerRedis, type RedisClient } from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BatchedScript, MOST_RUNS } from '../../packages/queue/src/redis/batched-script.ts';
import { newCall } from '../../packages/queue/src/redis/redis-calls.ts';
import { RedisClock } from '../../packages/queue/src/redis/redis-clock.ts';
import { RedisServer } from '../env/redis-server.ts';

describe('a batched script', () => {
  let server: RedisServer;
  let redis: RedisClient;
  let clock: RedisClock;
  let script: BatchedScript;
  beforeAll(async () => {
    server = await RedisServer.start();
    redis = openConsumerRedis(server.address, silentLogger());
    clock = new RedisClock(redis);
    script = new BatchedScript(
      redis,
      `return { redis.call('RPUSH', KEYS[1], ARGV[1]), KEYS[1], ARGV[1], #KEYS, #ARGV }`,
      { keys: 1, args: 1 },
      clock,
    );
  });
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await redis.flushdb();
    await clock.contact('known');
    await run('known', 'by now');
    await redis.config('RESETSTAT');
  });

  const of = (key: string, value: string) => ({ keys: [key], args: [value] });
  const run = (key: string, value: string, by = newCall()) => script.run([of(key, value)], by);
  const commands = async () =>
    Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1]);
  const turn = () => new Promise(setImmediate);

  test('shares one command in a turn, and each caller gets its own reply', async () => {
    const values = Array.from({ length: 20 }, (_, index) => String(index));
    const replies = await Promise.all(values.map((value) => run('list', value)));
    expect(replies).toEqual(values.map((value, index) => [[index + 1, 'list', value, 1, 1]]));
    expect(await redis.lrange('list', 0, -1)).toEqual(values);
    expect(await commands()).toBe(1);
  });

  test('shares one command among runs that arrive while Redis works', async () => {
    const all = [run('list', '1')];
    await turn();
    all.push(run('list', '2'), run('list', '3'));
    await turn();
    all.push(run('list', '4'));
    await Promise.all(all);
    expect(await redis.lrange('list', 0, -1)).toEqual(['1', '2', '3', '4']);
    expect(await commands()).toBe(2);
  });

  test('limits the runs per command, and keeps their order', async () => {
    const values = Array.from({ length: MOST_RUNS * 2 + 1 }, (_, index) => String(index));
    await Promise.all(values.map((value) => run('list', value)));
    expect(await redis.lrange('list', 0, -1)).toEqual(values);
    expect(await commands()).toBe(3);
  });

  test('keeps the runs of one call together', async () => {
    const before = Array.from({ length: MOST_RUNS - 1 }, (_, index) => run('before', String(index)));
    const together = script.run([of('list', '1'), of('list', '2'), of('list', '3')], newCall());
    expect(await together).toEqual([1, 2, 3].map((at) => [at, 'list', String(at), 1, 1]));
    await Promise.all(before);
    expect(await commands()).toBe(2);
  });

  test('that fails for one caller fails only for that caller', async () => {
    await redis.set('text', 'is no list');
    const [first, failed, last] = await Promise.allSettled([
      run('list', '1'),
      run('text', '2'),
      run('list', '3'),
    ]);
    expect(failed).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringContaining('WRONGTYPE') },
    });
    expect([first?.status, last?.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(await redis.lrange('list', 0, -1)).toEqual(['1', '3']);
  });

  test('does not run for callers that no longer wait', async () => {
    const by = newCall();
    const outcomes = [run('list', '1')];
    await turn();
    outcomes.push(run('list', '2', by), run('list', '3'), run('list', '4', by));
    by.isCutOff = true;
    const ends = await Promise.allSettled(outcomes);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    expect(await redis.lrange('list', 0, -1)).toEqual(['1', '3']);
  });

  test('does not run after its deadline, by the clock of Redis', async () => {
    const [over, inTime] = [{ ...newCall(), endsAt: performance.now() + 50 }, newCall()];
    await redis.call('CLIENT', 'PAUSE', '150', 'ALL');
    const ends = await Promise.allSettled([run('list', '1', over), run('list', '2', inTime)]);
    expect(ends).toMatchObject([{ reason: { name: 'TooLate' } }, { status: 'fulfilled' }]);
    expect(await redis.lrange('list', 0, -1)).toEqual(['2']);
    expect([over.mayHaveTakenEffect, inTime.mayHaveTakenEffect]).toEqual([false, true]);
  });

  test('runs even if the clock of Redis was set forward', async () => {
    // This has the same effect: the known time is an hour behind the clock.
    clock.learn([Math.floor(Date.now() / 1_000) - 3_600, 0], 'list');
    expect(await run('list', '1')).toEqual([[1, 'list', '1', 1, 1]]);
    expect(await commands()).toBe(2);
  });

  test('fails for all callers while Redis is away', async () => {
    redis.disconnect();
    await once(redis, 'end');
    const all = [run('list', '1'), run('list', '2')];
    const ends = await Promise.allSettled(all);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await redis.connect();
    await clock.contact('known');
    expect(await run('other', '1')).toEqual([[1, 'other', '1', 1, 1]]);
  });
});
