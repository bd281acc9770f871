import { beforeEach, describe, expect, test } from 'vitest';
import type { DirectClient, DirectTelegram } from '../testing/direct-telegram.ts';
import { channelOf, listOf, supergroup } from '../testing/inputs.ts';
import { ALICE, BOB, twoPeople, type TwoPeople } from '../testing/two-people.ts';
import type { TlObject } from '../types.ts';

let people: TwoPeople;
let telegram: DirectTelegram;
let alice: DirectClient;
let bob: DirectClient;
let aliceId: number;
let bobId: number;
let toBob: TlObject;
beforeEach(async () => {
  people = await twoPeople();
  ({ telegram, alice, bob, aliceId, bobId, toBob } = people);
});

function difference(client: DirectClient, pts: number, more: object = {}): Promise<TlObject> {
  return client.call('updates.getDifference', { pts, qts: 0, date: 0, ...more });
}

test('typing is shown to the other side, and listed', async () => {
  telegram.pushes.length = 0;
  const action = { _: 'sendMessageUploadPhotoAction', progress: 0 };
  expect(await alice.value('messages.setTyping', { peer: toBob, action })).toBe(true);
  expect(telegram.pushes).toMatchObject([
    {
      authKeyId: 'bob',
      updates: { _: 'updateShort', update: { _: 'updateUserTyping', user_id: BigInt(aliceId), action } },
    },
  ]);
  expect(telegram.control.typing(bobId)).toEqual([
    { from_id: aliceId, to_id: bobId, action: 'upload_photo', at: '2024-01-15T12:00:00.000Z' },
  ]);
  expect(telegram.control.typing(ALICE)).toEqual([]);
});

describe('a difference', () => {
  test('that is longer than the caller’s limit, or ordered so, is too long', async () => {
    for (const text of ['1', '2', '3']) await alice.send(toBob, text);
    const tooLong = { _: 'updates.differenceTooLong', pts: 4 };
    expect(await difference(bob, 1, { pts_total_limit: 2 })).toEqual(tooLong);
    telegram.control.addDifferenceFault({ difference: 'too_long', phone: BOB });
    expect(await difference(bob, 3)).toEqual(tooLong);
    expect(await difference(bob, 3)).toMatchObject({ _: 'updates.difference' });
  });

  test('of a channel, if too long, shows where the channel is', async () => {
    supergroup(people);
    const peer = await channelOf(alice, 'the_team');
    await alice.send(peer, '1');
    telegram.control.addDifferenceFault({ difference: 'channel_too_long' });
    const channel = { ...peer, _: 'inputChannel' };
    const filter = { _: 'channelMessagesFilterEmpty' };
    expect(
      await alice.call('updates.getChannelDifference', { channel, filter, pts: 1, limit: 10 }),
    ).toMatchObject({
      _: 'updates.channelDifferenceTooLong',
      dialog: { top_message: 2, pts: 3 },
      messages: [{ message: '1' }],
    });
  });
});

test('pushes go wrong on order', async () => {
  const pushed = () =>
    telegram.pushes
      .filter(({ authKeyId }) => authKeyId === 'bob')
      .map(({ updates }) => listOf(updates['updates'])[0]?.['pts']);
  telegram.pushes.length = 0;
  telegram.control.addPushFault({ updates: 'drop', phone: BOB });
  telegram.control.addPushFault({ updates: 'reorder', phone: BOB });
  telegram.control.addPushFault({ updates: 'duplicate', phone: BOB });
  expect(telegram.control.faults()).toHaveLength(3);
  for (const text of ['dropped', 'held', 'twice', 'plain']) await alice.send(toBob, text);
  expect(pushed()).toEqual([4, 4, 3, 5]);
  expect(telegram.control.faults()).toEqual([]);
});
