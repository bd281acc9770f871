import { describe, expect, test } from 'vitest';
import { RpcError } from '../types.ts';
import { countingHandler, GET_NEAREST_DC, ready, rpcError } from './testing/raw-session.ts';

describe('concurrent calls', () => {
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

  test('run in parallel, and are answered as they finish', async () => {
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

  test('invokeAfterMsg waits until the other call has succeeded', async () => {
    const { wait, open } = gates();
    const counting = countingHandler();
    const { session } = await ready(async (call) => {
      if (call.query._ === 'updates.getState' && counting.calls.length > 0) await wait('first');
      return counting.handler(call);
    });
    const first = session.startCall({ _: 'updates.getState' });
    const second = session.startCall({ _: 'invokeAfterMsg', msg_id: first, query: GET_NEAREST_DC });
    const third = session.startCall({
      _: 'invokeAfterMsgs',
      msg_ids: [first, second],
      query: GET_NEAREST_DC,
    });
    await session.ping();
    expect(counting.calls.map(({ query }) => query._)).toEqual(['updates.getState']);
    open('first');
    for (const msgId of [first, second, third])
      expect((await session.resultOf(msgId)).result?.error).toBeUndefined();
    expect(counting.calls.map(({ query }) => query._)).toEqual([
      'updates.getState',
      'updates.getState',
      'help.getNearestDc',
      'help.getNearestDc',
    ]);
  });

  test('invokeAfterMsg fails if the other call has failed, before or meanwhile', async () => {
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
