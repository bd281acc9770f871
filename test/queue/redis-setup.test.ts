import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { openConsumerRedis, Producer, requireFitRedis, whenReachable } from '@gateway/queue';
import { parseRedisUrl, Sealer, silentLogger } from '@gateway/runtime';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { judge } from '../../packages/queue/src/redis/redis-setup.ts';
import { RedisServer } from '../env/redis-server.ts';

describe('the configuration of Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    await redis.config('SET', 'appendonly', 'yes');
  });

  /** Returns the warnings, or rejects with the faults. */
  async function verdict(client: Redis = redis): Promise<string[]> {
    const warn = vi.fn<(text: string) => void>();
    await requireFitRedis(client, { ...silentLogger(), warn } as never);
    return warn.mock.calls.map(([text]) => text);
  }

  test('with noeviction and an append-only file is accepted', async () => {
    expect(await verdict()).toEqual([]);
  });

  test.each(['allkeys-lru', 'volatile-lru', 'allkeys-random', 'volatile-ttl', 'allkeys-lfu'])(
    'with maxmemory-policy %s is refused, with what to set',
    async (policy) => {
      await redis.config('SET', 'maxmemory-policy', policy);
      await expect(verdict()).rejects.toThrow(new RegExp(`${policy}.*set maxmemory-policy noeviction`));
    },
  );

  test('without an append-only file causes a warning', async () => {
    await redis.config('SET', 'appendonly', 'no');
    expect(await verdict()).toEqual([expect.stringMatching(/appendonly yes/)]);
  });

  test('that the user may not read causes a warning', async () => {
    await redis.call('ACL', 'SETUSER', 'narrow', 'on', '>pw', '~*', '&*', '+@all', '-info', '-config');
    const narrow = new Redis(server.url.replace('//', '//narrow:pw@'), { enableReadyCheck: false });
    expect(await verdict(narrow)).toEqual([expect.stringMatching(/does not report its configuration/)]);
    narrow.disconnect();
  });

  test.each([
    ['6.0.16', true],
    ['5.0.7', true],
    ['6.2.0', false],
    ['7.4.1', false],
    ['10.0.0', false],
  ])('version %s is refused: %s', (version, isRefused) => {
    const info = `redis_version:${version}\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n`;
    expect(judge(info).faults.length > 0).toBe(isRefused);
  });
});

describe('why Redis is not reachable', () => {
  let server: RedisServer;
  let http: Server;
  let closing: Server;
  beforeAll(async () => {
    server = await RedisServer.start();
    const redis = new Redis(server.url);
    await redis.config('SET', 'requirepass', 'right');
    redis.disconnect();
    http = createHttpServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
    closing = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    http.close();
    closing.close();
    await server[Symbol.asyncDispose]();
  });
  const portOf = (listener: Server) => (listener.address() as AddressInfo).port;

  /** Starts like a worker and an API. Returns the log, and the outcome of each. */
  async function start(url: string) {
    const lines: string[] = [];
    const logger = { ...silentLogger(), error: (_: unknown, text: string) => lines.push(text) } as never;
    const redis = openConsumerRedis(parseRedisUrl(url), logger);
    const producer = new Producer({
      redisAddress: parseRedisUrl(url),
      shards: 1,
      retentionMs: 1_000,
      maxPending: 1,
      sealer: new Sealer([Buffer.alloc(32)]),
      logger: silentLogger(),
    });
    const reached = whenReachable(redis).then(
      () => 'reached',
      (error: Error) => error.message,
    );
    await expect.poll(() => lines.length + (redis.status === 'ready' ? 1 : 0)).toBeGreaterThan(0);
    await expect.poll(() => producer.redisFault).not.toBeNull();
    const claimed = await producer.claimShards().then(
      () => 'claimed',
      (error: Error) => `${error.name}: ${error.message}`,
    );
    const worker = await Promise.race([reached, new Promise((resolve) => setTimeout(resolve, 100, 'waits'))]);
    redis.disconnect();
    await producer.close();
    return { log: lines.join('\n'), worker, claimed };
  }

  test.each([
    ['a wrong password', (url: string) => url.replace('//', '//:hunter2@'), /WRONGPASS/],
    ['no password', (url: string) => url, /NOAUTH/],
  ])('%s stops the start, with one line that does not contain the password', async (_what, urlOf, reason) => {
    const { log, worker, claimed } = await start(urlOf(server.url));
    expect(log).toMatch(reason);
    expect(worker).toMatch(reason);
    expect(claimed).toMatch(/^RedisUnfit: .*/);
    expect(claimed).toMatch(reason);
    expect([log, worker, claimed].join()).not.toMatch(/hunter2/);
    expect(claimed.split('\n')).toHaveLength(1);
  });

  test.each([
    ['nothing there', () => 'redis://127.0.0.1:1', /ECONNREFUSED/],
    ['no such host', () => 'redis://no-such-host.invalid:6379', /cannot be resolved/],
    ['another server', () => `redis://127.0.0.1:${portOf(http)}`, /not a Redis/],
    ['a server that hangs up', () => `redis://127.0.0.1:${portOf(closing)}`, /connection was closed|reset/],
  ])('%s is logged, and the start waits', async (_what, urlOf, reason) => {
    const { log, worker, claimed } = await start(urlOf());
    expect(log).toMatch(reason);
    expect(worker).toBe('waits');
    expect(claimed).toMatch(/^GatewayError/);
  });
});
