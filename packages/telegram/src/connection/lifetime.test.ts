import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { queryObjects } from 'node:v8';
import { Api } from 'telegram/tl/index.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTelegram } from '../telegram.ts';
import { MemoryPeerBook } from '../testing/memory-peer-book.ts';
import { World } from '../testing/world.ts';
import { Sender } from './sender.ts';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.close());

it('leaves nothing of a client in memory once it is closed', async () => {
  const { client } = await world.signIn();
  const session = client.session();
  await client.close();
  const before = queryObjects(Sender, { format: 'count' });
  for (let round = 0; round < 20; round++) {
    const short = createTelegram(world.options()).open(session, new MemoryPeerBook());
    await short.me();
    await short.close();
  }
  expect(queryObjects(Sender, { format: 'count' })).toBeLessThanOrEqual(before + 1);
});

it('keeps nothing of what was asked and answered while it is at rest', async () => {
  const { client } = await world.signIn();
  const session = client.session();
  await client.close();
  const count = (kind: new (...args: never[]) => object) => queryObjects(kind, { format: 'count' });
  const [answers, acknowledgements] = [count(Api.Config), count(Api.MsgsAck)];
  const rested = createTelegram(world.options()).open(session, new MemoryPeerBook());
  await rested.connect();
  expect(count(Api.Config)).toBe(answers);
  for (let call = 0; call < 5; call++) await rested.me();
  // The one that went out last, with the last call.
  expect(count(Api.MsgsAck)).toBeLessThanOrEqual(acknowledgements + 1);
  await rested.close();
});

it('lets a process end by itself after opening, sending and closing', async () => {
  const { client } = await world.signIn();
  await client.close();
  const options = world.options();
  const script = fileURLToPath(new URL('../testing/short-life.ts', import.meta.url));
  const argument = JSON.stringify({ options, session: client.session() });
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', script, argument],
    {
      timeout: 20_000,
    },
  );
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ msToExit: expect.closeTo(0, -3) });
});
