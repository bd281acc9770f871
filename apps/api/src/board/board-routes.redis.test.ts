import { Producer } from '@gateway/queue';
import { parseRedisUrl, parseSettings, Sealer, silentLogger } from '@gateway/runtime';
import { createApiMetrics } from '@gateway/telemetry';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createApp } from '../api-app.ts';
import { NO_MEDIA } from '../testing/no-media.ts';
import { overHttp } from '../testing/over-http.ts';

const REDIS_URL = process.env['REDIS_URL'];
if (REDIS_URL === undefined)
  throw new Error('These tests need a Redis: run them by `npm test`, or set REDIS_URL.');

const QUEUES = '/admin/queues/api/queues';

async function boardOver(redisUrl: string, environment: Record<string, string> = {}) {
  const logger = silentLogger();
  const producer = new Producer({
    redisAddress: parseRedisUrl(redisUrl),
    shards: 1,
    retentionMs: 1_000,
    maxPending: 1,
    sealer: new Sealer([Buffer.alloc(32)]),
    logger,
  });
  onTestFinished(() => producer.close());
  await vi.waitFor(() => producer.liveWorkers(), { timeout: 10_000 });
  const metrics = createApiMetrics();
  const app = createApp({
    settings: parseSettings(environment),
    producer,
    assistant: null,
    media: NO_MEDIA,
    metrics,
    logger,
    stopping: new AbortController().signal,
  });
  return { request: overHttp(app).request, line: vi.spyOn(logger, 'info'), http: vi.spyOn(metrics, 'http') };
}

test.each([
  ['DELETE', '/admin/queues', '/admin/queues', 'GET, HEAD'],
  ['POST', '/admin/queues/account/alice', '/admin/queues/account/:user_id', 'GET, HEAD'],
  ['DELETE', '/admin/queues/queue/webhooks', '/admin/queues/queue/:queueName', 'GET, HEAD'],
  ['POST', QUEUES, QUEUES, 'GET, HEAD'],
  ['GET', `${QUEUES}/webhooks/retry/failed`, `${QUEUES}/:name/retry/:status`, 'PUT'],
  ['GET', `${QUEUES}/webhooks/clean/failed`, `${QUEUES}/:queueName/clean/:queueStatus`, 'PUT'],
])('%s %s is 405, by the route %s with Allow: %s', async (method, path, route, allow) => {
  const { request, line, http } = await boardOver(REDIS_URL);
  const response = await request(path, { method });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe(allow);
  expect(await response.json()).toMatchObject({ status: 'error', code: 'METHOD_NOT_ALLOWED' });
  expect(line).toHaveBeenCalledWith(expect.objectContaining({ method, route, status: 405 }), 'request');
  expect(http).toHaveBeenCalledWith(expect.objectContaining({ method, route, status: 405 }));
});

test.each([
  ['GET', '/admin/queues', '/admin/queues', 200],
  ['GET', '/admin/queues/queue/webhooks', '/admin/queues/queue/:queueName', 200],
  ['GET', '/admin/queues/secret', '/admin/queues/*', 404],
  ['PUT', `${QUEUES}/secret/clean/failed`, `${QUEUES}/:queueName/clean/:queueStatus`, 404],
])('of %s %s the log and the metrics have the route %s', async (method, path, route, status) => {
  const { request, line, http } = await boardOver(REDIS_URL);
  const response = await request(path, { method });
  expect(response.status).toBe(status);
  expect(line).toHaveBeenCalledWith(expect.objectContaining({ method, route, status }), 'request');
  expect(http).toHaveBeenCalledWith(expect.objectContaining({ method, route, status }));
});

test.each([
  '..%2findex.ejs',
  '..%2f..%2fpackage.json',
  '..%5cindex.ejs',
  '%ff',
  '%',
  '%00',
  '%252e%252e%252f',
  '%2fetc%2fpasswd',
  'nothing.js',
  'css',
  'x'.repeat(300),
])('the static file %s, which there is not, is 404', async (name) => {
  const { request } = await boardOver(REDIS_URL);
  for (const method of ['GET', 'HEAD']) {
    const response = await request(`/admin/queues/static/${name}`, { method });
    expect(response.status).toBe(404);
    if (method === 'GET') expect(await response.json()).toMatchObject({ code: 'NOT_FOUND' });
  }
  expect((await request(`/admin/queues/static/${name}`, { method: 'POST' })).status).toBe(405);
});

test('with API keys the dashboard needs ADMIN_USER and ADMIN_PASSWORD on loopback too', async () => {
  const off = await boardOver(REDIS_URL, { API_KEYS: 'a-key' });
  for (const path of ['/admin/queues', '/admin/queues/', QUEUES, '/admin/queues/account/alice']) {
    const response = await off.request(path, { headers: { authorization: 'Bearer a-key' } });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('ADMIN_USER') });
  }
  const on = await boardOver(REDIS_URL, {
    API_KEYS: 'a-key',
    ADMIN_USER: 'admin',
    ADMIN_PASSWORD: 'a password',
  });
  expect((await on.request(QUEUES)).status).toBe(401);
  const authorization = `Basic ${Buffer.from('admin:a password').toString('base64')}`;
  expect((await on.request(QUEUES, { headers: { authorization } })).status).toBe(200);
});
