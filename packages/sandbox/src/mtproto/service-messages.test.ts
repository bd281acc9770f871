import { randomBytes } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { serviceCodec } from '../tl/service.ts';
import type { TlObject } from '../types.ts';
import { bytesOf, longOf } from './fields.ts';
import { Salts } from './salts.ts';
import { clientMsgId, serviceBody } from './testing/raw-client.ts';
import { callBody, countingHandler, GET_NEAREST_DC, ready } from './testing/raw-session.ts';

/** Keeps a call running until `open` is called. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

function salts(object: TlObject): TlObject[] {
  const list = object['salts'];
  if (!Array.isArray(list)) throw new Error('no salts');
  return list.filter((item) => typeof item === 'object' && item !== null && '_' in item);
}

test('get_future_salts returns salts from now on, without a gap', async () => {
  const { session, client } = await ready(countingHandler().handler);
  const msgId = session.send(serviceBody({ _: 'get_future_salts', num: 5 }));
  const answer = await client.service('future_salts');
  expect(answer).toMatchObject({ req_msg_id: msgId });
  const list = salts(answer);
  const now = Math.floor(Date.now() / 1000);
  expect(list).toHaveLength(5);
  expect(list[0]?.['valid_since']).toBeLessThanOrEqual(now);
  expect(list[0]?.['valid_until']).toBeGreaterThan(now);
  for (let i = 1; i < list.length; i += 1)
    expect(list[i]?.['valid_since']).toBeLessThan(Number(list[i - 1]?.['valid_until']));
  const salt = list[0]?.['salt'];
  session.send(serviceBody({ _: 'ping', ping_id: 9n }), { salt: typeof salt === 'bigint' ? salt : 0n });
  expect(await client.service('pong')).toMatchObject({ ping_id: 9n });
});

test.each([
  [-1, 1],
  [0, 1],
  [64, 64],
  [1000, 64],
])('a request for %i future salts returns %i', async (asked, given) => {
  const { session, client } = await ready(countingHandler().handler);
  session.send(serviceBody({ _: 'get_future_salts', num: asked }));
  expect(salts(await client.service('future_salts'))).toHaveLength(given);
});

test('a client with an expired salt gets the new one', async () => {
  let now = Date.now();
  const { session, client, key } = await ready(countingHandler().handler, {
    server: { clock: () => now, saltLifetimeMs: 10_000 },
  });
  now += 9000;
  session.send(serviceBody({ _: 'ping', ping_id: 1n }), { msgId: clientMsgId(9) });
  await client.service('pong');
  now += 2000;
  session.send(serviceBody({ _: 'ping', ping_id: 2n }), { msgId: clientMsgId(11) });
  const bad = await client.service('bad_server_salt');
  key.salt = longOf(bad, 'new_server_salt');
  session.send(serviceBody({ _: 'ping', ping_id: 3n }), { msgId: clientMsgId(12) });
  expect(await client.service('pong')).toMatchObject({ ping_id: 3n });
});

describe('the salts of a key', () => {
  const authKey = randomBytes(256);
  const make = (now: number): Salts => new Salts(authKey, Buffer.alloc(8, 1), 1000, now);

  test('are valid for one lifetime each, two at a time', () => {
    const [current, next, later] = make(5000)
      .upcoming(3, 5000)
      .map(({ salt }) => salt);
    if (current === undefined || next === undefined || later === undefined) throw new Error('no salts');
    const table = [5000, 5499, 5500, 5999, 6000, 6499, 6500].map((now) =>
      [current, next, later].map((salt) => make(0).accepts(salt, now)),
    );
    expect(table).toEqual([
      [true, false, false],
      [true, false, false],
      [true, true, false],
      [true, true, false],
      [false, true, true],
      [false, true, true],
      [false, false, true],
    ]);
    expect([make(0).current(5000), make(0).current(5500)]).toEqual([current, next]);
  });

  test('are the same after a restart, and differ by key', () => {
    expect(make(0).current(5000)).toBe(make(4000).current(5000));
    expect(new Salts(randomBytes(256), Buffer.alloc(8), 1000, 0).current(5000)).not.toBe(
      make(0).current(5000),
    );
  });

  test('the salt of the key exchange is also valid for one lifetime', () => {
    const first = Buffer.alloc(8, 1).readBigInt64LE(0);
    expect([make(5000).accepts(first, 5999), make(5000).accepts(first, 6000)]).toEqual([true, false]);
  });
});

test('ping_delay_disconnect closes the connection after its delay, counted from the last one', async () => {
  const { client, session } = await ready(countingHandler().handler);
  const ping = (delay: number): bigint =>
    session.send(serviceBody({ _: 'ping_delay_disconnect', ping_id: 4n, disconnect_delay: delay }));
  const msgId = ping(1);
  expect(await client.service('pong')).toEqual({ _: 'pong', msg_id: msgId, ping_id: 4n });
  ping(60);
  await client.service('pong');
  const start = Date.now();
  ping(2);
  await client.closed();
  expect(Date.now() - start).toBeGreaterThan(1900);
});

test('destroy_session deletes another session of the key, but not its own', async () => {
  const { client, session, another } = await ready(countingHandler().handler);
  const other = await another();
  await other.ping();
  const asLong = (id: string): bigint => Buffer.from(id, 'hex').readBigInt64LE(0);
  const destroy = (id: string): bigint =>
    session.send(serviceBody({ _: 'destroy_session', session_id: asLong(id) }));
  destroy(other.id);
  expect(await client.service('destroy_session_ok')).toMatchObject({ session_id: asLong(other.id) });
  destroy(other.id);
  expect(await client.service('destroy_session_none')).toMatchObject({ session_id: asLong(other.id) });
  destroy(session.id);
  expect(await client.service('destroy_session_none')).toMatchObject({ session_id: asLong(session.id) });
  await other.client.service('new_session_created');
  await other.ping();
  await other.client.service('new_session_created');
});

test('destroy_auth_key is answered, and deletes the key', async () => {
  const { client, session, key, started, another } = await ready(countingHandler().handler);
  session.send(serviceBody({ _: 'destroy_auth_key' }));
  await client.service('destroy_auth_key_ok');
  await client.closed();
  expect([client.transportError, started.keys.get(key.id)]).toEqual([-404, undefined]);
  const later = await another();
  later.startCall(GET_NEAREST_DC);
  await later.client.closed();
  expect(later.client.transportError).toBe(-404);
});

test('msgs_state_req returns the state of messages', async () => {
  const { opened, open } = gate();
  const counting = countingHandler();
  const { client, session } = await ready(async (call) => {
    if (call.query._ === 'help.getConfig') await opened;
    return counting.handler(call);
  });
  const missing = clientMsgId();
  const done = session.startCall(GET_NEAREST_DC);
  const { msgId: answer } = await session.resultOf(done);
  const running = session.startCall({ _: 'help.getConfig' });
  const ask = async (ids: bigint[]): Promise<number[]> => {
    const request = session.send(serviceBody({ _: 'msgs_state_req', msg_ids: ids }));
    const info = await client.service('msgs_state_info');
    expect(info).toMatchObject({ req_msg_id: request });
    return [...bytesOf(info, 'info')];
  };
  expect(await ask([done, running, missing, clientMsgId(20)])).toEqual([4 | 64, 4 | 32, 2, 3]);
  session.acknowledge(answer);
  expect(await ask([done])).toEqual([4]);
  open();
});

test('msg_resend_req repeats unacknowledged messages, and returns a state for others', async () => {
  const { client, session } = await ready(countingHandler().handler);
  const { msgId: answer } = await session.resultOf(session.startCall(GET_NEAREST_DC));
  session.send(serviceBody({ _: 'msg_resend_req', msg_ids: [answer] }));
  expect((await client.next(({ msgId }) => msgId === answer)).result).toBeDefined();
  session.acknowledge(answer);
  session.send(serviceBody({ _: 'msg_resend_req', msg_ids: [answer] }));
  expect([...bytesOf(await client.service('msgs_state_info'), 'info')]).toEqual([1]);
});

describe('rpc_drop_answer', () => {
  test('for a running call suppresses its answer', async () => {
    const { opened, open } = gate();
    const counting = countingHandler();
    const { client, session } = await ready(async (call) => {
      if (call.query._ === 'help.getConfig') await opened;
      return counting.handler(call);
    });
    const running = session.startCall({ _: 'help.getConfig' });
    const { result } = await session.resultOf(
      session.send(serviceBody({ _: 'rpc_drop_answer', req_msg_id: running })),
    );
    expect(serviceCodec.decode(result?.bytes ?? Buffer.alloc(0))).toEqual({
      _: 'rpc_answer_dropped_running',
    });
    open();
    await vi.waitFor(() => expect(counting.calls.at(-1)?.query._).toBe('help.getConfig'), {
      timeout: 10_000,
    });
    await session.ping();
    expect(client.messages.filter((message) => message.result?.requestMsgId === running)).toEqual([]);
  });

  test('for an answered call stops repeats of the answer; any other call is unknown', async () => {
    const { session } = await ready(countingHandler().handler);
    const done = session.content(callBody(GET_NEAREST_DC));
    session.client.send(session.id, done);
    const { msgId, seqno, body } = await session.resultOf(done.msgId);
    const drop = async (): Promise<TlObject> => {
      const { result } = await session.resultOf(
        session.send(serviceBody({ _: 'rpc_drop_answer', req_msg_id: done.msgId })),
      );
      return serviceCodec.decode(result?.bytes ?? Buffer.alloc(0));
    };
    expect(await drop()).toEqual({
      _: 'rpc_answer_dropped',
      msg_id: msgId,
      seq_no: seqno,
      bytes: body.length,
    });
    expect(await drop()).toEqual({ _: 'rpc_answer_unknown' });
  });
});

test('http_wait and unrequested answers are ignored', async () => {
  const { client, session } = await ready(countingHandler().handler);
  session.send(serviceBody({ _: 'http_wait', max_delay: 0, wait_after: 0, max_wait: 100 }));
  session.send(serviceBody({ _: 'pong', msg_id: 1n, ping_id: 1n }));
  session.send(serviceBody({ _: 'req_pq', nonce: Buffer.alloc(16) }));
  await session.ping();
  expect(client.messages.filter(({ service }) => service?._ !== 'new_session_created')).toEqual([]);
});

test('a service message that cannot be decoded closes the connection', async () => {
  const { client, session, started } = await ready(countingHandler().handler);
  session.send(serviceBody({ _: 'ping', ping_id: 1n }).subarray(0, 8));
  await client.closed();
  expect(started.errors).toEqual([]);
});
