import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { GatewayError } from '@gateway/contracts';
import { parseSettings, silentLogger, type App } from '@gateway/runtime';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startApi, type ApiOverrides } from './api-app.ts';
import { FakeProducer, JOB_ID, SENT } from './testing/fake-producer.ts';
import { rawRequest } from './testing/raw-request.ts';

const MESSAGE = JSON.stringify({ user_id: 'user1', recipient_id: 'me', text: 'x' });
const running: App[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});

async function start(environment: Record<string, string> = {}, overrides: ApiOverrides = {}) {
  const producer = new FakeProducer();
  const app = await startApi(parseSettings({ PORT: '0', ...environment }), silentLogger(), {
    producer,
    ...overrides,
  });
  running.push(app);
  return { app, producer, url: String((await app.ready)['url']) };
}

const sendOver = (url: string) =>
  fetch(`${url}/telegram/user/send`, {
    method: 'POST',
    body: MESSAGE,
    headers: { 'content-type': 'application/json' },
  });

describe('starting', () => {
  test('says where it answers', async () => {
    const { url } = await start();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test.each(['::1', '[::1]'])('listens on HOST %s', async (HOST) => {
    const { url } = await start({ HOST });
    expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await fetch(`${url}/telegram/user/status/user1`)).status).toBe(200);
  });

  test('shows an address that can be asked where it listens on all', async () => {
    const { url } = await start({ HOST: '0.0.0.0', API_KEYS: 'key' });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${url}/telegram/user/status/user1`)).status).toBe(401);
  });

  test('without keys on an open host is refused', async () => {
    await expect(start({ HOST: '0.0.0.0' })).rejects.toThrow(/^HOST is 0\.0\.0\.0.*set API_KEYS=/);
  });

  test('on a port in use says so and closes what it opened', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const producer = new FakeProducer();
    await expect(start({ PORT: String(port) }, { producer })).rejects.toThrow(
      `PORT ${port} on 127.0.0.1 is in use: stop what listens there, or set another PORT`,
    );
    expect(producer.closed).toBe(true);
    other.close();
  });

  test('on a host of another machine says so', async () => {
    await expect(start({ HOST: '192.0.2.1', API_KEYS: 'key' })).rejects.toThrow(
      /^HOST 192\.0\.2\.1 is no address of this machine/,
    );
  });

  test('with another number of shards than Redis has does not start', async () => {
    const producer = new FakeProducer();
    producer.away = { from: 'claimShards', error: new Error('SHARDS is 16, but …: set SHARDS=4') };
    await expect(start({}, { producer })).rejects.toThrow('set SHARDS=4');
    expect(producer.closed).toBe(true);
  });

  test('goes on without Redis, and ends when it comes with another number of shards', async () => {
    const producer = new FakeProducer();
    producer.away = { from: 'claimShards', error: new GatewayError('QUEUE_UNAVAILABLE') };
    const onFatal = vi.fn<(error: unknown) => void>();
    const { url } = await start({}, { producer, onFatal });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(onFatal).not.toHaveBeenCalled();
    const mismatch = new Error('SHARDS is 16, but …: set SHARDS=4');
    producer.away = { from: 'claimShards', error: mismatch };
    await vi.waitFor(() => expect(onFatal).toHaveBeenCalledWith(mismatch), { timeout: 10_000 });
  });
});

describe('over a socket', () => {
  test('Host decides: a name that was pointed here is refused', async () => {
    const { url } = await start();
    const ask = (host: string) =>
      rawRequest(
        url,
        `GET /telegram/user/status/user1 HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
    expect(await ask('evil.example')).toMatch(/^HTTP\/1\.1 403 .*"code":"FORBIDDEN"/s);
    expect(await ask('localhost')).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask('user@localhost')).toMatch(/^HTTP\/1\.1 400 .*"status":"error"/s);
  });

  test.each([
    'GET / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.0\r\n\r\n',
    'nonsense\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    'GET /a\\b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  ])('what is no proper request is 4xx (%#)', async (bytes) => {
    const { url } = await start();
    expect(await rawRequest(url, bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test('a caller that hangs up has its job withdrawn', async () => {
    const { url, producer } = await start();
    producer.onWait = (_ms, signal) =>
      new Promise((resolve) => signal?.addEventListener('abort', () => resolve({ end: 'timeout' })));
    const caller = new AbortController();
    const asked = fetch(`${url}/telegram/user/status/user1?live=true`, { signal: caller.signal });
    asked.catch(() => {});
    await vi.waitFor(() => expect(producer.added).toHaveLength(1), { timeout: 10_000 });
    caller.abort();
    await vi.waitFor(() => expect(producer.withdrawn).toEqual([JOB_ID]), { timeout: 10_000 });
    expect(producer.openWaits).toBe(0);
  });
});

describe('closing', () => {
  test('answers who waits, ends kept connections, then closes the queues', async () => {
    const { url, app, producer } = await start();
    await (await fetch(`${url}/healthz`)).text();
    producer.onWait = (_ms, signal) =>
      new Promise((resolve) => signal?.addEventListener('abort', () => resolve({ end: 'timeout' })));
    const asked = sendOver(url);
    await vi.waitFor(() => expect(producer.waits).toHaveLength(1), { timeout: 10_000 });
    const closed = app.close();
    expect((await asked).status).toBe(202);
    await closed;
    expect(producer.closed).toBe(true);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    running.splice(0);
  });

  test('ends although the queues do not close', async () => {
    const { app, producer } = await start();
    const begun = new Promise<void>((begin) => {
      producer.close = () => new Promise(() => begin());
    });
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const closed = app.close();
    running.splice(0);
    await begun;
    await vi.advanceTimersByTimeAsync(5_000);
    await closed;
  });

  test('lets a running request end', async () => {
    const { url, app, producer } = await start();
    let finish = () => {};
    producer.jobs.set(JOB_ID, SENT);
    producer.controlResults['account.status'] = producer.view;
    producer.onWait = () => new Promise((resolve) => (finish = () => resolve({ end: 'finished' })));
    const asked = fetch(`${url}/telegram/user/status/user1?live=true`);
    await vi.waitFor(() => expect(producer.waits).toHaveLength(1), { timeout: 10_000 });
    const closed = app.close();
    expect(producer.closed).toBe(false);
    finish();
    expect((await asked).status).toBe(200);
    await closed;
    running.splice(0);
  });
});
