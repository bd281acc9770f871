import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountView } from '@gateway/contracts';
import {
  openConsumerRedis,
  publishShard,
  raiseFence,
  shardOf,
  unpublishShard,
  writeAccountView,
} from '@gateway/queue';
import { RedisProxy } from '@gateway/queue/testing';
import { type App, parseRedisUrl, parseSettings, silentLogger } from '@gateway/runtime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startApi } from './api-app.ts';
import { READY } from './testing/views.ts';

const REDIS_URL = process.env['REDIS_URL'];
if (REDIS_URL === undefined)
  throw new Error('These tests need a Redis: run them by `npm test`, or set REDIS_URL.');

const redis = openConsumerRedis(parseRedisUrl(REDIS_URL), silentLogger());
const dataDir = mkdtempSync(join(tmpdir(), 'api-test-'));
let proxy: RedisProxy;
let app: App | undefined;
let url: string;
/** An account of this test's own, since the Redis may be shared. */
let userId: string;

beforeAll(async () => {
  if (redis.status !== 'ready') await new Promise((resolve) => redis.once('ready', resolve));
});
afterAll(() => {
  redis.disconnect();
  rmSync(dataDir, { recursive: true });
});
beforeEach(async () => {
  userId = randomUUID();
  await publishShard(redis, shardOf(userId, 16), async () => true);
  proxy = await RedisProxy.before(REDIS_URL);
});
afterEach(async () => {
  proxy.heal();
  await app?.close();
  app = undefined;
  await proxy[Symbol.asyncDispose]();
  const keys = await redis.keys(`*${userId}*`);
  if (keys.length > 0) await redis.del(...keys);
});

async function start(environment: Record<string, string> = {}): Promise<void> {
  const settings = parseSettings({
    PORT: '0',
    REDIS_URL: proxy.url,
    DATA_DIR: dataDir,
    AUTH_WAIT_MS: '1000',
    SEND_WAIT_MS: '0',
    ...environment,
  });
  app = await startApi(settings, silentLogger());
  url = String((await app.ready)['url']);
}

async function call(path: string, body?: Record<string, unknown>) {
  const init = {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  };
  const response = await fetch(`${url}${path}`, body === undefined ? {} : init);
  const answer: unknown = await response.json();
  return { status: response.status, body: { ...(answer as Record<string, unknown>) } };
}

const send = (text: string) => call('/telegram/user/send', { user_id: userId, recipient_id: 'me', text });
const disconnect = () => call('/telegram/user/disconnect', { user_id: userId });
/** What the worker that owns the account would show. */
async function show(view: AccountView): Promise<void> {
  const fence = '1 test';
  await raiseFence(redis, userId, fence);
  await writeAccountView(redis, { shard: shardOf(userId, 16), fence }, userId, view);
}
const waiting = () => redis.llen(`{acct-${userId}}:send:wait`);
/** Control jobs of this account, in whatever state, over all shards. */
const controlJobs = () => redis.keys(`*:control:*.c*.${Buffer.from(userId).toString('base64url')}`);

test('a message is queued in order and found by its job id', async () => {
  await start();
  await show(READY);
  const first = await send('1');
  const second = await send('2');
  expect([first.status, second.status]).toEqual([202, 202]);
  expect(await waiting()).toBe(2);
  const job = await call(`/jobs/${String(first.body['job_id'])}?wait=1`);
  expect(job.body).toMatchObject({
    status: 'ok',
    type: 'send',
    user_id: userId,
    state: 'waiting',
    result: null,
    error: null,
  });
  const { body } = await call(`/telegram/user/status/${userId}`);
  expect(body).toMatchObject({ authorized: true, pending: { waiting: 2, delayed: 0, active: 0 } });
});

test('whether an account is signed in is not known until its worker has published the views: 503, nothing is queued', async () => {
  await start();
  const shard = shardOf(userId, 16);
  await unpublishShard(redis, shard);
  const stream = {
    user_id: userId,
    recipient_id: 'me',
    send_to_telegram: true,
    messages: [{ role: 'assistant', content: 'x' }],
  };
  for (const answer of [
    await send('x'),
    await call(`/telegram/user/status/${userId}`),
    await call('/message_stream', stream),
    await call(
      `/jobs/01HZ0000000000000000000000.s${shard}.${Buffer.from(userId).toString('base64url')}/retry`,
      {},
    ),
  ])
    expect(answer).toMatchObject({ status: 503, body: { code: 'WORKER_UNAVAILABLE', retry_after: 1 } });
  const batch = await call('/telegram/user/send/batch', {
    messages: [{ user_id: userId, recipient_id: 'me', text: 'x' }],
  });
  expect(batch).toMatchObject({ status: 202, body: { jobs: [{ code: 'WORKER_UNAVAILABLE' }] } });
  expect(await redis.keys(`*${userId}*`)).toEqual([]);
});

test('an account that nobody has seen is not signed in, and nothing is queued', async () => {
  await start();
  expect(await send('x')).toMatchObject({ status: 401, body: { code: 'NOT_AUTHORIZED' } });
  expect(await redis.keys(`*${userId}*`)).toEqual([]);
});

test('an interactive call that no worker takes is 503 after the wait, and nothing stays', async () => {
  await start();
  expect(await disconnect()).toMatchObject({
    status: 503,
    body: { code: 'WORKER_UNAVAILABLE', job_id: expect.any(String) },
  });
  expect(await controlJobs()).toEqual([]);
});

test('a caller that hangs up has its job withdrawn', async () => {
  await start({ AUTH_WAIT_MS: '60000' });
  const caller = new AbortController();
  const asked = fetch(`${url}/telegram/user/status/${userId}?live=true`, { signal: caller.signal });
  await expect.poll(controlJobs).toHaveLength(1);
  caller.abort();
  await expect(asked).rejects.toThrow();
  await expect.poll(controlJobs).toEqual([]);
});

test('phone numbers, codes and passwords are not readable in Redis', async () => {
  await start();
  const asked = call('/telegram/user/auth/verify', {
    user_id: userId,
    phone_code: '48151',
    password: 'hunter2',
  });
  await vi.waitFor(async () => expect(await controlJobs()).toHaveLength(1), { timeout: 10_000 });
  const [key = ''] = await controlJobs();
  expect(JSON.stringify(await redis.hgetall(key))).not.toMatch(/48151|hunter2/);
  await asked;
});

test('the thirty-first try of a code in ten minutes is 429', async () => {
  await start();
  const verify = () => call('/telegram/user/auth/verify', { user_id: userId, phone_code: '00000' });
  const answers = await Promise.all(Array.from({ length: 31 }, verify));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(1);
  expect(refused[0]?.body).toMatchObject({ code: 'RATE_LIMITED', retry_after: expect.any(Number) });
});

describe.each([
  ['refuses connections', 'cut'],
  ['hangs', 'freeze'],
] as const)('Redis that %s', (_how, takeAway) => {
  test('is 503 everywhere, leaves nothing behind, and is found again', async () => {
    await start();
    await show(READY);
    proxy[takeAway]();

    const lost = { user_id: userId, recipient_id: 'me', text: 'lost' };
    const answers = await Promise.all([
      call('/telegram/user/send', lost),
      call('/telegram/user/send/batch', { messages: [lost] }),
      disconnect(),
      call('/telegram/user/auth/verify', { user_id: userId, phone_code: '12345' }),
      call(`/telegram/user/status/${userId}`),
    ]);
    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 503,
        body: { status: 'error', code: 'QUEUE_UNAVAILABLE', retry_after: 1 },
      });
    }
    expect(await call('/readyz')).toMatchObject({ status: 503, body: { part: 'redis' } });
    expect((await call('/healthz')).status).toBe(200);

    proxy.heal();
    await expect
      .poll(async () => (await call(`/telegram/user/status/${userId}`)).status, { timeout: 10_000 })
      .toBe(200);
    await expect.poll(controlJobs).toEqual([]);
    expect(await waiting()).toBe(0);
    expect((await send('found')).status).toBe(202);
    expect(await waiting()).toBe(1);
  }, 20_000);
});

test('without Redis at the start it comes up, says that it is not ready, and works as soon as Redis is there', async () => {
  await show(READY);
  proxy.cut();
  await start();
  expect(await send('x')).toMatchObject({ status: 503, body: { code: 'QUEUE_UNAVAILABLE' } });
  expect(await call('/readyz')).toMatchObject({ status: 503, body: { part: 'redis' } });
  proxy.heal();
  await expect.poll(async () => (await send('x')).status, { timeout: 10_000 }).toBe(202);
  const ready = await call('/readyz');
  expect([ready.status, ready.body['part']]).toEqual([503, 'workers']);
}, 20_000);

test('`/readyz?verbose` says how Redis is set up, or why it is not reachable; `/readyz` is as it was', async () => {
  await start();
  const redisCheck = { ok: true, maxmemory_policy: 'noeviction', appendonly: true, problems: [] };
  expect(await call('/readyz?verbose')).toMatchObject({
    status: 503,
    body: { part: 'workers', checks: { redis: redisCheck, workers: { ok: false, live: 0 } } },
  });
  expect((await call('/readyz')).body).not.toHaveProperty('checks');
  proxy.cut();
  await expect
    .poll(async () => (await call('/readyz?verbose')).body)
    .toMatchObject({
      part: 'redis',
      checks: {
        redis: { ok: false, problems: [expect.stringMatching(/ECONNREFUSED|connection was closed/)] },
      },
    });
});

test('a Redis that may drop messages is refused at the start, with what to set', async () => {
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  try {
    await expect(start()).rejects.toThrow(/maxmemory-policy allkeys-lru.*set maxmemory-policy noeviction/);
  } finally {
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
  }
});

test.each(['cut', 'freeze'] as const)('it stops while Redis is away (%s)', async (takeAway) => {
  await start();
  proxy[takeAway]();
  await app?.close();
});

test('on a port in use it says so, also while Redis is away', async () => {
  await start();
  proxy.cut();
  const { port } = new URL(url);
  const second = startApi(
    parseSettings({ PORT: port, REDIS_URL: proxy.url, DATA_DIR: dataDir }),
    silentLogger(),
  );
  await expect(second).rejects.toThrow(`PORT ${port} on 127.0.0.1 is in use`);
}, 10_000);
