import { beforeEach, describe, expect, test } from 'vitest';
import { DirectTelegram, type DirectClient } from '../testing/direct-telegram.ts';
import { channelOf, listOf } from '../testing/inputs.ts';
import type { TlObject } from '../types.ts';

const ALICE = '+9996621001';
const BOB = '+9996621002';
const PAGE = { offset_id: 0, offset_date: 0, add_offset: 0, limit: 100, max_id: 0, min_id: 0, hash: 0n };

let telegram: DirectTelegram;
let alice: DirectClient;
let bob: DirectClient;
let bobId: number;
beforeEach(async () => {
  telegram = new DirectTelegram();
  alice = telegram.client('alice');
  bob = telegram.client('bob');
  await alice.signIn(ALICE);
  bobId = await bob.signIn(BOB);
});

type Settings = Partial<Parameters<DirectTelegram['control']['chats']['create']>[0]>;

/** A chat of Alice's. */
function chatOf(settings: Settings): { id: number; hash: string } {
  const { id, invite_link } = telegram.control.chats.create({
    type: 'supergroup',
    title: 'Team',
    members: [ALICE],
    ...settings,
  });
  return { id: Number(id), hash: invite_link.replace('https://t.me/+', '') };
}

async function actions(client: DirectClient, peer: TlObject): Promise<unknown[]> {
  const { messages } = await client.call('messages.getHistory', { peer, ...PAGE });
  return listOf(messages).map(({ action, message }) => action ?? message);
}

describe('an invite link', () => {
  test.each(['group', 'supergroup', 'channel'] as const)('leads into a %s', async (type) => {
    const { id, hash } = chatOf({ type });
    expect(await bob.call('messages.checkChatInvite', { hash })).toMatchObject({
      _: 'chatInvite',
      title: 'Team',
      participants_count: 1,
      request_needed: false,
    });
    telegram.pushes.length = 0;
    expect(await bob.call('messages.importChatInvite', { hash })).toMatchObject({
      _: 'updates',
      chats: [{ title: 'Team', left: false, participants_count: 2 }],
    });
    expect(telegram.control.chats.details(id)).toMatchObject({ members: [expect.any(Number), bobId] });
    const told = telegram.pushes.map(({ authKeyId }) => authKeyId);
    expect(told.includes('alice')).toBe(type !== 'channel');
    expect(await bob.call('messages.checkChatInvite', { hash })).toMatchObject({
      _: 'chatInviteAlready',
      chat: { title: 'Team' },
    });
    await expect(bob.call('messages.importChatInvite', { hash })).rejects.toThrow('USER_ALREADY_PARTICIPANT');
  });

  test('may ask an administrator first', async () => {
    const { id, hash } = chatOf({ join_requests: true });
    expect(await bob.call('messages.checkChatInvite', { hash })).toMatchObject({ request_needed: true });
    for (let times = 0; times < 2; times += 1)
      await expect(bob.call('messages.importChatInvite', { hash })).rejects.toMatchObject({
        code: 400,
        message: 'INVITE_REQUEST_SENT',
      });
    expect(telegram.control.chats.details(id)).toMatchObject({ requested: [bobId] });
    expect(telegram.control.chats.details(id).members).not.toContain(bobId);
    const answer = { chat: id, account: bobId };
    telegram.pushes.length = 0;
    telegram.control.chats.answerJoinRequest({ ...answer, approved: true });
    expect(telegram.control.chats.details(id)).toMatchObject({ requested: [] });
    expect(telegram.control.chats.details(id).members).toContain(bobId);
    expect(telegram.pushes.filter(({ authKeyId }) => authKeyId === 'bob')).toMatchObject([
      { updates: { updates: [{ message: { action: { _: 'messageActionChatJoinedByRequest' } } }] } },
      { updates: { updates: [{ _: 'updateChannel' }] } },
    ]);
    expect(() => telegram.control.chats.answerJoinRequest({ ...answer, approved: false })).toThrow(
      'HIDE_REQUESTER_MISSING',
    );
  });

  test.each([
    ['', 'INVITE_HASH_EMPTY'],
    ['?', 'INVITE_HASH_INVALID'],
    ['AbCdEfGhIjKlMnOp', 'INVITE_HASH_EXPIRED'],
  ])('%j is refused', async (hash, error) => {
    for (const method of ['messages.importChatInvite', 'messages.checkChatInvite'])
      await expect(bob.call(method, { hash })).rejects.toMatchObject({ code: 400, message: error });
  });
});

describe('joining and leaving', () => {
  test('a public supergroup is told by service messages', async () => {
    const { id } = chatOf({ username: 'the_team' });
    const peer = await channelOf(bob, 'the_team');
    const channel = { ...peer, _: 'inputChannel' };
    expect(await bob.call('channels.joinChannel', { channel })).toMatchObject({
      updates: [{ _: 'updateChannel' }, { _: 'updateNewChannelMessage' }],
    });
    await expect(bob.call('channels.joinChannel', { channel })).rejects.toThrow('USER_ALREADY_PARTICIPANT');
    await bob.send(peer, 'hi');
    expect(await bob.call('channels.leaveChannel', { channel })).toMatchObject({
      updates: [{ _: 'updateChannel' }],
      chats: [{ left: true }],
    });
    await expect(bob.call('channels.leaveChannel', { channel })).rejects.toThrow('USER_NOT_PARTICIPANT');
    await expect(bob.send(peer, 'x')).rejects.toThrow('CHAT_WRITE_FORBIDDEN');
    expect(await actions(alice, await channelOf(alice, 'the_team'))).toMatchObject([
      { _: 'messageActionChatDeleteUser', user_id: BigInt(bobId) },
      'hi',
      { _: 'messageActionChatAddUser', users: [BigInt(bobId)] },
      { _: 'messageActionChannelCreate' },
    ]);
    expect(telegram.control.chats.details(id).members).not.toContain(bobId);
  });

  test('a private channel that was left is closed; its creator cannot leave', async () => {
    chatOf({ type: 'channel', members: [ALICE, BOB] });
    const offsets = {
      offset_date: 0,
      offset_id: 0,
      offset_peer: { _: 'inputPeerEmpty' },
      limit: 9,
      hash: 0n,
    };
    const inputOf = async (client: DirectClient): Promise<TlObject> => {
      const [chat] = listOf((await client.call('messages.getDialogs', offsets))['chats']);
      return { _: 'inputChannel', channel_id: chat?.['id'], access_hash: chat?.['access_hash'] };
    };
    const [alices, channel] = [await inputOf(alice), await inputOf(bob)];
    await bob.call('channels.leaveChannel', { channel });
    await expect(bob.call('channels.joinChannel', { channel })).rejects.toThrow('CHANNEL_PRIVATE');
    await expect(alice.call('channels.leaveChannel', { channel: alices })).rejects.toThrow('USER_CREATOR');
  });

  test('a basic group keeps its messages for who has left', async () => {
    const { id } = chatOf({ type: 'group', members: [ALICE, BOB] });
    const peer = { _: 'inputPeerChat', chat_id: BigInt(-id) };
    await alice.send(peer, 'hi');
    const leave = { chat_id: BigInt(-id), user_id: { _: 'inputUserSelf' } };
    expect(await bob.call('messages.deleteChatUser', leave)).toMatchObject({
      updates: [{ _: 'updateNewMessage', message: { action: { _: 'messageActionChatDeleteUser' } } }],
      chats: [{ left: true }],
    });
    await alice.send(peer, 'not for Bob');
    expect(await actions(bob, peer)).toMatchObject([
      { user_id: BigInt(bobId) },
      'hi',
      { _: 'messageActionChatCreate' },
    ]);
    await expect(bob.send(peer, 'x')).rejects.toThrow('CHAT_WRITE_FORBIDDEN');
    await expect(bob.call('messages.deleteChatUser', leave)).rejects.toThrow('CHAT_ID_INVALID');
  });

  test('the creator of a basic group removes others, and still is its creator after leaving it', async () => {
    const { id } = chatOf({ type: 'group', members: [ALICE, BOB] });
    const alices = { ...(await bob.peerOf(ALICE)), _: 'inputUser' };
    const chat_id = BigInt(-id);
    await expect(bob.call('messages.deleteChatUser', { chat_id, user_id: alices })).rejects.toThrow(
      'CHAT_ADMIN_REQUIRED',
    );
    // Many clients send an InputPeer here.
    await alice.call('messages.deleteChatUser', { chat_id, user_id: await alice.peerOf(BOB) });
    expect(telegram.control.chats.details(id).members).toHaveLength(1);
    await alice.call('messages.deleteChatUser', { chat_id, user_id: { _: 'inputUserSelf' } });
    expect(telegram.control.chats.details(id).members).toEqual([]);
  });
});

test('slow mode holds members, not administrators', async () => {
  chatOf({ username: 'the_team', slow_mode: 30, members: [ALICE, BOB] });
  const peer = await channelOf(bob, 'the_team');
  await bob.send(peer, '1');
  telegram.now += 10_000;
  await expect(bob.send(peer, '2')).rejects.toMatchObject({ code: 420, message: 'SLOWMODE_WAIT_20' });
  telegram.now += 20_000;
  await bob.send(peer, '3');
  for (const text of ['1', '2']) await alice.send(await channelOf(alice, 'the_team'), text);
});

test('a forum has topics, and their messages name them', async () => {
  const { id } = chatOf({ username: 'the_team', forum: true });
  const topic = telegram.control.chats.createTopic({ chat: id, title: 'News' });
  const peer = await channelOf(alice, 'the_team');
  const reply = { _: 'inputReplyToMessage' };
  await alice.send(peer, 'in the topic', { reply_to: { ...reply, reply_to_msg_id: topic } });
  await alice.send(peer, 'a reply', {
    reply_to: { ...reply, reply_to_msg_id: topic + 1, top_msg_id: topic },
  });
  const { messages } = await alice.call('messages.getHistory', { peer, ...PAGE, limit: 2 });
  expect(listOf(messages)).toMatchObject([
    { reply_to: { reply_to_msg_id: topic + 1, reply_to_top_id: topic, forum_topic: true } },
    { reply_to: { reply_to_msg_id: topic, forum_topic: true } },
  ]);
  expect(telegram.control.messages({ to: id })).toMatchObject([{ topic_id: topic }, { topic_id: topic }]);
  await alice.send(peer, 'outside');
  const replies = { peer, msg_id: topic, ...PAGE };
  expect(await alice.call('messages.getReplies', replies)).toMatchObject({
    count: 2,
    messages: [{ message: 'a reply' }, { message: 'in the topic' }],
  });
  expect(telegram.control.chats.details(id)).toMatchObject({ topics: [{ id: topic, title: 'News' }] });
  await expect(
    alice.send(peer, 'x', { reply_to: { ...reply, reply_to_msg_id: 0, top_msg_id: 99 } }),
  ).rejects.toThrow('TOPIC_DELETED');
});

describe('a bot with buttons', () => {
  const press = (peer: TlObject, msg_id: number, data: string) =>
    alice.call('messages.getBotCallbackAnswer', { peer, msg_id, data: Buffer.from(data) });

  async function botPeer(more: { answer: string } | { silent: true }): Promise<TlObject> {
    const buttons = [['Yes', { text: 'No', data: 'нет' }]];
    telegram.control.chats.createBot({ username: 'choice_bot', buttons, ...more });
    const { users } = await alice.call('contacts.resolveUsername', { username: 'choice_bot' });
    const bot = listOf(users).find((user) => user['bot'] === true);
    return { _: 'inputPeerUser', user_id: bot?.['id'], access_hash: bot?.['access_hash'] };
  }

  test('answers every message with them, and a press', async () => {
    const peer = await botPeer({ answer: 'Thanks' });
    expect(await alice.send(peer, '/start')).toMatchObject({ id: 1, pts: 2 });
    const { messages } = await alice.call('messages.getHistory', { peer, ...PAGE, limit: 1 });
    const no = { _: 'keyboardButtonCallback', text: 'No', data: Buffer.from('нет') };
    expect(listOf(messages)).toMatchObject([
      { id: 2, reply_markup: { rows: [{ buttons: [{ text: 'Yes', data: Buffer.from('Yes') }, no] }] } },
    ]);
    expect(await press(peer, 2, 'нет')).toMatchObject({ message: 'Thanks', cache_time: 0 });
    expect(telegram.control.chats.presses()).toMatchObject([{ message_id: 2, data: 'нет' }]);
    await expect(press(peer, 2, 'Maybe')).rejects.toMatchObject({ code: 400, message: 'DATA_INVALID' });
    await expect(press(peer, 3, 'Yes')).rejects.toThrow('MESSAGE_ID_INVALID');
  });

  test('that is silent times out', async () => {
    const peer = await botPeer({ silent: true });
    await alice.send(peer, '/start');
    await expect(press(peer, 2, 'Yes')).rejects.toMatchObject({ code: 400, message: 'BOT_RESPONSE_TIMEOUT' });
    expect(telegram.control.chats.presses()).toHaveLength(1);
  });

  test('writes with others on order', async () => {
    const peer = await botPeer({ answer: 'Thanks' });
    await alice.send(peer, '/start');
    const { actions: control } = telegram.control;
    const { id } = control.send({ from: '@choice_bot', to: ALICE, text: 'More?', buttons: ['More'] });
    expect(id).toBe(3);
    expect(await press(peer, 3, 'More')).toMatchObject({ message: 'Thanks' });
    expect(() => control.send({ from: ALICE, to: BOB, text: 'x', buttons: ['x'] })).toThrow('only a bot');
  });
});
