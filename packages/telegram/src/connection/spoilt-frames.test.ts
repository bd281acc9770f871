import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TelegramFailure } from '../errors/telegram-failure.ts';
import { createTelegram } from '../telegram.ts';
import { MemoryPeerBook } from '../testing/memory-peer-book.ts';
import { openTcpProxy, type TcpProxy } from '../testing/tcp-proxy.ts';
import { testPhone, World, type SignedIn } from '../testing/world.ts';
import type { AccountClient } from '../types.ts';

let world: World;
let ivan: SignedIn;
let proxy: TcpProxy;
let client: AccountClient;
let lastRandomId = 1000n;

beforeAll(async () => {
  world = await World.create();
  ivan = await world.signIn();
  await ivan.client.close();
  const main = world.sandbox.dataCenters.find(({ id }) => id === 2);
  if (main === undefined) throw new Error('The sandbox has no data centre 2');
  proxy = await openTcpProxy(main);
  const telegram = createTelegram({ ...world.options(), dataCenters: [proxy.dataCenter] });
  client = telegram.open(ivan.client.session(), new MemoryPeerBook());
  const key = Buffer.from(ivan.client.session()?.split('.')[2] ?? '', 'base64url');
  const keyId = createHash('sha1').update(key).digest().subarray(12, 20);
  frame(Buffer.concat([keyId, randomBytes(16 + 64)])).copy(KEY_MISMATCH);
});
afterAll(async () => {
  await client.close();
  await proxy[Symbol.asyncDispose]();
  await world.close();
});

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** A frame of the full transport. */
function frame(payload: Buffer, length = payload.length + 12): Buffer {
  const body = Buffer.concat([int(length), int(0), payload]);
  return Buffer.concat([body, int(crc32(body) | 0)]);
}

function note(text: string) {
  lastRandomId += 1n;
  return { recipient: { kind: 'self' as const }, text, randomId: lastRandomId, linkPreview: true };
}

const bare = (code: number) => Buffer.concat([int(code), int(code), int(code)]);
/** Takes the key's own id once it is known. */
const KEY_MISMATCH = frame(randomBytes(24 + 64));
const KINDS: [title: string, bytes: Buffer][] = [
  ...[-404, -429, -444, -403, -500, -1].flatMap((code): [string, Buffer][] => [
    [`transport error ${code} in a frame`, frame(int(code))],
    [`transport error ${code}, bare`, bare(code)],
  ]),
  ['transport error -404 in a frame of another transport', Buffer.concat([int(4), int(-404)])],
  ['an HTTP answer', Buffer.from('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n')],
  ['a page', Buffer.from(`<!doctype html><title>Sign in to this network</title>${' '.repeat(5000)}`)],
  ['a TLS alert', Buffer.from('15030100020228', 'hex')],
  ['nothing', Buffer.alloc(0)],
  ['zeros', Buffer.alloc(100)],
  ['a frame of 8 bytes', frame(Buffer.alloc(0), 8)],
  ['a frame of 13 bytes', frame(Buffer.alloc(4), 13)],
  ['a frame of 2 GB', frame(Buffer.alloc(64), 0x7ffffff0)],
  ['a frame that is cut', frame(randomBytes(400)).subarray(0, 100)],
  ['a wrong checksum', Buffer.concat([int(16), int(0), int(-404), int(1)])],
  ['an empty frame', frame(Buffer.alloc(0))],
  ['a positive number', frame(int(404))],
  ['a message of odd length', frame(randomBytes(24 + 16 + 4))],
  ['a message under another key', frame(randomBytes(24 + 64))],
  ['a message that does not fit its key', KEY_MISMATCH],
];

describe('one thing that came in place of an answer ends no session', () => {
  it.each(KINDS)('%s', async (title, bytes) => {
    await client.run('send', note(`до: ${title}`));
    const once = note(title);
    proxy.spoil(bytes);
    await expect(client.run('send', once)).rejects.toMatchObject({
      failure: { outcome: 'unknown' },
      error: { code: 'TELEGRAM_TIMEOUT' },
    });
    await client.run('send', once);
    expect(world.texts(ivan.user.id, ivan.user.id).filter((text) => text === title)).toHaveLength(1);
  });

  it.each(KINDS)('while opening, twice: %s', async (title, bytes) => {
    const connections = proxy.connections();
    const fresh = createTelegram({ ...world.options(), dataCenters: [proxy.dataCenter] }).open(
      client.session(),
      new MemoryPeerBook(),
    );
    await client.close();
    proxy.spoil(bytes, bytes);
    for (let tries = 0; proxy.connections() < connections + 2 && tries < 2; tries += 1) {
      const result = await fresh.connect().catch((error: unknown) => error);
      if (result !== undefined)
        expect(result).toMatchObject({
          failure: { outcome: 'retry', reached: false },
          error: { kind: expect.not.stringMatching('permanent') },
        });
    }
    await fresh.run('send', note(`после: ${title}`));
    client = fresh;
  });
});

it('a key that is not known on three connections, and no fewer, ends the session', async () => {
  await client.close();
  const telegram = createTelegram({ ...world.options(), dataCenters: [proxy.dataCenter] });
  const open = () => telegram.open(ivan.client.session(), new MemoryPeerBook());
  const twice = open();
  proxy.spoil(frame(int(-404)), frame(int(-404)));
  await twice.connect();
  await twice.close();
  const thrice = open();
  const before = proxy.connections();
  proxy.spoil(frame(int(-404)), frame(int(-404)), frame(int(-404)));
  await expect(thrice.connect()).rejects.toMatchObject({
    failure: { outcome: 'account', state: 'revoked' },
    error: { code: 'NOT_AUTHORIZED' },
  });
  expect(proxy.connections()).toBe(before + 3);
  client = open();
  await client.run('send', note('снова'));
});

it.each([
  [-429, 10, /too many connections from this address/],
  [-403, undefined, /access is forbidden/],
  [-500, undefined, /Telegram is in trouble/],
])('says what transport error %i means, and how long it asks for', async (code, retryAfter, message) => {
  await client.close();
  client = createTelegram({ ...world.options(), dataCenters: [proxy.dataCenter] }).open(
    ivan.client.session(),
    new MemoryPeerBook(),
  );
  proxy.spoil(frame(int(code)));
  const thrown: unknown = await client.connect().catch((error: unknown) => error);
  expect(thrown).toMatchObject({
    failure: { outcome: 'retry', reached: false },
    error: { code: 'TELEGRAM_UNAVAILABLE', message: expect.stringMatching(message) },
  });
  expect((thrown as TelegramFailure).error.details.retryAfter).toBe(retryAfter);
});

it('a key that is not known is asked about after a pause, which ends with the client', async () => {
  await client.close();
  const options = {
    ...world.options(),
    dataCenters: [proxy.dataCenter],
    unknownKeyPausesMs: [60_000, 60_000],
  };
  const waiting = createTelegram(options).open(ivan.client.session(), new MemoryPeerBook());
  const before = proxy.connections();
  proxy.spoil(frame(int(-404)));
  const connecting = waiting.connect();
  connecting.catch(() => {});
  await expect.poll(() => proxy.connections()).toBe(before + 1);
  await waiting.close();
  await expect(connecting).rejects.toMatchObject({ failure: { outcome: 'retry' } });
  expect(proxy.connections()).toBe(before + 1);
  client = createTelegram({ ...world.options(), dataCenters: [proxy.dataCenter] }).open(
    ivan.client.session(),
    new MemoryPeerBook(),
  );
});

const ENDS = [
  'AUTH_KEY_UNREGISTERED',
  'AUTH_KEY_INVALID',
  'AUTH_KEY_DUPLICATED',
  'SESSION_REVOKED',
  'SESSION_EXPIRED',
  'USER_DEACTIVATED',
];

it.each(ENDS)('%s in answer to who is signed in, of a session that is good, ends nothing', async (name) => {
  const { client: asker, user } = await world.signIn(testPhone());
  const fault = { user_id: user.id, method: 'users.getUsers', error: name };
  world.control.addFault({ ...fault, slip: true });
  expect(await asker.me()).toMatchObject({ id: user.id });
  world.control.addFault(fault);
  await expect(asker.me()).rejects.toMatchObject({
    failure: { outcome: 'account' },
    error: { details: { rpcError: name } },
  });
});

it('logs out at Telegram though the first answer was such a slip', async () => {
  const { client: asker, user } = await world.signIn(testPhone());
  const sessions = () => world.control.counters().sessions.filter(({ id }) => id === user.id);
  expect(sessions()).toHaveLength(1);
  const fault = { user_id: user.id, method: 'auth.logOut', error: 'AUTH_KEY_UNREGISTERED' };
  world.control.addFault({ ...fault, slip: true });
  await asker.logOut();
  expect(sessions()).toEqual([]);
});

it.each(ENDS)(
  '%s for one call, of a session that is good, ends nothing: the call may be tried again',
  async (name) => {
    const { client: asker, user } = await world.signIn(testPhone());
    const once = note(name);
    const fault = { user_id: user.id, method: 'messages.sendMessage', error: name };
    world.control.addFault({ ...fault, slip: true });
    await expect(asker.run('send', once)).rejects.toMatchObject({
      failure: { outcome: 'retry', reached: true },
      error: { code: 'TELEGRAM_UNAVAILABLE', details: { rpcError: name } },
    });
    await asker.run('send', once);
    world.control.addFault(fault);
    await expect(asker.run('send', note('конец'))).rejects.toMatchObject({ failure: { outcome: 'account' } });
  },
);

it('a server that has forgotten who we are is told on a new connection', async () => {
  const { client: asker, user } = await world.signIn(testPhone());
  for (const error of ['CONNECTION_NOT_INITED', 'CONNECTION_LAYER_INVALID']) {
    const connections = () => world.control.counters().sessions.find(({ id }) => id === user.id)?.connections;
    world.control.addFault({ user_id: user.id, method: 'messages.sendMessage', error });
    await expect(asker.run('send', note(error))).rejects.toMatchObject({
      failure: { outcome: 'retry', reached: true },
    });
    await expect.poll(connections).toBe(0);
    await asker.run('send', note(error));
  }
});
