import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { codecForLayer } from '../tl/layers.ts';
import { TlWriter } from '../tl/tl-writer.ts';
import { DropConnection, RpcError, type TlObject } from '../types.ts';
import { GZIP_PACKED_ID } from './gzip.ts';
import {
  callBody,
  codec,
  countingHandler,
  GET_NEAREST_DC,
  initialized,
  NEAREST_DC,
  ready,
  type RawSession,
} from './testing/raw-session.ts';

function rpcError(code: number, message: string): TlObject {
  return { _: 'rpc_error', error_code: code, error_message: message };
}

async function answerTo(session: RawSession, body: Buffer): Promise<unknown> {
  const { result } = await session.resultOf(session.send(body));
  return result?.error ?? codec.decode(result?.bytes ?? Buffer.alloc(0));
}

describe('a client that has not said what it is', () => {
  test.each([
    ['a bare call', GET_NEAREST_DC, 'CONNECTION_NOT_INITED'],
    ['invokeWithLayer alone', { _: 'invokeWithLayer', layer: 198, query: GET_NEAREST_DC }, 'CONNECTION_NOT_INITED'],
    ['initConnection alone', initialized(GET_NEAREST_DC)['query'], 'CONNECTION_LAYER_INVALID'],
    ['a layer of 0', initialized(GET_NEAREST_DC, 0), 'CONNECTION_LAYER_INVALID'],
    ['a method that there is not', { _: 'auth.logOut' }, 'CONNECTION_NOT_INITED'],
  ])('%s is refused', async (_what, query, error) => {
    const { handler, calls } = countingHandler();
    const { session } = await ready(handler, { isInitialized: false });
    expect(await answerTo(session, codec.encode(query, '!X'))).toEqual(rpcError(400, error));
    expect(calls).toEqual([]);
  });

  test('may say it in two calls', async () => {
    const { session } = await ready(countingHandler().handler, { isInitialized: false });
    await session.call({ _: 'invokeWithLayer', layer: 198, query: GET_NEAREST_DC });
    expect(await answerTo(session, codec.encode(initialized(GET_NEAREST_DC)['query'], '!X'))).toEqual(NEAREST_DC);
  });
});

test('the handler gets the bare call, and who made it', async () => {
  const { handler, calls } = countingHandler();
  const { session, key } = await ready(handler, { isInitialized: false });
  expect(await session.call(initialized({ _: 'invokeWithoutUpdates', query: GET_NEAREST_DC }))).toEqual(NEAREST_DC);
  const client = { apiId: 7, deviceModel: 'model', appVersion: '2' };
  const call = { query: GET_NEAREST_DC, layer: 198, dcId: 1, authKeyId: key.id, sessionId: session.id, client };
  expect(calls).toEqual([call]);
  await session.call(GET_NEAREST_DC);
  expect(calls[1]).toEqual(call);
});

test.each<[string, (query: TlObject) => TlObject]>([
  ['initConnection outside', (query) => ({ ...initialized(query)['query'] as TlObject, query: { _: 'invokeWithLayer', layer: 198, query } })],
  ['invokeWithoutUpdates outside', (query) => ({ _: 'invokeWithoutUpdates', query: initialized(query) })],
  ['invokeAfterMsg inside', (query) => initialized({ _: 'invokeAfterMsg', msg_id: 4n, query })],
  ['invokeAfterMsgs outside', (query) => ({ _: 'invokeAfterMsgs', msg_ids: [4n, 8n], query: initialized(query) })],
])('wrappers may be nested in any order: %s', async (_what, wrap) => {
  const { session } = await ready(countingHandler().handler, { isInitialized: false });
  expect(await answerTo(session, codec.encode(wrap(GET_NEAREST_DC), '!X'))).toEqual(NEAREST_DC);
});

describe('layers', () => {
  test('each caller is answered in its own, without the fields that it does not know', async () => {
    const config = { _: 'help.appConfig', hash: 1, config: { _: 'jsonNull' } };
    const asked: number[] = [];
    const { session } = await ready(async ({ layer, query }) => {
      asked.push(layer);
      return query._ === 'help.getAppConfig' ? config : { _: 'updates.state', pts: 1, qts: 0, date: 1, seq: 0, unread_count: 0 };
    });
    const newest = codecForLayer(227);
    const body = newest.encode(initialized({ _: 'help.getAppConfig', hash: 0 }, 227), '!X');
    const { result } = await session.resultOf(session.send(body));
    expect(newest.decode(result?.bytes ?? Buffer.alloc(0))).toEqual(config);
    expect(asked).toEqual([198, 227]);
  });

  test('a method of a newer layer is read in that layer, behind an invokeWithLayer of an older session', async () => {
    const { handler, calls } = countingHandler();
    const { session } = await ready(handler);
    const query = { _: 'auth.initPasskeyLogin', api_id: 1, api_hash: 'x' };
    expect(codec.has(query._)).toBe(false);
    session.send(codecForLayer(227).encode({ _: 'invokeWithLayer', layer: 227, query }, '!X'));
    await vi.waitFor(() => expect(calls.at(-1)).toMatchObject({ layer: 227, query }));
  });

  test('a key that has said its layer need not say it again, in another session or after a restart', async () => {
    const first = await ready(countingHandler().handler);
    const other = await first.another();
    first.client.close();
    expect(await other.call(GET_NEAREST_DC)).toEqual(NEAREST_DC);
    expect(first.started.keys.get(first.key.id)).toMatchObject({ layer: 198 });

    const { handler, calls } = countingHandler();
    const restarted = await ready(handler, { server: { keys: first.started.keys }, isInitialized: false });
    restarted.client.key = first.key;
    expect(await restarted.session.call(GET_NEAREST_DC)).toEqual(NEAREST_DC);
    expect(calls.at(-1)).toMatchObject({ layer: 198, client: undefined });
  });
});

describe('a call that fails', () => {
  test('with an RpcError is answered with it', async () => {
    const { session, started } = await ready(async ({ query }) => {
      if (query._ === 'help.getNearestDc') throw new RpcError(420, 'FLOOD_WAIT_30');
      return countingHandler().handler({ query, layer: 198, dcId: 1, authKeyId: '', sessionId: '', client: undefined });
    });
    expect(await session.call(GET_NEAREST_DC)).toEqual(rpcError(420, 'FLOOD_WAIT_30'));
    expect(started.errors).toEqual([]);
  });

  test.each<[string, () => TlObject]>([
    ['an error of the handler', () => { throw new TypeError('oops'); }],
    ['an answer of another type', () => ({ _: 'config' })],
    ['an answer without a field', () => ({ _: 'nearestDc', country: 'RU', this_dc: 1 })],
  ])('for %s gets 500 INTERNAL, and onError is told', async (_what, answer) => {
    const counting = countingHandler();
    const { session, started } = await ready(async (call) => (call.query._ === 'help.getNearestDc' ? answer() : counting.handler(call)));
    expect(await session.call(GET_NEAREST_DC)).toEqual(rpcError(500, 'INTERNAL'));
    expect(started.errors).toHaveLength(1);
    await session.ping();
  });

  test.each([
    ['a method id that there is not', Buffer.from('78563412', 'hex'), `INPUT_METHOD_INVALID_${0x12345678}`],
    ['a constructor for a method', codec.encode({ _: 'inputPeerSelf' }, 'InputPeer'), `INPUT_METHOD_INVALID_${codec.idOf('inputPeerSelf')}`],
    ['nothing', Buffer.alloc(0), 'INPUT_METHOD_INVALID_0'],
    ['arguments that are cut', callBody({ _: 'users.getUsers', id: [{ _: 'inputUserSelf' }] }).subarray(0, 12), 'INPUT_FETCH_ERROR'],
    ['an unknown argument', Buffer.concat([callBody({ _: 'users.getUsers', id: [{ _: 'inputUserSelf' }] }).subarray(0, 12), Buffer.alloc(4, 7)]), 'INPUT_FETCH_ERROR'],
    ['bytes behind the call', Buffer.concat([callBody(GET_NEAREST_DC), Buffer.alloc(4)]), 'INPUT_FETCH_ERROR'],
    ['a wrapper that is cut', callBody(initialized(GET_NEAREST_DC)).subarray(0, 20), 'INPUT_FETCH_ERROR'],
    ['wrappers without end', Buffer.concat([...Array.from({ length: 5000 }, () => Buffer.from('b75994bf', 'hex')), callBody(GET_NEAREST_DC)]), 'INPUT_FETCH_ERROR'],
  ])('for %s is answered 400', async (_what, body, error) => {
    const { session, started } = await ready(countingHandler().handler);
    expect(await answerTo(session, body)).toEqual(rpcError(400, error));
    expect(started.errors).toEqual([]);
  });
});

describe('gzip', () => {
  function packed(body: Buffer): Buffer {
    const writer = new TlWriter();
    writer.uint32(GZIP_PACKED_ID);
    writer.bytes(gzipSync(body));
    return writer.finish();
  }

  test('a call may be packed, whole or in its wrapper', async () => {
    const { session } = await ready(countingHandler().handler);
    expect(await answerTo(session, packed(callBody(GET_NEAREST_DC)))).toEqual(NEAREST_DC);
    const wrapper = callBody({ _: 'invokeWithoutUpdates', query: GET_NEAREST_DC }).subarray(0, 4);
    expect(await answerTo(session, Buffer.concat([wrapper, packed(callBody(GET_NEAREST_DC))]))).toEqual(NEAREST_DC);
  });

  test('a bomb is not unpacked', async () => {
    const { client, session } = await ready(countingHandler().handler);
    session.send(packed(Buffer.alloc(2 ** 26)));
    await client.closed();
  });

  test.each([
    [100, false],
    [20_000, true],
  ])('an answer of %i equal letters is packed: %s', async (length, isPacked) => {
    const country = 'a'.repeat(length);
    const { session } = await ready(async ({ query }) =>
      query._ === 'help.getNearestDc' ? { ...NEAREST_DC, country } : { _: 'updates.state', pts: 1, qts: 0, date: 1, seq: 0, unread_count: 0 },
    );
    const { result } = await session.resultOf(session.startCall(GET_NEAREST_DC));
    expect(result?.isPacked).toBe(isPacked);
    expect(codec.decode(result?.bytes ?? Buffer.alloc(0))).toMatchObject({ country });
  });
});

describe('several calls at once', () => {
  function gates(): { wait: (name: string) => Promise<void>; open: (name: string) => void } {
    const opened = new Map<string, () => void>();
    const promises = new Map<string, Promise<void>>();
    const wait = (name: string): Promise<void> => {
      const known = promises.get(name) ?? new Promise<void>((resolve) => opened.set(name, resolve));
      promises.set(name, known);
      return known;
    };
    return {
      wait,
      open: (name) => {
        void wait(name);
        opened.get(name)?.();
      },
    };
  }

  test('run side by side, and are answered as they finish', async () => {
    const { wait, open } = gates();
    const counting = countingHandler();
    const { session, client } = await ready(async (call) => {
      if (call.query._ !== 'updates.getState') await wait(call.query._);
      return counting.handler(call);
    });
    const slow = session.startCall({ _: 'help.getConfig' });
    const fast = session.startCall(GET_NEAREST_DC);
    open('help.getNearestDc');
    await session.resultOf(fast);
    expect(client.messages.some(({ result }) => result?.requestMsgId === slow)).toBe(false);
    open('help.getConfig');
    expect((await session.resultOf(slow)).result?.error).toEqual(rpcError(500, 'INTERNAL'));
  });

  test('invokeAfterMsg waits until the other has gone well', async () => {
    const { wait, open } = gates();
    const counting = countingHandler();
    const { session } = await ready(async (call) => {
      if (call.query._ === 'updates.getState' && counting.calls.length > 0) await wait('first');
      return counting.handler(call);
    });
    const first = session.startCall({ _: 'updates.getState' });
    const second = session.startCall({ _: 'invokeAfterMsg', msg_id: first, query: GET_NEAREST_DC });
    const third = session.startCall({ _: 'invokeAfterMsgs', msg_ids: [first, second], query: GET_NEAREST_DC });
    await session.ping();
    expect(counting.calls.map(({ query }) => query._)).toEqual(['updates.getState']);
    open('first');
    for (const msgId of [first, second, third]) expect((await session.resultOf(msgId)).result?.error).toBeUndefined();
    expect(counting.calls.map(({ query }) => query._)).toEqual(['updates.getState', 'updates.getState', 'help.getNearestDc', 'help.getNearestDc']);
  });

  test('invokeAfterMsg fails where the other has failed, before or meanwhile', async () => {
    const { wait, open } = gates();
    const counting = countingHandler();
    const { session } = await ready(async (call) => {
      if (call.query._ === 'help.getConfig') {
        await wait('fail');
        throw new RpcError(400, 'NO');
      }
      return counting.handler(call);
    });
    const failing = session.startCall({ _: 'help.getConfig' });
    const meanwhile = session.startCall({ _: 'invokeAfterMsg', msg_id: failing, query: GET_NEAREST_DC });
    open('fail');
    expect((await session.resultOf(meanwhile)).result?.error).toEqual(rpcError(400, 'MSG_WAIT_FAILED'));
    const later = session.startCall({ _: 'invokeAfterMsg', msg_id: failing, query: GET_NEAREST_DC });
    expect((await session.resultOf(later)).result?.error).toEqual(rpcError(400, 'MSG_WAIT_FAILED'));
  });
});

test('DropConnection cuts the connection without an answer; the same message is run anew on the next', async () => {
  const counting = countingHandler();
  let isDropping = true;
  const { session, client, another } = await ready(async (call) => {
    if (call.query._ === 'help.getNearestDc' && isDropping) {
      isDropping = false;
      throw new DropConnection();
    }
    return counting.handler(call);
  });
  const call = session.content(callBody(GET_NEAREST_DC));
  client.send(session.id, call);
  await client.closed();
  expect([client.transportError, client.messages.filter(({ result }) => result !== undefined)]).toEqual([undefined, []]);

  const again = await another(session.id);
  again.client.send(again.id, call);
  expect((await again.resultOf(call.msgId)).result?.error).toBeUndefined();
});
