import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTelegram } from '../telegram.ts';
import { MemoryPeerBook } from '../testing/memory-peer-book.ts';
import { SocksProxy } from '../testing/socks-proxy.ts';
import { testPhone, World } from '../testing/world.ts';

let world: World;
let proxy: SocksProxy;
beforeAll(async () => {
  world = await World.create();
  proxy = await SocksProxy.start('user', 'the-password');
});
afterAll(async () => {
  await proxy.close();
  await world.close();
});

function open(password: string) {
  const through = { version: 5 as const, host: '127.0.0.1', port: proxy.port, username: 'user', password };
  return createTelegram({ ...world.options(), proxy: through }).open(null, new MemoryPeerBook());
}

it('reaches Telegram by the proxy, and by nothing else', async () => {
  const client = open('the-password');
  const sent = await client.sendCode(testPhone());
  expect(sent.phone_code_hash).toMatch(/.+/);
  expect(proxy.targets.length).toBeGreaterThan(0);
  await client.close();
});

it('says that the proxy refuses user and password, and not the password itself', async () => {
  const client = open('wrong-password');
  const failure = await client.sendCode(testPhone()).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    failure: { outcome: 'retry', reached: false },
    error: {
      code: 'TELEGRAM_MISCONFIGURED',
      message: 'The proxy of TELEGRAM_PROXY refuses the user and the password.',
    },
  });
  const told: string[] = [];
  for (let error: unknown = failure; error instanceof Error; error = error.cause)
    told.push(JSON.stringify([Object.entries(error), error.message, error.stack]));
  expect(told.join()).not.toContain('wrong-password');
  expect(told.join()).toContain('the proxy');
  await client.close();
});
