import { describe, expect, test, vi } from 'vitest';
import { codecForLayer } from '../tl/layers.ts';
import type { TlObject } from '../types.ts';
import { RawClient, serviceBody, type ServerMessage } from './testing/raw-client.ts';
import {
  codec,
  countingHandler,
  GET_NEAREST_DC,
  initialized,
  NEAREST_DC,
  ready,
  RawSession,
} from './testing/raw-session.ts';

const UPDATES: TlObject = { _: 'updateShort', update: { _: 'updateConfig' }, date: 1 };

function isUpdate({ service, result }: ServerMessage): boolean {
  return service === undefined && result === undefined;
}

function duplicated(): TlObject {
  return { _: 'rpc_error', error_code: 406, error_message: 'AUTH_KEY_DUPLICATED' };
}

describe('push', () => {
  test('reaches every connection of the key that receives updates, in its layer, except the excluded session', async () => {
    const { session, client, key, another, started } = await ready(countingHandler().handler);
    const [newest, silent] = [await another(), await another()];
    await newest.resultOf(newest.send(codecForLayer(227).encode(initialized(GET_NEAREST_DC, 227), '!X')));
    await silent.ping();
    const { network } = started.server;
    expect(network.connections(key.id)).toBe(3);

    network.push(
      key.id,
      { ...UPDATES, update: { _: 'updateDeleteMessages', messages: [1], pts: 1, pts_count: 1 } },
      { exceptSessionId: session.id },
    );
    network.push(key.id, UPDATES);
    expect(codec.decode((await client.next(isUpdate)).body)).toEqual(UPDATES);
    expect(codecForLayer(227).decode((await newest.client.next(isUpdate)).body)).toMatchObject({
      update: { messages: [1] },
    });
    expect(codecForLayer(227).decode((await newest.client.next(isUpdate)).body)).toEqual(UPDATES);
    for (const each of [session, newest, silent]) await each.ping();
    expect(
      [client, newest.client, silent.client].flatMap(({ messages }) => messages.filter(isUpdate)),
    ).toEqual([]);
  });

  test('does not reach a connection whose last call was in invokeWithoutUpdates', async () => {
    const { session, client, key, started } = await ready(countingHandler().handler);
    await session.call({ _: 'invokeWithoutUpdates', query: GET_NEAREST_DC });
    started.server.network.push(key.id, UPDATES);
    await session.ping();
    expect(client.messages.filter(isUpdate)).toEqual([]);
    await session.call(GET_NEAREST_DC);
    started.server.network.push(key.id, UPDATES);
    expect(codec.decode((await client.next(isUpdate)).body)).toEqual(UPDATES);
  });

  test('does not reach a connection that only transfers files, which is no second client either', async () => {
    const { session, client, key, another, started } = await ready(async (call) =>
      call.query._ === 'upload.saveFilePart' ? true : countingHandler().handler(call),
    );
    const transfers = await another();
    for (const file_part of [0, 1]) {
      const part = { _: 'upload.saveFilePart', file_id: 1n, file_part, bytes: Buffer.from('x') };
      expect(await transfers.call(initialized(part), 'Bool')).toBe(true);
      expect(await session.call(GET_NEAREST_DC)).toEqual(NEAREST_DC);
    }
    started.server.network.push(key.id, UPDATES);
    await client.next(isUpdate);
    await transfers.ping();
    expect(transfers.client.messages.filter(isUpdate)).toEqual([]);
  });

  test('to a key without connections has no effect; an update that cannot be encoded is an error', async () => {
    const { session, key, started } = await ready(countingHandler().handler);
    started.server.network.push('00'.repeat(8), UPDATES);
    started.server.network.push(key.id, { _: 'updateShort', date: 1 });
    await session.ping();
    expect(started.errors).toHaveLength(1);
  });

  test('is repeated after a reconnect until it is acknowledged', async () => {
    const { session, client, key, started, another } = await ready(countingHandler().handler);
    started.server.network.push(key.id, UPDATES);
    const { msgId } = await client.next(isUpdate);
    client.close();
    const again = await another(session.id);
    again.client.send(session.id, session.content(serviceBody({ _: 'ping', ping_id: 1n })));
    expect((await again.client.next(isUpdate)).msgId).toBe(msgId);
  });
});

test('dropKey deletes the key: its connections end with -404, and so do later ones', async () => {
  const { client, key, started, another } = await ready(countingHandler().handler);
  const other = await another();
  await other.ping();
  expect(started.server.network.connections(key.id)).toBe(2);
  await started.server.network.dropKey(key.id);
  for (const ended of [client, other.client]) {
    await ended.closed();
    expect(ended.transportError).toBe(-404);
  }
  expect([started.server.network.connections(key.id), started.keys.get(key.id)]).toEqual([0, undefined]);
  const later = await another();
  later.startCall(GET_NEAREST_DC);
  await later.client.closed();
  expect(later.client.transportError).toBe(-404);
});

describe('one key used by two clients', () => {
  async function twoSessions(handler = countingHandler().handler) {
    const onDuplicated = vi.fn<(authKeyId: string) => void>();
    const first = await ready(handler, { server: { onDuplicated } });
    return { ...first, second: await first.another(), onDuplicated };
  }

  test('alternating calls make it unusable for both, and the callback is called once', async () => {
    const { session, second, onDuplicated, key } = await twoSessions();
    expect(await session.call(GET_NEAREST_DC)).toEqual(NEAREST_DC);
    expect(await second.call(GET_NEAREST_DC)).toEqual(NEAREST_DC);
    expect(onDuplicated).not.toHaveBeenCalled();
    expect(await session.call(GET_NEAREST_DC)).toEqual(duplicated());
    expect(await second.call(GET_NEAREST_DC)).toEqual(duplicated());
    expect(await session.call(GET_NEAREST_DC)).toEqual(duplicated());
    expect(onDuplicated.mock.calls).toEqual([[key.id]]);
  });

  test('overlapping calls make it unusable; the earlier call is answered', async () => {
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { session, second, onDuplicated } = await twoSessions(async (call) => {
      if (call.query._ === 'help.getNearestDc') await finished;
      return countingHandler().handler(call);
    });
    const running = session.startCall(GET_NEAREST_DC);
    await session.ping();
    expect(await second.call(GET_NEAREST_DC)).toEqual(duplicated());
    finish();
    expect((await session.resultOf(running)).result?.error).toBeUndefined();
    expect(onDuplicated).toHaveBeenCalledOnce();
  });

  test('a connection that is only opened, as for uploads, is no second client', async () => {
    const { session, second, onDuplicated } = await twoSessions();
    for (let times = 0; times < 2; times += 1) {
      expect(await session.call(GET_NEAREST_DC)).toEqual(NEAREST_DC);
      await second.call({ _: 'help.getConfig' });
    }
    expect(onDuplicated).not.toHaveBeenCalled();
  });

  test('it stays unusable for later connections, until the key is dropped', async () => {
    const { session, second, another, started, key } = await twoSessions();
    await second.call(GET_NEAREST_DC);
    await session.call(GET_NEAREST_DC);
    session.client.close();
    second.client.close();
    const later = await another();
    expect(await later.call(GET_NEAREST_DC)).toEqual(duplicated());
    await started.server.network.dropKey(key.id);
    await later.client.closed();
  });

  test('an old connection may send pings and acknowledgements', async () => {
    const { session, second, onDuplicated } = await twoSessions();
    await second.call(GET_NEAREST_DC);
    await session.ping();
    session.acknowledge(4n);
    expect(await second.call(GET_NEAREST_DC)).toEqual(NEAREST_DC);
    expect(onDuplicated).not.toHaveBeenCalled();
  });

  test('a client may continue after the other connection is closed', async () => {
    const { session, second, onDuplicated, started, key } = await twoSessions();
    await second.call(GET_NEAREST_DC);
    second.client.close();
    await vi.waitFor(() => expect(started.server.network.connections(key.id)).toBe(1), { timeout: 10_000 });
    expect(await session.call(GET_NEAREST_DC)).toEqual(NEAREST_DC);
    expect(onDuplicated).not.toHaveBeenCalled();
  });

  test('a session may move to another connection', async () => {
    const { session, started, key, onDuplicated } = await twoSessions();
    const newer = await RawClient.connect(started.port);
    newer.key = key;
    for (let i = 0; i < 3; i += 1) {
      for (const client of [newer, session.client]) {
        const call = session.content(codec.encode(GET_NEAREST_DC, '!X'));
        client.send(session.id, call);
        await client.next(({ result }) => result?.requestMsgId === call.msgId);
      }
    }
    expect(onDuplicated).not.toHaveBeenCalled();
  });

  test('one connection may have two sessions', async () => {
    const { session, client, onDuplicated } = await twoSessions();
    const other = new RawSession(client);
    for (const each of [session, other, session, other])
      expect(await each.call(GET_NEAREST_DC)).toEqual(NEAREST_DC);
    expect(onDuplicated).not.toHaveBeenCalled();
  });
});
