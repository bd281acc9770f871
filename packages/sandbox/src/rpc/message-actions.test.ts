import { beforeEach, describe, expect, test } from 'vitest';
import { DirectTelegram, type DirectClient } from '../testing/direct-telegram.ts';
import { channelOf, listOf } from '../testing/inputs.ts';
import type { TlObject, TlValue } from '../types.ts';

const ALICE = '+9996621001';
const BOB = '+9996621002';
const SELF = { _: 'inputPeerSelf' };
const PAGE = { offset_id: 0, offset_date: 0, add_offset: 0, limit: 100, max_id: 0, min_id: 0, hash: 0n };

let telegram: DirectTelegram;
let alice: DirectClient;
let bob: DirectClient;
let aliceId: number;
let bobId: number;
let toBob: TlObject;
let toAlice: TlObject;
beforeEach(async () => {
  telegram = new DirectTelegram();
  alice = telegram.client('alice');
  bob = telegram.client('bob');
  aliceId = await alice.signIn(ALICE);
  bobId = await bob.signIn(BOB);
  toBob = await alice.peerOf(BOB);
  toAlice = await bob.peerOf(ALICE);
});

async function history(client: DirectClient, peer: TlObject): Promise<TlObject[]> {
  return listOf((await client.call('messages.getHistory', { peer, ...PAGE }))['messages']);
}

async function texts(client: DirectClient, peer: TlObject): Promise<TlValue[]> {
  return (await history(client, peer)).map(({ message }) => message);
}

function difference(client: DirectClient, pts: number, more: object = {}): Promise<TlObject> {
  return client.call('updates.getDifference', { pts, qts: 0, date: 0, ...more });
}

async function supergroup(): Promise<number> {
  const team = { title: 'Team', kind: 'supergroup', username: 'the_team' } as const;
  return telegram.control.createChat({ ...team, members: [aliceId, bobId] }).id;
}

async function group(): Promise<TlObject> {
  const { id } = telegram.control.createChat({ title: 'G', kind: 'group', members: [aliceId, bobId] });
  return { _: 'inputPeerChat', chat_id: BigInt(-id) };
}

describe('deleting', () => {
  const remove = (client: DirectClient, id: number[], revoke = true) =>
    client.call('messages.deleteMessages', { id, revoke });

  test('for everyone removes both copies, tells both sides, and raises the pts by each message', async () => {
    await bob.send(SELF, 'a note');
    for (const text of ['1', '2', '3']) await alice.send(toBob, text);
    telegram.pushes.length = 0;
    expect(await remove(alice, [1, 3, 99])).toEqual({
      _: 'messages.affectedMessages',
      pts: 6,
      pts_count: 2,
    });
    expect(telegram.pushes).toMatchObject([
      { authKeyId: 'alice', exceptSessionId: 'of alice' },
      {
        authKeyId: 'bob',
        updates: { updates: [{ _: 'updateDeleteMessages', messages: [2, 4], pts: 7, pts_count: 2 }] },
      },
    ]);
    expect(await texts(alice, toBob)).toEqual(['2']);
    expect(await texts(bob, toAlice)).toEqual(['2']);
    expect(telegram.control.messages({ from: aliceId })).toMatchObject([
      { text: '1', deleted: true },
      { text: '2' },
      { text: '3', deleted: true },
    ]);
    // Deleted again: nothing is left to delete, and that is no error.
    expect(await remove(alice, [1])).toMatchObject({ pts: 6, pts_count: 0 });
  });

  test('on one side keeps the other copy', async () => {
    await alice.send(toBob, '1');
    await remove(bob, [1], false);
    expect(await texts(bob, toAlice)).toEqual([]);
    expect(await texts(alice, toBob)).toEqual(['1']);
    expect(telegram.control.messages()).toMatchObject([{ text: '1', deleted_for: [bobId] }]);
    expect(await bob.call('messages.getMessages', { id: [{ _: 'inputMessageID', id: 1 }] })).toMatchObject({
      messages: [{ _: 'messageEmpty', id: 1 }],
    });
    // The number is not given twice.
    expect(await bob.send(toAlice, '2')).toMatchObject({ id: 2 });
  });

  test('is told by the difference, in place of the message', async () => {
    await alice.send(toBob, '1');
    await alice.send(toBob, '2');
    await remove(alice, [1]);
    expect(await difference(bob, 1)).toMatchObject({
      new_messages: [{ message: '2' }],
      other_updates: [{ _: 'updateDeleteMessages', messages: [1], pts: 4 }],
      state: { pts: 4 },
    });
  });

  test("others' messages of a group are for its creator to delete", async () => {
    const peer = await group();
    await alice.send(peer, "Alice's");
    await bob.send(peer, "Bob's");
    await expect(remove(bob, [2])).rejects.toMatchObject({ code: 403, message: 'MESSAGE_DELETE_FORBIDDEN' });
    await remove(alice, [3]);
    expect(await texts(bob, peer)).toEqual(["Alice's", undefined]);
  });

  test('of a supergroup is by its own method and numbering', async () => {
    const id = await supergroup();
    const peer = await channelOf(bob, 'the_team');
    const channel = { ...peer, _: 'inputChannel' };
    await bob.send(peer, '1');
    await alice.send(await channelOf(alice, 'the_team'), '2');
    const filter = { _: 'channelMessagesFilterEmpty' };
    await expect(bob.call('channels.deleteMessages', { channel, id: [3] })).rejects.toThrow(
      'MESSAGE_DELETE_FORBIDDEN',
    );
    expect(await bob.call('channels.deleteMessages', { channel, id: [2] })).toMatchObject({
      pts: 5,
      pts_count: 1,
    });
    expect(
      await alice.call('updates.getChannelDifference', {
        channel: { ...(await channelOf(alice, 'the_team')), _: 'inputChannel' },
        filter,
        pts: 4,
        limit: 10,
      }),
    ).toMatchObject({ other_updates: [{ _: 'updateDeleteChannelMessages', messages: [2], pts: 5 }] });
    expect(telegram.control.messages({ to: id })).toMatchObject([{ deleted: true }, { text: '2' }]);
  });
});

describe('reading', () => {
  test('tells the reader’s other clients and the author, each with a pts', async () => {
    await bob.send(SELF, 'a note');
    await alice.send(toBob, '1');
    await alice.send(toBob, '2');
    telegram.pushes.length = 0;
    expect(await bob.call('messages.readHistory', { peer: toAlice, max_id: 2 })).toEqual({
      _: 'messages.affectedMessages',
      pts: 5,
      pts_count: 1,
    });
    expect(telegram.pushes).toMatchObject([
      {
        authKeyId: 'bob',
        exceptSessionId: 'of bob',
        updates: { updates: [{ _: 'updateReadHistoryInbox', max_id: 2, still_unread_count: 1, pts: 5 }] },
      },
      {
        authKeyId: 'alice',
        updates: { updates: [{ _: 'updateReadHistoryOutbox', max_id: 1, pts: 4, pts_count: 1 }] },
      },
    ]);
    const peers = [{ _: 'inputDialogPeer', peer: toAlice }];
    expect(await bob.call('messages.getPeerDialogs', { peers })).toMatchObject({
      dialogs: [{ read_inbox_max_id: 2, unread_count: 1 }],
    });
    expect(await difference(alice, 3)).toMatchObject({
      other_updates: [{ _: 'updateReadHistoryOutbox', pts: 4 }],
    });
    // Read already.
    expect(await bob.call('messages.readHistory', { peer: toAlice, max_id: 1 })).toMatchObject({
      pts: 5,
      pts_count: 0,
    });
  });

  test('of a supergroup has no pts', async () => {
    await supergroup();
    await alice.send(await channelOf(alice, 'the_team'), '1');
    const channel = { ...(await channelOf(bob, 'the_team')), _: 'inputChannel' };
    telegram.pushes.length = 0;
    expect(await bob.value('channels.readHistory', { channel, max_id: 0 })).toBe(true);
    expect(telegram.pushes).toMatchObject([
      { authKeyId: 'bob', updates: { updates: [{ _: 'updateReadChannelInbox', max_id: 2, pts: 3 }] } },
      { authKeyId: 'alice', updates: { updates: [{ _: 'updateReadChannelOutbox', max_id: 2 }] } },
    ]);
    expect(await bob.value('channels.readHistory', { channel, max_id: 0 })).toBe(false);
    expect(await bob.call('updates.getState')).toMatchObject({ pts: 1 });
  });
});

describe('reactions', () => {
  const react = (client: DirectClient, peer: TlObject, msg_id: number, ...emoji: string[]) =>
    client.call('messages.sendReaction', {
      peer,
      msg_id,
      reaction: emoji.map((emoticon) => ({ _: 'reactionEmoji', emoticon })),
    });

  test('count as an edit that clients do not show', async () => {
    await alice.send(toBob, 'hi');
    telegram.pushes.length = 0;
    const reactions = { results: [{ reaction: { emoticon: '👍' }, count: 1, chosen_order: 0 }] };
    expect(await react(bob, toAlice, 1, '👍')).toMatchObject({
      updates: [
        { _: 'updateEditMessage', message: { edit_hide: true, reactions }, pts: 3 },
        { _: 'updateMessageReactions', msg_id: 1, reactions },
      ],
    });
    expect(telegram.pushes.map(({ authKeyId }) => authKeyId)).toEqual(['alice', 'bob']);
    expect(await history(alice, toBob)).toMatchObject([
      { reactions: { results: [{ count: 1, chosen_order: undefined }] } },
    ]);
    expect(telegram.control.messages()).toMatchObject([{ reactions: [{ by: bobId, emoji: ['👍'] }] }]);
    expect(telegram.control.messages()[0]).not.toHaveProperty('edit_date');

    await react(bob, toAlice, 1, '❤');
    await react(alice, toBob, 1, '❤');
    expect(await history(alice, toBob)).toMatchObject([{ reactions: { results: [{ count: 2 }] } }]);
    await react(bob, toAlice, 1);
    expect(telegram.control.messages()).toMatchObject([{ reactions: [{ by: aliceId, emoji: ['❤'] }] }]);
    expect(await difference(bob, 2)).toMatchObject({ state: { pts: 6 } });
  });

  test.each([
    ['an emoji that is none of Telegram’s reactions', ['🧦'], 'REACTION_INVALID'],
    ['more than one', ['👍', '❤'], 'REACTIONS_TOO_MANY'],
    ['none, where there is none', [], 'MESSAGE_NOT_MODIFIED'],
  ])('%s is refused', async (_name, emoji, error) => {
    await alice.send(toBob, 'hi');
    await expect(react(bob, toAlice, 1, ...emoji)).rejects.toMatchObject({ code: 400, message: error });
    await expect(react(bob, toAlice, 2, '👍')).rejects.toThrow('MESSAGE_ID_INVALID');
  });
});

describe('pinning', () => {
  const pin = (client: DirectClient, peer: TlObject, id: number, flags: Record<string, TlValue> = {}) =>
    client.call('messages.updatePinnedMessage', { peer, id, ...flags });

  test('for both sides posts a service message; unpinning posts none', async () => {
    await alice.send(toBob, 'hi');
    expect(await pin(alice, toBob, 1)).toMatchObject({
      updates: [
        { _: 'updatePinnedMessages', pinned: true, messages: [1], pts: 3, pts_count: 1 },
        {
          _: 'updateNewMessage',
          message: { action: { _: 'messageActionPinMessage' }, reply_to: { reply_to_msg_id: 1 } },
          pts: 4,
        },
      ],
    });
    expect(await history(bob, toAlice)).toMatchObject([{ _: 'messageService' }, { pinned: true }]);
    expect(telegram.control.messages()).toMatchObject([{ pinned: [bobId, aliceId].toSorted() }]);
    await expect(pin(alice, toBob, 1)).rejects.toThrow('CHAT_NOT_MODIFIED');
    expect(await pin(bob, toAlice, 1, { unpin: true })).toMatchObject({
      updates: [{ _: 'updatePinnedMessages', pinned: false, pts: 5 }],
    });
    expect(telegram.control.messages()[0]).not.toHaveProperty('pinned');
  });

  test('on one side is not told to the other', async () => {
    await alice.send(toBob, 'hi');
    telegram.pushes.length = 0;
    await pin(alice, toBob, 1, { pm_oneside: true });
    expect(telegram.pushes.map(({ authKeyId }) => authKeyId)).toEqual(['alice']);
    expect(telegram.control.messages()).toMatchObject([{ pinned: [aliceId] }]);
  });

  test('in a supergroup is for administrators, and all can be unpinned at once', async () => {
    await supergroup();
    const [peer, bobs] = [await channelOf(alice, 'the_team'), await channelOf(bob, 'the_team')];
    await alice.send(peer, '1');
    await alice.send(peer, '2');
    await expect(pin(bob, bobs, 2)).rejects.toThrow('CHAT_ADMIN_REQUIRED');
    for (const id of [2, 3]) await pin(alice, peer, id);
    const channel = { ...bobs, _: 'inputChannel' };
    const pinned = { channel, id: [{ _: 'inputMessagePinned' }] };
    expect(await bob.call('channels.getMessages', pinned)).toMatchObject({ messages: [{ message: '2' }] });
    expect(await alice.call('messages.unpinAllMessages', { peer })).toMatchObject({
      pts_count: 2,
      offset: 0,
    });
    expect(await bob.call('channels.getMessages', pinned)).toMatchObject({
      messages: [{ _: 'messageEmpty' }],
    });
  });
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
  expect(await history(bob, toAlice)).toMatchObject([
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
    await supergroup();
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
