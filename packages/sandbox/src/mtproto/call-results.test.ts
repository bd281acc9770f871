import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { TlWriter } from '../tl/tl-writer.ts';
import { DropConnection, RpcError, type TlObject } from '../types.ts';
import { GZIP_PACKED_ID } from './gzip.ts';
import {
  answerTo,
  callBody,
  codec,
  countingHandler,
  GET_NEAREST_DC,
  initialized,
  NEAREST_DC,
  ready,
  rpcError,
} from './testing/raw-session.ts';

describe('a call that fails', () => {
  test('with an RpcError gets that error as its answer', async () => {
    const { session, started } = await ready(async ({ query }) => {
      if (query._ === 'help.getNearestDc') throw new RpcError(420, 'FLOOD_WAIT_30');
      return countingHandler().handler({
        query,
        layer: 198,
        dcId: 1,
        authKeyId: '',
        sessionId: '',
        client: undefined,
      });
    });
    expect(await session.call(GET_NEAREST_DC)).toEqual(rpcError(420, 'FLOOD_WAIT_30'));
    expect(started.errors).toEqual([]);
  });

  test.each<[string, () => TlObject]>([
    [
      'an error of the handler',
      () => {
        throw new TypeError('oops');
      },
    ],
    ['an answer of another type', () => ({ _: 'config' })],
    ['an answer without a field', () => ({ _: 'nearestDc', country: 'RU', this_dc: 1 })],
  ])('for %s gets 500 INTERNAL, and onError is called', async (_what, answer) => {
    const counting = countingHandler();
    const { session, started } = await ready(async (call) =>
      call.query._ === 'help.getNearestDc' ? answer() : counting.handler(call),
    );
    expect(await session.call(GET_NEAREST_DC)).toEqual(rpcError(500, 'INTERNAL'));
    expect(started.errors).toHaveLength(1);
    await session.ping();
  });

  test.each([
    ['a method id that there is not', Buffer.from('78563412', 'hex'), 'INPUT_METHOD_INVALID_305419896'],
    [
      'a constructor for a method',
      codec.encode({ _: 'inputPeerSelf' }, 'InputPeer'),
      `INPUT_METHOD_INVALID_${codec.idOf('inputPeerSelf')}`,
    ],
    ['nothing', Buffer.alloc(0), 'INPUT_METHOD_INVALID_0'],
    [
      'arguments that are cut',
      callBody({ _: 'users.getUsers', id: [{ _: 'inputUserSelf' }] }).subarray(0, 12),
      'INPUT_FETCH_ERROR',
    ],
    [
      'an unknown argument',
      Buffer.concat([
        callBody({ _: 'users.getUsers', id: [{ _: 'inputUserSelf' }] }).subarray(0, 12),
        Buffer.alloc(4, 7),
      ]),
      'INPUT_FETCH_ERROR',
    ],
    [
      'bytes behind the call',
      Buffer.concat([callBody(GET_NEAREST_DC), Buffer.alloc(4)]),
      'INPUT_FETCH_ERROR',
    ],
    ['a wrapper that is cut', callBody(initialized(GET_NEAREST_DC)).subarray(0, 20), 'INPUT_FETCH_ERROR'],
    [
      'wrappers without end',
      Buffer.concat([
        ...Array.from({ length: 5000 }, () => Buffer.from('b75994bf', 'hex')),
        callBody(GET_NEAREST_DC),
      ]),
      'INPUT_FETCH_ERROR',
    ],
  ])('for %s gets a 400', async (_what, body, error) => {
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

  test('a call may be packed as a whole, or inside its wrapper', async () => {
    const { session } = await ready(countingHandler().handler);
    expect(await answerTo(session, packed(callBody(GET_NEAREST_DC)))).toEqual(NEAREST_DC);
    const wrapper = callBody({ _: 'invokeWithoutUpdates', query: GET_NEAREST_DC }).subarray(0, 4);
    expect(await answerTo(session, Buffer.concat([wrapper, packed(callBody(GET_NEAREST_DC))]))).toEqual(
      NEAREST_DC,
    );
  });

  test('data that would unpack to too much is refused', async () => {
    const { client, session } = await ready(countingHandler().handler);
    session.send(packed(Buffer.alloc(2 ** 26)));
    await client.closed();
  });

  test.each([
    [100, false],
    [20_000, true],
  ])('an answer of %i equal letters: whether it is packed', async (length, isPacked) => {
    const country = 'a'.repeat(length);
    const { session } = await ready(async ({ query }) =>
      query._ === 'help.getNearestDc'
        ? { ...NEAREST_DC, country }
        : { _: 'updates.state', pts: 1, qts: 0, date: 1, seq: 0, unread_count: 0 },
    );
    const { result } = await session.resultOf(session.startCall(GET_NEAREST_DC));
    expect(result?.isPacked).toBe(isPacked);
    expect(codec.decode(result?.bytes ?? Buffer.alloc(0))).toMatchObject({ country });
  });
});

test('DropConnection closes the connection without an answer; the same message runs again on the next', async () => {
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
  expect([client.transportError, client.messages.filter(({ result }) => result !== undefined)]).toEqual([
    undefined,
    [],
  ]);

  const again = await another(session.id);
  again.client.send(again.id, call);
  expect((await again.resultOf(call.msgId)).result?.error).toBeUndefined();
});
