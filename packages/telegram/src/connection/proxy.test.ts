import { parseProxy, type ProxyServer } from '@gateway/contracts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createTelegram } from '../telegram.ts';
import { MemoryPeerBook } from '../testing/memory-peer-book.ts';
import { PROXIES, PROXY_PASSWORD } from '../testing/proxies.ts';
import { testPhone, World } from '../testing/world.ts';
import type { OpenOptions, TelegramOptions } from '../types.ts';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.close());

function serverAt(address: string): ProxyServer {
  const server = parseProxy(address);
  if (typeof server === 'string') throw new Error(server);
  return server;
}

function open(own: OpenOptions, options: Partial<TelegramOptions> = {}) {
  const client = createTelegram({ ...world.options(), ...options }).open(null, new MemoryPeerBook(), own);
  onTestFinished(() => client.close());
  return client;
}

async function failureOf(client: ReturnType<typeof open>): Promise<unknown> {
  return client.sendCode(testPhone()).catch((error: unknown) => error);
}

/** All that an error tells, with its causes. */
function told(failure: unknown): string {
  const parts: string[] = [];
  for (let error: unknown = failure; error instanceof Error; error = error.cause)
    parts.push(JSON.stringify([Object.entries(error), error.message, error.stack]));
  return parts.join();
}

describe.each(Object.entries(PROXIES))('%s', (_kind, start) => {
  it('leads to Telegram, and nothing else does', async () => {
    const { dataCenters } = world.options();
    await using proxy = await start(dataCenters);
    const said: unknown[] = [];
    const onProxy = (error: unknown) => said.push(error);
    const client = open({ proxy: serverAt(proxy.address), onProxy });
    const sent = await client.sendCode(testPhone(3));
    expect(sent.phone_code_hash).toMatch(/.+/);
    expect(proxy.connections()).toBeGreaterThan(0);
    expect(said).not.toHaveLength(0);
    expect(said.every((error) => error === null)).toBe(true);
  });

  it('that is away, or has another password, is said to be so, without the password', async () => {
    const { dataCenters } = world.options();
    await using proxy = await start(dataCenters);
    const wrong = proxy.address.replace(PROXY_PASSWORD, 'wrong-password').replace('00112233', '99112233');
    const said: unknown[] = [];
    const own = { proxy: serverAt(wrong), onProxy: (error: unknown) => said.push(error) };
    const refused = await failureOf(open(own, { connectTimeoutMs: 1_000 }));
    const unreachable = {
      failure: { outcome: 'retry', reached: false },
      error: { code: 'PROXY_UNREACHABLE' },
    };
    expect(refused).toMatchObject(unreachable);
    expect(said).toEqual([expect.objectContaining({ code: 'PROXY_UNREACHABLE' })]);
    expect(told(refused)).not.toContain('wrong-password');
    expect(told(refused)).not.toContain('99112233');
    await proxy.close();
    const away = await failureOf(open({ proxy: serverAt(proxy.address) }));
    expect(away).toMatchObject(unreachable);
    expect(told(away)).toContain('ECONNREFUSED');
    expect(told(away)).not.toContain(PROXY_PASSWORD);
  });
});

it('the proxy of TELEGRAM_PROXY is for accounts without one of their own', async () => {
  await using shared = await PROXIES.socks5();
  await using own = await PROXIES.http();
  const options = { proxy: serverAt(shared.address) };
  await open({}, options).sendCode(testPhone());
  expect([shared.connections() > 0, own.connections()]).toEqual([true, 0]);
  const before = shared.connections();
  await open({ proxy: serverAt(own.address) }, options).sendCode(testPhone());
  expect([shared.connections(), own.connections() > 0]).toEqual([before, true]);
});

it('says that the proxy of TELEGRAM_PROXY refuses user and password, and not the password itself', async () => {
  await using proxy = await PROXIES.socks5();
  const failure = await failureOf(
    open({}, { proxy: serverAt(proxy.address.replace(PROXY_PASSWORD, 'wrong-password')) }),
  );
  expect(failure).toMatchObject({
    failure: { outcome: 'retry', reached: false },
    error: {
      code: 'TELEGRAM_MISCONFIGURED',
      message: 'The proxy of TELEGRAM_PROXY refuses the user and the password.',
    },
  });
  expect(told(failure)).not.toContain('wrong-password');
});
