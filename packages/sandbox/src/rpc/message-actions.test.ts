import { beforeEach, describe, expect, test } from 'vitest';
import type { DirectClient, DirectTelegram } from '../testing/direct-telegram.ts';
import { channelOf, historyOf, supergroup } from '../testing/inputs.ts';
import { SELF, twoPeople, type TwoPeople } from '../testing/two-people.ts';
import type { TlObject, TlValue } from '../types.ts';

let people: TwoPeople;
let telegram: DirectTelegram;
let alice: DirectClient;
let bob: DirectClient;
let aliceId: number;
let bobId: number;
let toBob: TlObject;
let toAlice: TlObject;
beforeEach(async () => {
  people = await twoPeople();
  ({ telegram, alice, bob, aliceId, bobId, toBob, toAlice } = people);
});

async function texts(client: DirectClient, peer: TlObject): Promise<TlValue[]> {
  return (await historyOf(client, peer)).map(({ message }) => message);
}

function difference(client: DirectClient, pts: number, more: object = {}): Promise<TlObject> {
  return client.call('updates.getDifference', { pts, qts: 0, date: 0, ...more });
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
    const id = supergroup(people);
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
    supergroup(people);
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
    expect(await historyOf(alice, toBob)).toMatchObject([
      { reactions: { results: [{ count: 1, chosen_order: undefined }] } },
    ]);
    expect(telegram.control.messages()).toMatchObject([{ reactions: [{ by: bobId, emoji: ['👍'] }] }]);
    expect(telegram.control.messages()[0]).not.toHaveProperty('edit_date');

    await react(bob, toAlice, 1, '❤');
    await react(alice, toBob, 1, '❤');
    expect(await historyOf(alice, toBob)).toMatchObject([{ reactions: { results: [{ count: 2 }] } }]);
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
    expect(await historyOf(bob, toAlice)).toMatchObject([{ _: 'messageService' }, { pinned: true }]);
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
    supergroup(people);
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
