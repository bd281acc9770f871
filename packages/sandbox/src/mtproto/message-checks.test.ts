import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { TlWriter } from '../tl/tl-writer.ts';
import { GZIP_PACKED_ID } from './gzip.ts';
import { CONTAINER_ID, writeContainer } from './message.ts';
import { clientMsgId, serviceBody } from './testing/raw-client.ts';
import {
  callBody,
  codec,
  countingHandler,
  GET_NEAREST_DC,
  NEAREST_DC,
  ready,
  RawSession,
} from './testing/raw-session.ts';

function gzipped(body: Buffer): Buffer {
  const writer = new TlWriter();
  writer.uint32(GZIP_PACKED_ID);
  writer.bytes(gzipSync(body));
  return writer.finish();
}

test('a session begins with new_session_created, which names its first message and the salt', async () => {
  const { session, client, started, key } = await ready(countingHandler().handler, { isInitialized: false });
  const first = session.send(serviceBody({ _: 'ping', ping_id: 5n }));
  const created = await client.service('new_session_created');
  expect(created).toMatchObject({ first_msg_id: first });
  expect(await client.service('pong')).toEqual({ _: 'pong', msg_id: first, ping_id: 5n });
  await session.ping();
  expect(client.messages).toEqual([]);
  expect(started.server.network.connections(key.id)).toBe(1);
});

test.each([
  ['the salt of the key exchange', (salt: bigint) => salt, true],
  ['0', () => 0n, false],
  ['another', (salt: bigint) => salt ^ 1n, false],
])('a message with %s for its salt: whether it is accepted', async (_what, saltOf, isTaken) => {
  const { session, client, key } = await ready(countingHandler().handler, { isInitialized: false });
  const msgId = session.send(serviceBody({ _: 'ping', ping_id: 1n }), { salt: saltOf(key.salt) });
  if (isTaken) {
    await client.service('pong');
    return;
  }
  const bad = await client.service('bad_server_salt');
  expect(bad).toMatchObject({ bad_msg_id: msgId, bad_msg_seqno: 1, error_code: 48 });
  const newSalt = bad['new_server_salt'];
  expect(newSalt).not.toBe(key.salt);
  session.send(serviceBody({ _: 'ping', ping_id: 2n }), { salt: typeof newSalt === 'bigint' ? newSalt : 0n });
  expect(await client.service('new_session_created')).toMatchObject({ server_salt: newSalt });
  expect(await client.service('pong')).toMatchObject({ ping_id: 2n });
});

test.each([
  ['not divisible by 4', () => clientMsgId() + 2n, 18],
  ['five minutes and more behind', () => clientMsgId(-305), 16],
  ['half a minute and more ahead', () => clientMsgId(35), 17],
])('a msg_id %s gets error_code %3$i, and has no effect', async (_what, msgIdOf, code) => {
  const { handler, calls } = countingHandler();
  const { session, client } = await ready(handler);
  const known = calls.length;
  const msgId = session.startCall(GET_NEAREST_DC, { msgId: msgIdOf() });
  expect(await client.service('bad_msg_notification')).toMatchObject({ bad_msg_id: msgId, error_code: code });
  await session.ping();
  expect(calls.length).toBe(known);
});

test.each([
  ['a little behind', -290],
  ['a little ahead', 25],
])('a msg_id %s is accepted', async (_what, seconds) => {
  const { client } = await ready(countingHandler().handler);
  const session = new RawSession(client);
  session.send(serviceBody({ _: 'ping', ping_id: 1n }), { msgId: clientMsgId(seconds) });
  expect(await client.service('pong')).toMatchObject({ ping_id: 1n });
});

test('a client with a wrong clock can read the time from the id of the answer', async () => {
  const { session, client } = await ready(countingHandler().handler);
  session.startCall(GET_NEAREST_DC, { msgId: clientMsgId(1000) });
  const { msgId } = await client.next(({ service }) => service?._ === 'bad_msg_notification');
  expect(Math.abs(Number(msgId >> 32n) - Date.now() / 1000)).toBeLessThan(5);
});

test('a message too old to detect a duplicate gets error_code 20', async () => {
  const { session, client } = await ready(countingHandler().handler);
  const early = clientMsgId();
  for (let i = 0; i < 1100; i += 1)
    client.send(session.id, session.silent(serviceBody({ _: 'msgs_ack', msg_ids: [] })));
  const msgId = session.startCall(GET_NEAREST_DC, { msgId: early });
  expect(await client.service('bad_msg_notification')).toMatchObject({ bad_msg_id: msgId, error_code: 20 });
});

test.each([
  ['lower than that of an earlier message', { seqno: 1 }, 32],
  ['even for a call', { seqno: 50 }, 35],
])('a seqno %s gets error_code %3$i', async (_what, overrides, code) => {
  const { session, client } = await ready(countingHandler().handler);
  await session.ping();
  const msgId = session.startCall(GET_NEAREST_DC, overrides);
  expect(await client.service('bad_msg_notification')).toMatchObject({
    bad_msg_id: msgId,
    bad_msg_seqno: overrides.seqno,
    error_code: code,
  });
});

test('a seqno higher than that of a later message gets error_code 33', async () => {
  const { session, client } = await ready(countingHandler().handler);
  const earlier = clientMsgId();
  await session.ping();
  const msgId = session.startCall(GET_NEAREST_DC, { msgId: earlier, seqno: 99 });
  expect(await client.service('bad_msg_notification')).toMatchObject({ bad_msg_id: msgId, error_code: 33 });
});

test('an odd seqno for a container gets error_code 34', async () => {
  const { session, client } = await ready(countingHandler().handler);
  const inner = session.content(callBody(GET_NEAREST_DC));
  const container = session.silent(writeContainer([inner]), { seqno: 9 });
  client.send(session.id, container);
  expect(await client.service('bad_msg_notification')).toMatchObject({
    bad_msg_id: container.msgId,
    error_code: 34,
  });
});

test('each message in a container is answered', async () => {
  const { handler, calls } = countingHandler();
  const { session, client } = await ready(handler);
  const [ping, one, two] = [
    session.content(serviceBody({ _: 'ping', ping_id: 3n })),
    session.content(callBody(GET_NEAREST_DC)),
    session.content(gzipped(callBody(GET_NEAREST_DC))),
  ];
  const known = calls.length;
  client.send(session.id, session.silent(writeContainer([ping, one, two])));
  expect(await client.service('pong')).toMatchObject({ ping_id: 3n });
  for (const { msgId } of [one, two]) {
    const { result } = await session.resultOf(msgId);
    expect(codec.decodeAs(result?.bytes ?? Buffer.alloc(0), 'NearestDc')).toEqual(NEAREST_DC);
  }
  expect(calls.length).toBe(known + 2);
});

test('simultaneous answers share one packet', async () => {
  const { session, client } = await ready(countingHandler().handler);
  const calls = [1, 2, 3].map(() => session.content(callBody(GET_NEAREST_DC)));
  client.send(session.id, session.silent(writeContainer(calls)));
  const answers = await Promise.all(calls.map(({ msgId }) => session.resultOf(msgId)));
  expect(new Set(answers.map(({ packet }) => packet)).size).toBe(1);
});

test('an invalid container gets error_code 64, and its messages have no effect', async () => {
  const { handler, calls } = countingHandler();
  const { session, client } = await ready(handler);
  const known = calls.length;
  const call = session.content(callBody(GET_NEAREST_DC));
  const count = (number: number): Buffer => {
    const body = Buffer.alloc(8);
    body.writeUInt32LE(CONTAINER_ID);
    body.writeUInt32LE(number, 4);
    return body;
  };
  const bodies = [
    count(0),
    count(1021),
    count(3),
    writeContainer([{ ...call, msgId: clientMsgId(20) }]),
    writeContainer([session.silent(writeContainer([call]))]),
    Buffer.concat([writeContainer([call]), Buffer.alloc(4)]),
  ];
  for (const body of bodies) {
    const container = session.silent(body);
    client.send(session.id, container);
    expect(await client.service('bad_msg_notification')).toMatchObject({
      bad_msg_id: container.msgId,
      error_code: 64,
    });
  }
  expect(calls.length).toBe(known);
});

test('a repeated message does not run again, but its answer is sent again', async () => {
  const { handler, calls } = countingHandler();
  const { session, client } = await ready(handler);
  const known = calls.length;
  const call = session.content(callBody(GET_NEAREST_DC));
  client.send(session.id, call);
  const first = await session.resultOf(call.msgId);
  client.send(session.id, call);
  const second = await session.resultOf(call.msgId);
  expect([second.msgId, second.seqno, second.body]).toEqual([first.msgId, first.seqno, first.body]);

  client.send(session.id, session.silent(writeContainer([call])));
  expect((await session.resultOf(call.msgId)).msgId).toBe(first.msgId);

  session.acknowledge(first.msgId);
  client.send(session.id, call);
  expect(await client.service('msgs_ack')).toEqual({ _: 'msgs_ack', msg_ids: [call.msgId] });
  expect(calls.length).toBe(known + 1);
});

test('a message repeated while it runs is answered once', async () => {
  let finish = (): void => undefined;
  const working = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const counting = countingHandler();
  const { session, client } = await ready(async (call) => {
    if (call.query._ === 'help.getNearestDc') await working;
    return counting.handler(call);
  });
  const call = session.content(callBody(GET_NEAREST_DC));
  client.send(session.id, call);
  client.send(session.id, call);
  await session.ping();
  finish();
  await session.resultOf(call.msgId);
  await session.ping();
  expect(client.messages.filter(({ result }) => result !== undefined)).toEqual([]);
  expect(counting.calls.filter(({ query }) => query._ === 'help.getNearestDc')).toHaveLength(1);
});

test('message ids of the server mark answers, and increase', async () => {
  const { session, client, started, key } = await ready(countingHandler().handler);
  await session.call(GET_NEAREST_DC);
  started.server.network.push(key.id, { _: 'updatesTooLong' });
  const update = await client.next(({ service, result }) => service === undefined && result === undefined);
  const answer = await session.resultOf(session.startCall(GET_NEAREST_DC));
  expect([update.msgId % 4n, answer.msgId % 4n]).toEqual([3n, 1n]);
  expect(answer.msgId > update.msgId).toBe(true);
  expect([update.seqno % 2, answer.seqno]).toEqual([1, update.seqno + 2]);
});
