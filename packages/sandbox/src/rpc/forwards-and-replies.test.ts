import { beforeEach, describe, expect, test } from 'vitest';
import type { DirectClient, DirectTelegram } from '../testing/direct-telegram.ts';
import { channelOf, historyOf, listOf } from '../testing/inputs.ts';
import { PAGE, SELF, twoPeople } from '../testing/two-people.ts';
import type { TlObject, TlValue } from '../types.ts';

let telegram: DirectTelegram;
let alice: DirectClient;
let bob: DirectClient;
let aliceId: number;
let bobId: number;
let toBob: TlObject;
let toAlice: TlObject;
beforeEach(async () => {
  ({ telegram, alice, bob, aliceId, bobId, toBob, toAlice } = await twoPeople());
});

describe('forwarding', () => {
  const forward = (
    from_peer: TlObject,
    id: number[],
    to_peer: TlObject,
    more: Record<string, TlValue> = {},
  ) =>
    alice.call('messages.forwardMessages', {
      from_peer,
      to_peer,
      id,
      random_id: id.map((_id, index) => BigInt(index + 1)),
      ...more,
    });

  test('keeps text, entities and the first author, and leaves out what is gone', async () => {
    const entities = [{ _: 'messageEntityBold', offset: 0, length: 2 }];
    await bob.send(toAlice, 'hi', { entities });
    expect(await forward(toBob, [1, 7], SELF)).toMatchObject({
      updates: [
        { _: 'updateMessageID', id: 2, random_id: 1n },
        {
          _: 'updateNewMessage',
          message: {
            id: 2,
            message: 'hi',
            entities: [{ length: 2 }],
            fwd_from: { from_id: { user_id: BigInt(bobId) } },
          },
        },
      ],
    });
    expect(telegram.control.messages({ to: aliceId, from: aliceId })).toMatchObject([
      { text: 'hi', forwarded_from: bobId },
    ]);
    expect(telegram.control.deliveries('2')).toMatchObject({ arrived: 1, messages: 0 });
    await forward(SELF, [2], toBob, { random_id: [9n], drop_author: true });
    expect(telegram.control.messages().at(-1)).not.toHaveProperty('forwarded_from');
    await expect(alice.call('messages.editMessage', { peer: SELF, id: 2, message: 'x' })).rejects.toThrow(
      'MESSAGE_AUTHOR_REQUIRED',
    );
  });

  test('refuses what is not of the chat, a repeated random_id, and a number of ids that differs', async () => {
    await bob.send(toAlice, 'hi');
    await expect(forward(SELF, [1], toBob)).rejects.toThrow('MESSAGE_ID_INVALID');
    await expect(forward(toBob, [1], toBob, { random_id: [] })).rejects.toThrow('RANDOM_ID_INVALID');
    await expect(forward(toBob, [], toBob)).rejects.toThrow('MESSAGE_IDS_EMPTY');
    await forward(toBob, [1], SELF);
    await expect(forward(toBob, [1], SELF)).rejects.toMatchObject({
      code: 500,
      message: 'RANDOM_ID_DUPLICATE',
    });
    telegram.control.changeSettings({ repeated_random_id: 'original' });
    expect(await forward(toBob, [1], SELF)).toMatchObject({ updates: [{ id: 2 }, { message: { id: 2 } }] });
    expect(telegram.control.messages({ from: aliceId })).toHaveLength(1);
  });

  test('of a channel’s post names the channel', async () => {
    const news = { title: 'News', kind: 'channel', username: 'the_news' } as const;
    const { id } = telegram.control.createChat({ ...news, members: [aliceId, bobId] });
    const peer = await channelOf(alice, 'the_news');
    await alice.send(peer, 'post');
    expect(await forward(peer, [2], toBob)).toMatchObject({
      updates: [{}, { message: { fwd_from: { from_id: { _: 'peerChannel' }, channel_post: 2 } } }],
    });
    expect(telegram.control.messages({ to: bobId })).toMatchObject([{ forwarded_from: id }]);
  });
});

test('a message can be asked for by the one that answers it', async () => {
  await alice.send(toBob, 'question');
  await bob.send(toAlice, 'answer', { reply_to: { _: 'inputReplyToMessage', reply_to_msg_id: 1 } });
  const id = [
    { _: 'inputMessageReplyTo', id: 2 },
    { _: 'inputMessageReplyTo', id: 1 },
  ];
  expect(await alice.call('messages.getMessages', { id })).toMatchObject({
    messages: [{ id: 1, message: 'question' }, { _: 'messageEmpty' }],
  });
});

test('reply_to_msg_id 0 is no reply, and a quote must be of the message', async () => {
  const reply = { _: 'inputReplyToMessage' };
  await alice.send(toBob, 'one two', { reply_to: { ...reply, reply_to_msg_id: 0 } });
  await alice.send(toBob, 'x', {
    reply_to: { ...reply, reply_to_msg_id: 1, quote_text: 'two', quote_offset: 4 },
  });
  expect(await historyOf(bob, toAlice)).toMatchObject([
    { reply_to: { reply_to_msg_id: 1, quote: true, quote_text: 'two', quote_offset: 4 } },
    { reply_to: undefined },
  ]);
  await expect(
    alice.send(toBob, 'x', { reply_to: { ...reply, reply_to_msg_id: 1, quote_text: 'three' } }),
  ).rejects.toThrow('QUOTE_TEXT_INVALID');
});

test('a chat can be searched, page by page, and for pinned messages', async () => {
  for (const text of ['Apple pie', 'pear', 'apple juice']) await alice.send(toBob, text);
  await alice.call('messages.updatePinnedMessage', { peer: toBob, id: 1, pm_oneside: true });
  const find = async (q: string, more: object = {}) => {
    const filter = { _: 'inputMessagesFilterEmpty' };
    const found = { peer: toBob, q, filter, min_date: 0, max_date: 0, ...PAGE, ...more };
    return listOf((await alice.call('messages.search', found))['messages']).map(({ message }) => message);
  };
  expect(await find('APPLE')).toEqual(['apple juice', 'Apple pie']);
  expect(await find('apple', { limit: 1, offset_id: 3 })).toEqual(['Apple pie']);
  expect(await find('', { filter: { _: 'inputMessagesFilterPinned' } })).toEqual(['Apple pie']);
  expect(await find('', { filter: { _: 'inputMessagesFilterPhotos' } })).toEqual([]);
});
