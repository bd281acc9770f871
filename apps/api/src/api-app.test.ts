import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Producer } from '@gateway/queue';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ApiOverrides } from './api-app.ts';
import { rawRequest } from './testing/raw-request.ts';
import { useRealQueues } from './testing/real-queues.ts';
import { startedApi } from './testing/started-api.ts';
import { READY } from './testing/views.ts';

const queues = useRealQueues();

const start = (environment: Record<string, string> = {}, overrides: ApiOverrides = {}) =>
  startedApi(queues, environment, overrides);

/** Watches whether the queues of the API that starts next are closed. */
function watchClosing() {
  const closing = vi.spyOn(Producer.prototype, 'close');
  onTestFinished(() => closing.mockRestore());
  return closing;
}

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
    const closing = watchClosing();
    await expect(start({ PORT: String(port) })).rejects.toThrow(
      `PORT ${port} on 127.0.0.1 is in use: stop what listens there, or set another PORT`,
    );
    expect(closing).toHaveBeenCalledOnce();
    other.close();
  });

  test('on a host of another machine says so', async () => {
    await expect(start({ HOST: '192.0.2.1', API_KEYS: 'key' })).rejects.toThrow(
      /^HOST 192\.0\.2\.1 is no address of this machine/,
    );
  });

  test('with another number of shards than Redis has does not start, and closes what it opened', async () => {
    const closing = watchClosing();
    await expect(start({ SHARDS: '3' })).rejects.toThrow(/SHARDS is 3, but .* set SHARDS=1/);
    expect(closing).toHaveBeenCalledOnce();
  });

  test('goes on without Redis, and ends when it comes with another number of shards', async () => {
    queues.proxy.cut();
    onTestFinished(() => queues.proxy.heal());
    const onFatal = vi.fn<(error: unknown) => void>();
    const { url } = await start({ SHARDS: '3' }, { onFatal });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(onFatal).not.toHaveBeenCalled();
    queues.proxy.heal();
    await vi.waitFor(() => expect(onFatal).toHaveBeenCalledOnce(), { timeout: 10_000 });
    expect(String(onFatal.mock.calls[0]?.[0])).toContain('set SHARDS=1');
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
});

describe('closing', () => {
  test('answers who waits, ends kept connections, then closes the queues', async () => {
    const { url, close } = await start({ SEND_WAIT_MS: '60000' });
    await (await fetch(`${url}/healthz`)).text();
    const user_id = await queues.owner.newAccount(READY);
    const answer = fetch(`${url}/telegram/user/send`, {
      method: 'POST',
      body: JSON.stringify({ user_id, recipient_id: 'me', text: 'x' }),
      headers: { 'content-type': 'application/json' },
    });
    await expect.poll(() => queues.producer.pending(user_id)).toMatchObject({ waiting: 1 });
    const closing = watchClosing();
    const closed = close();
    expect((await answer).status).toBe(202);
    await closed;
    expect(closing).toHaveBeenCalledOnce();
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  test('ends although the queues do not close', async () => {
    const { close } = await start();
    const closing = watchClosing();
    const begun = new Promise<void>((begin) => {
      closing.mockImplementationOnce(() => {
        begin();
        return new Promise(() => {});
      });
    });
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const closed = close();
    await begun;
    await vi.advanceTimersByTimeAsync(5_000);
    await closed;
    vi.useRealTimers();
    await (closing.mock.contexts[0] as Producer | undefined)?.close();
  });

  test('lets a running request end', async () => {
    const { url, close } = await start();
    const userId = await queues.owner.newAccount(READY);
    let finish = () => {};
    queues.owner.answer(
      userId,
      'account.status',
      () => new Promise((resolve) => (finish = () => resolve(READY))),
    );
    const answer = fetch(`${url}/telegram/user/status/${userId}?live=true`);
    await expect.poll(() => queues.owner.ranOf(userId)).toHaveLength(1);
    const closing = watchClosing();
    const closed = close();
    expect(closing).not.toHaveBeenCalled();
    finish();
    expect((await answer).status).toBe(200);
    await closed;
  });
});
