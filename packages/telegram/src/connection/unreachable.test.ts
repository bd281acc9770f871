import { generateKeyPairSync } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { _serverKeys } from 'telegram/crypto/RSA.js';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { MisconfiguredError, NotReachedError } from '../errors/call-errors.ts';
import { createTelegram } from '../telegram.ts';
import { MemoryPeerBook } from '../testing/memory-peer-book.ts';
import { testPhone, World } from '../testing/world.ts';
import type { TelegramOptions } from '../types.ts';
import { toOpeningError } from './opening-error.ts';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.close());

/** A server that is no Telegram. @returns its port */
async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const speaksHttp = (socket: Socket) =>
  void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));
const staysSilent = (socket: Socket) => void socket.resume();
/** Wants a way to sign in that no client offers. */
const refusesSocks = (socket: Socket) => void socket.once('data', () => socket.end(Buffer.from([5, 255])));

function at(port: number, connectTimeoutMs = 10_000): Partial<TelegramOptions> {
  return { dataCenters: [{ id: 2, host: '127.0.0.1', port }], connectTimeoutMs };
}

function by(port: number): Partial<TelegramOptions> {
  return { proxy: { kind: 'socks5', host: '127.0.0.1', port, username: 'user', password: 'the-secret' } };
}

const UNAVAILABLE = { code: 'TELEGRAM_UNAVAILABLE', kind: 'retryable' };
const MISCONFIGURED = { code: 'TELEGRAM_MISCONFIGURED', kind: 'user_action' };

it.each([
  [
    'nobody listens',
    async () => at(await closedPort()),
    UNAVAILABLE,
    /no connection to data centre 2 \(127\.0\.0\.1:\d+\) \(ECONNREFUSED\)/,
  ],
  [
    'a server stays silent',
    async () => at(await listen(staysSilent), 500),
    UNAVAILABLE,
    /data centre 2 .*: no answer within \d+ ms/,
  ],
  [
    'a server speaks HTTP',
    async () => at(await listen(speaksHttp)),
    MISCONFIGURED,
    /does not speak Telegram's protocol: check TELEGRAM_DC/,
  ],
  [
    'the proxy does not run',
    async () => by(await closedPort()),
    UNAVAILABLE,
    /proxy of TELEGRAM_PROXY does not get through \(ECONNREFUSED\)/,
  ],
  [
    'the proxy speaks HTTP',
    async () => by(await listen(speaksHttp)),
    MISCONFIGURED,
    /TELEGRAM_PROXY does not speak this version of SOCKS/,
  ],
  [
    'the proxy wants another sign-in',
    async () => by(await listen(refusesSocks)),
    MISCONFIGURED,
    /TELEGRAM_PROXY wants another way to sign in/,
  ],
  [
    'the data centre is not listed',
    async () => ({ dataCenters: world.options().dataCenters.filter(({ id }) => id !== 3) }),
    MISCONFIGURED,
    /TELEGRAM_DC does not list data centre 3: add it/,
  ],
] as const)('says why Telegram is not reached where %s', async (_title, settings, error, message) => {
  const options = { ...world.options(), ...(await settings()) };
  const client = createTelegram(options).open(null, new MemoryPeerBook());
  const phone = testPhone(3);
  const thrown: unknown = await client.sendCode(phone).catch((failure: unknown) => failure);
  expect(thrown).toMatchObject({
    failure: { outcome: 'retry', reached: false },
    error: { ...error, message: expect.stringMatching(message) },
  });
  await client.close();
});

it('does not trust a server whose key it was not given, whether or not it trusts others', async () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const trusted = new Map(_serverKeys);
  onTestFinished(() => {
    for (const [listed, key] of trusted) _serverKeys.set(listed, key);
  });
  _serverKeys.clear();
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const options = { ...world.options(), serverKeys: [pem] };
  const client = createTelegram(options).open(null, new MemoryPeerBook());
  await expect(client.sendCode(testPhone())).rejects.toMatchObject({
    failure: { outcome: 'retry', reached: false },
    error: {
      ...MISCONFIGURED,
      message: expect.stringMatching(/signs with an unknown key: .* TELEGRAM_DC_KEY/),
    },
  });
  await client.close();
  const both = createTelegram({ ...options, serverKeys: [pem, ...world.options().serverKeys] });
  const trusting = both.open(null, new MemoryPeerBook());
  await trusting.sendCode(testPhone());
  await trusting.close();
});

it.each([
  ['PHONE_MIGRATE_99', 'auth.sendCode'],
  ['USER_MIGRATE_0', 'auth.sendCode'],
  ['NETWORK_MIGRATE_99999999999999999999', 'auth.sendCode'],
])('stays where it is when it is sent to a data centre that is not listed (%s)', async (error, method) => {
  const client = world.open();
  await client.connect();
  const session = client.session();
  const phone = testPhone();
  world.control.addFault({ phone, method, error });
  await expect(client.sendCode(phone)).rejects.toMatchObject({ error: MISCONFIGURED });
  expect(client.session()).toBe(session);
  await client.sendCode(phone);
});

it.each([
  [{ isCustom: true }, MisconfiguredError],
  [{ isCustom: false }, NotReachedError],
])('takes a name that is not known for a wrong setting where it is one (%j)', (own, kind) => {
  const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND dc.example'), { code: 'ENOTFOUND' });
  const target = { dataCenter: { id: 2, host: 'dc.example', port: 443 }, authKey: undefined, ...own };
  const error = toOpeningError(new Error('Could not connect', { cause: unknown }), target);
  expect(error).toBeInstanceOf(kind);
  expect(String(error)).toContain('ENOTFOUND');
});
