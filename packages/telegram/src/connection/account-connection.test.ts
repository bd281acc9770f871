import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTelegram } from '../telegram.ts';
import { MemoryPeerBook } from '../testing/memory-peer-book.ts';
import { openTcpProxy } from '../testing/tcp-proxy.ts';
import { World } from '../testing/world.ts';
import type { DataCenter } from '../types.ts';
import { Connection } from './connection.ts';
import { trustServerKeys } from './server-keys.ts';

let world: World;
let dataCenter: DataCenter;
beforeAll(async () => {
  world = await World.create();
  const { dataCenters, serverKeys } = world.options();
  trustServerKeys(serverKeys);
  const [first] = dataCenters;
  if (first === undefined) throw new Error('The sandbox has no data centre');
  dataCenter = first;
});
afterAll(() => world.close());

it('finds out by itself that an idle connection has died, and keeps one that lives', async () => {
  await using proxy = await openTcpProxy(dataCenter);
  const connection = new Connection({
    mayTalk: () => true,
    apiId: 1,
    isCustom: true,
    dataCenter: proxy.dataCenter,
    authKey: undefined,
    // Longer than a busy machine may pause: one that lives must not seem dead.
    callTimeoutMs: 2_000,
    pingIntervalMs: 20,
  });
  await connection.open(5000);
  const before = proxy.sent();
  await expect.poll(() => proxy.sent(), { interval: 10 }).toBeGreaterThan(before + 20);
  expect(connection.isUp).toBe(true);
  proxy.freeze();
  await expect.poll(() => connection.isUp, { interval: 10 }).toBe(false);
});

it('tries a key exchange that went wrong again, and not for ever', async () => {
  let spoilt = 1;
  await using proxy = await openTcpProxy(dataCenter, (connection, client) => {
    if (connection <= spoilt) client.destroy();
  });
  const telegram = createTelegram({ ...world.options(), dataCenters: [proxy.dataCenter] });
  const client = telegram.open(null, new MemoryPeerBook());
  await client.connect();
  expect(client.session()).not.toBeNull();
  expect(proxy.connections()).toBe(2);
  await client.close();

  spoilt = Infinity;
  const unlucky = telegram.open(null, new MemoryPeerBook());
  await expect(unlucky.connect()).rejects.toMatchObject({ failure: { outcome: 'retry' } });
  expect(proxy.connections()).toBe(5);
  await unlucky.close();
});
