import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NotSentError, UnknownKeyError } from '../errors/call-errors.ts';
import { Connection } from './connection.ts';

let server: Server;
let sockets: Socket[];
let behave: (socket: Socket) => void;
const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

beforeEach(async () => {
  process.on('unhandledRejection', note);
  sockets = [];
  server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

function connection(authKey?: Buffer, port = (server.address() as AddressInfo).port): Connection {
  return new Connection({
    mayTalk: () => true,
    apiId: 1,
    isCustom: true,
    dataCenter: { id: 2, host: '127.0.0.1', port },
    authKey,
    callTimeoutMs: 300,
  });
}

/** A frame of the full transport. */
function frame(payload: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt32LE(payload.length + 12, 0);
  const body = Buffer.concat([head, payload]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(body), 0);
  return Buffer.concat([body, sum]);
}

const NOT_FOUND = Buffer.alloc(4);
NOT_FOUND.writeInt32LE(-404);

async function socketsGone(): Promise<void> {
  await vi.waitFor(() => expect(sockets.every((socket) => socket.destroyed)).toBe(true), { timeout: 10_000 });
}

it.each([
  ['a new key', undefined],
  ['a known key', randomBytes(256)],
] as const)('gives up on a server that stays silent (%s), and hangs up', async (_title, key) => {
  behave = (socket) => void socket.on('end', () => socket.end()).resume();
  await expect(connection(key).open(250)).rejects.toThrow(NotSentError);
  await socketsGone();
});

it.each([
  ['a new key', undefined],
  ['a known key', randomBytes(256)],
] as const)('fails at once where the server hangs up (%s)', async (_title, key) => {
  behave = (socket) => void socket.once('data', () => socket.destroy());
  await expect(connection(key).open(5000)).rejects.toThrow(NotSentError);
});

it('fails at once where nobody listens', async () => {
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  await expect(connection(undefined, port).open(5000)).rejects.toThrow(NotSentError);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

it.each([
  ['in a frame', frame(NOT_FOUND)],
  ['bare', Buffer.concat([NOT_FOUND, NOT_FOUND, NOT_FOUND])],
])('knows a key that the server does not know by its -404 %s', async (_title, answer) => {
  behave = (socket) => void socket.once('data', () => socket.end(answer));
  await expect(connection(randomBytes(256)).open(5000)).rejects.toThrow(UnknownKeyError);
  await socketsGone();
});

it('takes the noise of something that is no MTProto server', async () => {
  behave = (socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await expect(connection().open(500)).rejects.toThrow(NotSentError);
  await socketsGone();
});

it('makes no socket when it is closed before it had one', async () => {
  behave = () => {};
  const opened = connection(randomBytes(256));
  const opening = opened.open(60_000);
  await Promise.all([expect(opening).rejects.toThrow('The connection was closed here'), opened.close()]);
  // Whatever was on its way would have arrived before this one.
  await expect(connection(randomBytes(256)).open(200)).rejects.toThrow(NotSentError);
  expect(sockets).toHaveLength(1);
});

it('stops opening when it is closed, and stays closed', async () => {
  behave = () => {};
  const opened = connection();
  const opening = opened.open(60_000);
  opening.catch(() => {});
  await vi.waitFor(() => expect(sockets).toHaveLength(1), { timeout: 10_000 });
  await opened.close();
  await expect(opening).rejects.toThrow('The connection was closed here');
  expect(opened.isUp).toBe(false);
});
