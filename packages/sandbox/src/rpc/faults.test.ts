import { beforeEach, describe, expect, test } from 'vitest';
import { DirectTelegram, type DirectClient } from '../testing/direct-telegram.ts';
import type { TlObject } from '../types.ts';
import { codeOfError } from './errors.ts';

const ALICE = '+9996621001';
const BOB = '+9996621002';

describe('faults', () => {
  let telegram: DirectTelegram;
  let alice: DirectClient;
  let aliceId: number;
  let toBob: TlObject;
  beforeEach(async () => {
    telegram = new DirectTelegram();
    alice = telegram.client('alice');
    aliceId = await alice.signIn(ALICE);
    toBob = await alice.peerOf(BOB);
  });

  test('fail the given number of calls of an account and method', async () => {
    const bob = telegram.client('bob');
    await bob.signIn(BOB);
    telegram.control.addFault({
      user_id: aliceId,
      method: 'messages.sendMessage',
      error: 'FLOOD_WAIT_30',
      times: 2,
    });
    await bob.send({ _: 'inputPeerSelf' }, 'not felt');
    await alice.call('updates.getState');
    for (let times = 0; times < 2; times += 1) {
      await expect(alice.send(toBob, 'x')).rejects.toMatchObject({ code: 420, message: 'FLOOD_WAIT_30' });
    }
    await alice.send(toBob, 'through');
    expect(telegram.control.faults()).toEqual([]);
  });

  test('apply to one chat or to all, and can be cleared', async () => {
    telegram.control.addFault({ method: '*', error: 'SLOWMODE_WAIT_10', peer: BOB });
    await alice.send({ _: 'inputPeerSelf' }, 'elsewhere');
    await expect(alice.send(toBob, 'x')).rejects.toThrow('SLOWMODE_WAIT_10');
    telegram.control.addFault({ phone: ALICE, method: '*', error: 'PEER_FLOOD', times: 9 });
    await expect(alice.call('updates.getState')).rejects.toMatchObject({ code: 400, message: 'PEER_FLOOD' });
    telegram.control.clearFaults();
    await alice.call('updates.getState');
  });

  test('that last refuse calls with the remaining seconds, and count early calls', async () => {
    const send = (text: string) => alice.send(toBob, text);
    telegram.control.addFault({ method: 'messages.sendMessage', error: 'FLOOD_WAIT_30', lasts: true });
    await expect(send('x')).rejects.toThrow('FLOOD_WAIT_30');
    expect(telegram.control.counters().early).toBe(0);
    telegram.now += 20_500;
    await expect(send('x')).rejects.toThrow('FLOOD_WAIT_10');
    expect(telegram.control.counters().early).toBe(1);
    telegram.now += 9_600;
    await send('through');
    telegram.control.addFault({ method: 'messages.sendMessage', error: 'SLOWMODE_WAIT_30', lasts: true });
    await expect(send('x')).rejects.toThrow('SLOWMODE_WAIT_30');
    telegram.control.clearFaults();
    await send('through');
  });

  test('reach sign-ins by phone', async () => {
    telegram.control.addFault({
      phone: '+79991234567',
      method: 'auth.sendCode',
      error: 'PHONE_NUMBER_BANNED',
    });
    await telegram.client('other').sendCode(BOB);
    await expect(telegram.client('other').sendCode('+79991234567')).rejects.toThrow('PHONE_NUMBER_BANNED');
  });

  test('close the connection before or after the call takes effect', async () => {
    for (const [drop, messages] of [
      ['before', 0],
      ['after', 1],
    ] as const) {
      telegram.control.addFault({ method: 'messages.sendMessage', drop });
      await expect(alice.send(toBob, drop, { random_id: 7n })).rejects.toMatchObject({
        name: 'DropConnection',
      });
      expect(telegram.control.messages()).toHaveLength(messages);
    }
    await expect(alice.send(toBob, 'again', { random_id: 7n })).rejects.toThrow('RANDOM_ID_DUPLICATE');
    expect(telegram.control.deliveries('7')).toEqual({ random_id: '7', arrived: 3, messages: 1 });
  });

  test('with an error that ends a sign-in at Telegram end it in the sandbox', async () => {
    telegram.control.addFault({ method: 'messages.sendMessage', error: 'USER_DEACTIVATED_BAN' });
    await expect(alice.send(toBob, 'x')).rejects.toMatchObject({ code: 401 });
    await expect(alice.call('updates.getState')).rejects.toThrow('USER_DEACTIVATED_BAN');
  });
});

test.each([
  ['PHONE_MIGRATE_4', 303],
  ['PEER_ID_INVALID', 400],
  ['SOMETHING_NEW', 400],
  ['SESSION_REVOKED', 401],
  ['CHAT_WRITE_FORBIDDEN', 403],
  ['PHONE_NUMBER_INVALID', 406],
  ['FLOOD_PREMIUM_WAIT_5', 420],
  ['FROZEN_METHOD_INVALID', 420],
  ['RANDOM_ID_DUPLICATE', 500],
  ['WORKER_BUSY_INTERNAL', 500],
])('%s has code %i', (name, code) => {
  expect(codeOfError(name)).toBe(code);
});
