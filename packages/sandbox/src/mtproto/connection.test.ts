import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { igeEncrypt } from '../crypto/aes-ige.ts';
import { messageAes, messageKey } from '../crypto/message-key.ts';
import { TRANSPORTS } from '../transport/testing/client-transport.ts';
import { sealEnvelope } from './envelope.ts';
import { createMtprotoServer } from './server.ts';
import { handshake } from './testing/client-handshake.ts';
import { MemoryKeys } from './testing/memory-keys.ts';
import { clientMsgId, RawClient, serviceBody } from './testing/raw-client.ts';
import { countingHandler, GET_NEAREST_DC, NEAREST_DC, RawSession, ready } from './testing/raw-session.ts';
import { rsaKeyPair, startServer } from './testing/start-server.ts';

const PING = serviceBody({ _: 'ping', ping_id: 1n });

const KINDS = TRANSPORTS.flatMap((transport) =>
  [false, true]
    .filter((isObfuscated) => !(isObfuscated && transport === 'full'))
    .map((isObfuscated) => ({ transport, isObfuscated })),
);

test.each(KINDS)('a client can use %o', async (options) => {
  const { session } = await ready(countingHandler().handler, options);
  expect(await session.call(GET_NEAREST_DC)).toEqual(NEAREST_DC);
});

test.each(TRANSPORTS)(
  'a key that nobody knows gets -404 over %s, and the connection is closed',
  async (transport) => {
    const { port } = await startServer(countingHandler().handler);
    const client = await RawClient.connect(port, { transport });
    client.key = { id: 'ab'.repeat(8), bytes: randomBytes(256), salt: 0n };
    new RawSession(client).send(PING);
    await client.closed();
    expect(client.transportError).toBe(-404);
  },
);

test('a key of another data centre is unknown', async () => {
  const { started, key } = await ready(countingHandler().handler);
  const client = await RawClient.connect(started.endpoints[1]?.port ?? 0);
  client.key = key;
  new RawSession(client).send(PING);
  await client.closed();
  expect(client.transportError).toBe(-404);
});

describe('a packet with wrong encryption gets -404', () => {
  const message = { msgId: clientMsgId(), seqno: 1, body: PING };

  test.each<[string, (packet: Buffer) => Buffer]>([
    [
      'a changed byte',
      (packet) => Buffer.concat([packet.subarray(0, -1), Buffer.from([(packet.at(-1) ?? 0) ^ 1])]),
    ],
    [
      'a changed msg_key',
      (packet) => Buffer.concat([packet.subarray(0, 8), randomBytes(16), packet.subarray(24)]),
    ],
    ['a block too few', (packet) => packet.subarray(0, -16)],
    ['half a block', (packet) => packet.subarray(0, -8)],
    ['a header alone', (packet) => packet.subarray(0, 24)],
    ['a key id alone', (packet) => packet.subarray(0, 8)],
  ])('%s', async (_what, spoil) => {
    const { client, session, key } = await ready(countingHandler().handler);
    const packet = sealEnvelope(
      { salt: key.salt, sessionId: session.id, message },
      key.bytes,
      key.id,
      'client',
    );
    client.sendPacket(spoil(packet));
    await client.closed();
    expect(client.transportError).toBe(-404);
  });

  test.each([
    ['padding of 8 bytes', 40, 48],
    ['padding of 1040 bytes', 0, 1040],
    ['a length beyond the end', 100, 48],
    ['a length below zero', -4, 48],
    ['a length that is not of whole words', 2, 32],
  ])('%s', async (_what, length, room) => {
    const { client, session, key } = await ready(countingHandler().handler);
    const plain = Buffer.alloc(32 + room);
    plain.writeBigInt64LE(key.salt, 0);
    plain.write(session.id, 8, 'hex');
    plain.writeBigInt64LE(clientMsgId(), 16);
    plain.writeInt32LE(length, 28);
    const msgKey = messageKey(key.bytes, plain, 'client');
    const aes = messageAes(key.bytes, msgKey, 'client');
    client.sendPacket(
      Buffer.concat([Buffer.from(key.id, 'hex'), msgKey, igeEncrypt(plain, aes.key, aes.iv)]),
    );
    await client.closed();
    expect(client.transportError).toBe(-404);
  });

  test('encrypted as if by the server', async () => {
    const { client, session, key } = await ready(countingHandler().handler);
    client.sendPacket(
      sealEnvelope({ salt: key.salt, sessionId: session.id, message }, key.bytes, key.id, 'server'),
    );
    await client.closed();
    expect(client.transportError).toBe(-404);
  });
});

test.each([
  [
    'HTTP',
    Buffer.from('POST /api HTTP/1.1\r\nHost: example.org\r\nContent-Length: 1000000\r\nAccept: */*\r\n\r\n'),
  ],
  ['zeros', Buffer.alloc(1000)],
  ['random bytes', Buffer.concat([Buffer.from('eeeeeeee', 'hex'), Buffer.alloc(4, 0xff), randomBytes(1000)])],
  ['a packet of 4 bytes', Buffer.from('eeeeeeee0400000000000000', 'hex')],
])('%s: the connection is closed, and the server continues', async (_what, bytes) => {
  const { port, errors } = await startServer(countingHandler().handler);
  const client = await RawClient.connect(port);
  client.sendRaw(bytes);
  await client.closed();
  expect((await handshake(await RawClient.connect(port), 1)).answer._).toBe('dh_gen_ok');
  expect(errors).toEqual([]);
});

test('unacknowledged messages are sent again, in order, when the session reconnects', async () => {
  const { client, session, key, another, started } = await ready(countingHandler().handler);
  const first = await session.resultOf(session.startCall(GET_NEAREST_DC));
  const second = await session.resultOf(session.startCall(GET_NEAREST_DC));
  const third = await session.resultOf(session.startCall(GET_NEAREST_DC));
  session.acknowledge(second.msgId);
  await session.ping();
  client.close();
  await vi.waitFor(() => expect(started.server.network.connections(key.id)).toBe(0), { timeout: 10_000 });

  const again = await another(session.id);
  again.client.send(session.id, session.content(PING));
  await again.client.service('pong');
  const results = again.client.messages
    .filter(({ result }) => result !== undefined)
    .map(({ msgId }) => msgId);
  expect(results).toContain(first.msgId);
  expect(results.slice(-2)).toEqual([first.msgId, third.msgId]);
});

test('a call is answered on the connection that its session uses by then', async () => {
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const counting = countingHandler();
  const { client, session, another, started, key } = await ready(async (call) => {
    if (call.query._ === 'help.getNearestDc') await finished;
    return counting.handler(call);
  });
  const msgId = session.startCall(GET_NEAREST_DC);
  await session.ping();
  client.close();
  await vi.waitFor(() => expect(started.server.network.connections(key.id)).toBe(0), { timeout: 10_000 });
  const again = await another(session.id);
  again.client.send(session.id, session.content(PING));
  await again.client.service('pong');
  finish();
  expect((await again.resultOf(msgId)).result?.error).toBeUndefined();
});

test('messages that a client never acknowledges are dropped at a limit', async () => {
  const { session, client, another } = await ready(countingHandler().handler);
  const first = await session.resultOf(session.startCall(GET_NEAREST_DC));
  for (let i = 0; i < 600; i += 1) session.startCall(GET_NEAREST_DC);
  await session.ping();
  client.close();
  const again = await another(session.id);
  again.client.send(session.id, session.content(PING));
  await again.client.service('pong');
  const repeated = again.client.messages.filter(({ result }) => result !== undefined);
  expect(repeated.length).toBeLessThanOrEqual(512);
  expect(repeated.length).toBeGreaterThan(400);
  expect(repeated.some(({ msgId }) => msgId === first.msgId)).toBe(false);
});

test('close ends all connections and frees the ports', async () => {
  const options = { rsaKeyPair, keys: new MemoryKeys(), handler: countingHandler().handler };
  const server = createMtprotoServer({ ...options, dataCenters: [{ id: 1, port: 0 }] });
  const [endpoint] = await server.listen();
  const port = endpoint?.port ?? 0;
  expect(endpoint).toEqual({ dcId: 1, host: '127.0.0.1', port });
  const client = await RawClient.connect(port);
  await handshake(client, 1);
  await server.close();
  await client.closed();
  const later = connect(port, '127.0.0.1');
  await expect(once(later, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  const next = createMtprotoServer({ ...options, dataCenters: [{ id: 1, port }] });
  expect(await next.listen()).toEqual([endpoint]);
  await next.close();
});

test('the error names a port that is taken, and no other port stays open', async () => {
  const { port } = await startServer(countingHandler().handler);
  const server = createMtprotoServer({
    dataCenters: [
      { id: 1, port: 0 },
      { id: 2, port },
    ],
    rsaKeyPair,
    keys: new MemoryKeys(),
    handler: countingHandler().handler,
  });
  await expect(server.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await server.close();
});
