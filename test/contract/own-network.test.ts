import { PROXIES, PROXY_PASSWORD, type RunningProxy } from '@gateway/telegram/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

const ALICE = '+9996627501';
const BOB = '+9996627502';
const PROXY = '/telegram/user/proxy';

describe("An account's own network", () => {
  let stack: Stack;
  let bob: number;
  let alice: number;
  const running: RunningProxy[] = [];

  beforeAll(async () => {
    stack = await Stack.start();
    bob = await stack.signIn('bob', BOB);
  });
  afterAll(async () => {
    await Promise.all(running.map((proxy) => proxy.close()));
    await stack[Symbol.asyncDispose]();
  });

  async function start(kind: keyof typeof PROXIES): Promise<RunningProxy> {
    const { dataCenters } = await stack.telegram();
    const proxy = await PROXIES[kind](dataCenters);
    running.push(proxy);
    return proxy;
  }

  const received = async (from: number) =>
    (await stack.control.messages({ from, to: bob })).map(({ text }) => text);

  test('a sign-in begins by it, and the owner sees the device that the caller names', async () => {
    const proxy = await start('socks5');
    const started = await stack.api.post('/telegram/user/auth/start', {
      user_id: 'alice',
      phone_number: ALICE,
      proxy: proxy.address,
      device_model: 'Desk of Alice',
      app_version: '9.9',
    });
    expect(started.status).toBe(200);
    // The sign-in goes on by it after a restart.
    const before = proxy.connections();
    expect(before).toBeGreaterThan(0);
    await stack.worker.end();
    await stack.startWorker();
    const code = await stack.control.code(ALICE);
    const verified = await stack.api.post('/telegram/user/auth/verify', {
      user_id: 'alice',
      phone_code: code,
    });
    expect(verified.body).toMatchObject({ status: 'authorized' });
    alice = verified.body.user.id;
    expect(proxy.connections()).toBeGreaterThan(before);
    expect((await stack.api.status('alice')).body).toMatchObject({
      state: 'ready',
      proxy: proxy.address.replace(`:${PROXY_PASSWORD}`, ''),
    });
    const { sessions } = await stack.control.counters();
    expect(sessions.find(({ id }) => id === alice)?.devices).toEqual([
      { device_model: 'Desk of Alice', app_version: '9.9' },
    ]);
  });

  test.each(['http', 'mtproxy', 'mtproxy with padding', 'socks5'] as const)(
    'another one (%s) takes effect at once',
    async (kind) => {
      const proxy = await start(kind);
      const set = await stack.api.post(PROXY, { user_id: 'alice', proxy: proxy.address });
      expect(set).toMatchObject({ status: 200, body: { status: 'ok', state: 'ready' } });
      expect(proxy.connections()).toBeGreaterThan(0);
      const sent = await stack.api.send('alice', BOB, `by ${kind}`, { Prefer: 'wait=30' });
      expect(sent.status).toBe(200);
      expect((await received(alice)).at(-1)).toBe(`by ${kind}`);
      expect(JSON.stringify([set.body, (await stack.api.status('alice')).body])).not.toMatch(
        new RegExp(`${PROXY_PASSWORD}|00112233`),
      );
    },
  );

  test('one that goes away holds the messages, which another one sends, each once', async () => {
    const proxy = await start('socks5');
    await stack.api.post(PROXY, { user_id: 'alice', proxy: proxy.address });
    await proxy.close();
    const { job_id } = (await stack.api.send('alice', BOB, 'held', { Prefer: 'respond-async' })).body;
    const reason = async () => (await stack.api.get(`/jobs/${job_id}`)).body.reason;
    await expect.poll(reason).toBe('PROXY_UNREACHABLE');
    await stack.api.send('alice', BOB, 'held, too', { Prefer: 'respond-async' });
    expect((await stack.api.status('alice')).body).toMatchObject({
      authorized: true,
      state: 'proxy_unreachable',
      reason: 'PROXY_UNREACHABLE',
      next_action: expect.stringContaining('/telegram/user/proxy'),
    });
    // Also after a restart, before anything connects.
    await stack.worker.end();
    await stack.startWorker();
    expect((await stack.api.status('alice')).body.state).toBe('proxy_unreachable');
    expect(await received(alice)).not.toContain('held');
    const other = await start('http');
    const set = await stack.api.post(PROXY, { user_id: 'alice', proxy: other.address });
    expect(set.body.state).toBe('ready');
    await expect
      .poll(async () => (await received(alice)).slice(-2), { timeout: 30_000 })
      .toEqual(['held', 'held, too']);
  }, 90_000);

  test('one that never gets through is stored all the same, and null takes it back', async () => {
    const proxy = await start('http');
    await proxy.close();
    const set = await stack.api.post(PROXY, { user_id: 'alice', proxy: proxy.address });
    expect(set).toMatchObject({ status: 200, body: { state: 'proxy_unreachable' } });
    const live = await stack.api.status('alice', '?live=true');
    expect(live).toMatchObject({ status: 503, body: { code: 'PROXY_UNREACHABLE', kind: 'user_action' } });
    const removed = await stack.api.post(PROXY, { user_id: 'alice', proxy: null });
    expect(removed.body).toMatchObject({ state: 'ready', proxy: null });
    expect((await stack.api.status('alice')).body).not.toHaveProperty('proxy');
  });

  test('a sign-in by a proxy that does not get through is refused, and connects in no other way', async () => {
    const proxy = await start('socks5');
    await proxy.close();
    const request = { user_id: 'carol', phone_number: '+9996627503', proxy: proxy.address };
    const refused = await stack.api.post('/telegram/user/auth/start', request);
    expect(refused).toMatchObject({ status: 503, body: { code: 'PROXY_UNREACHABLE' } });
    await expect(stack.control.code('+9996627503')).rejects.toThrow('404');
    expect((await stack.api.status('carol')).body.state).toBe('none');
  });

  test('a session is imported by it, and by nothing else', async () => {
    const { dc, auth_key } = await stack.control.createSession('+9996627504');
    const session = `v1.${dc}.${auth_key}`;
    const away = await start('socks5');
    await away.close();
    const request = { user_id: 'dora', session, exclusive: true };
    const refused = await stack.api.post('/telegram/user/import', { ...request, proxy: away.address });
    expect(refused).toMatchObject({ status: 503, body: { code: 'PROXY_UNREACHABLE' } });
    const proxy = await start('http');
    const imported = await stack.api.post('/telegram/user/import', { ...request, proxy: proxy.address });
    expect(imported).toMatchObject({ status: 200, body: { status: 'authorized' } });
    expect(proxy.connections()).toBeGreaterThan(0);
    expect((await stack.api.status('dora')).body.proxy).toMatch(/^http:\/\/user@/);
  });

  test('a cancelled sign-in leaves the account the proxy that it had before', async () => {
    const former = await start('http');
    await stack.api.post(PROXY, { user_id: 'alice', proxy: former.address });
    const { proxy: shown } = (await stack.api.status('alice')).body;
    await stack.control.revoke(alice);
    await stack.api.status('alice', '?live=true');
    const other = await start('socks5');
    const begin = { user_id: 'alice', phone_number: ALICE, proxy: other.address };
    expect(await stack.api.post('/telegram/user/auth/start', begin)).toMatchObject({ status: 200 });
    expect((await stack.api.status('alice')).body.proxy).toMatch(/^socks5:/);
    const cancelled = await stack.api.post('/telegram/user/auth/cancel', { user_id: 'alice' });
    expect(cancelled.status).toBe(200);
    expect((await stack.api.status('alice')).body).toMatchObject({ state: 'revoked', proxy: shown });
    const before = former.connections();
    const again = await stack.api.post('/telegram/user/auth/qr', { user_id: 'alice' });
    expect(again.body).toMatchObject({ status: 'qr' });
    expect(former.connections()).toBeGreaterThan(before);
  });

  test('wrong addresses are refused with the reason, and not repeated', async () => {
    for (const [address, reason] of [
      ['socks5://user:secret-1@proxy', 'port'],
      ['ftp://user:secret-1@proxy:21', 'socks5://'],
      ['mtproxy://secret-1@proxy:443', '32 hexadecimal digits'],
    ] as const) {
      const refused = await stack.api.post(PROXY, { user_id: 'alice', proxy: address });
      expect(refused).toMatchObject({ status: 400, body: { code: 'VALIDATION' } });
      expect(refused.body.issues).toEqual([{ path: 'proxy', message: expect.stringContaining(reason) }]);
      expect(JSON.stringify(refused.body)).not.toContain('secret-1');
    }
    const unknown = await stack.api.post(PROXY, { user_id: 'nobody', proxy: null });
    expect(unknown).toMatchObject({ status: 401, body: { code: 'NOT_AUTHORIZED' } });
  });
});
