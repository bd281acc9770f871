import { describe, expect, test, vi } from 'vitest';
import { codecForLayer, LAYERS } from '../tl/layers.ts';
import type { TlObject } from '../types.ts';
import {
  answerTo,
  codec,
  countingHandler,
  described,
  GET_NEAREST_DC,
  initialized,
  NEAREST_DC,
  ready,
  rpcError,
} from './testing/raw-session.ts';

describe('a client that has not sent initConnection', () => {
  test.each([
    ['a bare call', GET_NEAREST_DC, 'CONNECTION_NOT_INITED'],
    [
      'invokeWithLayer alone',
      { _: 'invokeWithLayer', layer: 198, query: GET_NEAREST_DC },
      'CONNECTION_NOT_INITED',
    ],
    ['initConnection alone', described(GET_NEAREST_DC), 'CONNECTION_LAYER_INVALID'],
    ['a layer of 0', initialized(GET_NEAREST_DC, 0), 'CONNECTION_LAYER_INVALID'],
    ['a layer without a schema', initialized(GET_NEAREST_DC, 216), 'CONNECTION_LAYER_INVALID'],
    ['a method that there is not', { _: 'auth.logOut' }, 'CONNECTION_NOT_INITED'],
  ])('%s is refused', async (_what, query, error) => {
    const { handler, calls } = countingHandler();
    const { session } = await ready(handler, { isInitialized: false });
    expect(await answerTo(session, codec.encode(query, '!X'))).toEqual(rpcError(400, error));
    expect(calls).toEqual([]);
  });

  test('may send layer and initConnection in two calls', async () => {
    const { session } = await ready(countingHandler().handler, { isInitialized: false });
    await session.call({ _: 'invokeWithLayer', layer: 198, query: GET_NEAREST_DC });
    expect(await answerTo(session, codec.encode(described(GET_NEAREST_DC), '!X'))).toEqual(NEAREST_DC);
  });
});

test('the handler gets the call without wrappers, and its caller', async () => {
  const { handler, calls } = countingHandler();
  const { session, key } = await ready(handler, { isInitialized: false });
  expect(await session.call(initialized({ _: 'invokeWithoutUpdates', query: GET_NEAREST_DC }))).toEqual(
    NEAREST_DC,
  );
  const client = { apiId: 7, deviceModel: 'model', appVersion: '2' };
  const call = {
    query: GET_NEAREST_DC,
    layer: 198,
    dcId: 1,
    authKeyId: key.id,
    sessionId: session.id,
    client,
  };
  expect(calls).toEqual([call]);
  await session.call(GET_NEAREST_DC);
  expect(calls[1]).toEqual(call);
});

test.each<[string, (query: TlObject) => TlObject]>([
  ['initConnection outside', (query) => described({ _: 'invokeWithLayer', layer: 198, query })],
  ['invokeWithoutUpdates outside', (query) => ({ _: 'invokeWithoutUpdates', query: initialized(query) })],
  ['invokeAfterMsg inside', (query) => initialized({ _: 'invokeAfterMsg', msg_id: 4n, query })],
  [
    'invokeAfterMsgs outside',
    (query) => ({ _: 'invokeAfterMsgs', msg_ids: [4n, 8n], query: initialized(query) }),
  ],
])('wrappers may be nested in any order: %s', async (_what, wrap) => {
  const { session } = await ready(countingHandler().handler, { isInitialized: false });
  expect(await answerTo(session, codec.encode(wrap(GET_NEAREST_DC), '!X'))).toEqual(NEAREST_DC);
});

describe('layers', () => {
  test('each caller gets answers in its own layer, without fields that the layer lacks', async () => {
    const config = { _: 'help.appConfig', hash: 1, config: { _: 'jsonNull' } };
    const asked: number[] = [];
    const { session } = await ready(async ({ layer, query }) => {
      asked.push(layer);
      return query._ === 'help.getAppConfig'
        ? config
        : { _: 'updates.state', pts: 1, qts: 0, date: 1, seq: 0, unread_count: 0 };
    });
    const newest = codecForLayer(227);
    const body = newest.encode(initialized({ _: 'help.getAppConfig', hash: 0 }, 227), '!X');
    const { result } = await session.resultOf(session.send(body));
    expect(newest.decode(result?.bytes ?? Buffer.alloc(0))).toEqual(config);
    expect(asked).toEqual([198, 227]);
  });

  test.each(LAYERS)('a caller of layer %i gets answers in it', async (layer) => {
    const { session } = await ready(countingHandler().handler, { isInitialized: false });
    const spoken = codecForLayer(layer);
    const { result } = await session.resultOf(
      session.send(spoken.encode(initialized(GET_NEAREST_DC, layer), '!X')),
    );
    expect(spoken.decode(result?.bytes ?? Buffer.alloc(0))).toEqual(NEAREST_DC);
  });

  test('invokeWithLayer of a newer layer works in a session of an older one', async () => {
    const { handler, calls } = countingHandler();
    const { session } = await ready(handler);
    const query = { _: 'auth.initPasskeyLogin', api_id: 1, api_hash: 'x' };
    expect(codec.has(query._)).toBe(false);
    session.send(codecForLayer(227).encode({ _: 'invokeWithLayer', layer: 227, query }, '!X'));
    await vi.waitFor(() => expect(calls.at(-1)).toMatchObject({ layer: 227, query }), { timeout: 10_000 });
  });

  test('a key keeps its layer in another session and after a restart', async () => {
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
