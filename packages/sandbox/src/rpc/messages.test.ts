import { beforeEach, describe, expect, test } from 'vitest';
import { DirectTelegram, type DirectClient } from '../testing/direct-telegram.ts';
import { listOf } from '../testing/inputs.ts';
import { ALICE, PAGE, SELF, twoPeople } from '../testing/two-people.ts';
import type { TlObject } from '../types.ts';

const FIRST_DIALOGS = {
  offset_date: 0,
  offset_id: 0,
  offset_peer: { _: 'inputPeerEmpty' },
  limit: 10,
  hash: 0n,
};

describe('messages', () => {
  let telegram: DirectTelegram;
  let alice: DirectClient;
  let bob: DirectClient;
  let aliceId: number;
  let bobId: number;
  let toBob: TlObject;
  beforeEach(async () => {
    ({ telegram, alice, bob, aliceId, bobId, toBob } = await twoPeople());
  });

  test('each account gives a message its own id', async () => {
    await bob.send(SELF, 'a note');
    expect(await alice.send(toBob, 'hi')).toEqual({
      _: 'updateShortSentMessage',
      out: true,
      id: 1,
      pts: 2,
      pts_count: 1,
      date: telegram.now / 1_000,
      entities: undefined,
    });
    const { peer } = await bob.call('contacts.resolvePhone', { phone: ALICE });
    expect(peer).toEqual({ _: 'peerUser', user_id: BigInt(aliceId) });
    expect(await bob.call('messages.getHistory', { peer: await bob.peerOf(ALICE), ...PAGE })).toMatchObject({
      messages: [
        { id: 2, out: false, message: 'hi', from_id: undefined, peer_id: { user_id: BigInt(aliceId) } },
      ],
    });
    expect(await alice.call('messages.getHistory', { peer: toBob, ...PAGE })).toMatchObject({
      messages: [
        { id: 1, out: true, from_id: { user_id: BigInt(aliceId) }, peer_id: { user_id: BigInt(bobId) } },
      ],
    });
    expect(telegram.control.messages({ from: aliceId, to: bobId })).toEqual([
      {
        id: 1,
        from_id: aliceId,
        to_id: bobId,
        text: 'hi',
        date: '2024-01-15T12:00:00Z',
        accepted_at: '2024-01-15T12:00:00.000Z',
        random_id: expect.stringMatching(/^\d+$/),
      },
    ]);
  });

  test('a note to oneself is incoming, and its answer is a full update', async () => {
    expect(await alice.send(SELF, 'note', { random_id: 9n })).toMatchObject({
      _: 'updates',
      updates: [
        { _: 'updateMessageID', id: 1, random_id: 9n },
        { _: 'updateNewMessage', message: { out: false, message: 'note' }, pts: 2 },
      ],
    });
  });

  test("the recipient's and the sender's other connections get a push", async () => {
    telegram.pushes.length = 0;
    const second = telegram.client('alice 2');
    await second.signIn(ALICE);
    telegram.pushes.length = 0;
    await alice.send(toBob, 'hi');
    expect(telegram.pushes).toMatchObject([
      { authKeyId: 'alice', exceptSessionId: 'of alice' },
      { authKeyId: 'alice 2', exceptSessionId: undefined },
      {
        authKeyId: 'bob',
        updates: {
          updates: [{ pts: 2, pts_count: 1, message: { message: 'hi' } }],
          users: [{}, { id: BigInt(aliceId) }],
        },
      },
    ]);
  });

  test.each([
    ['a wrong access hash', { _: 'inputPeerUser', access_hash: 1n }],
    ['an unknown user', { _: 'inputPeerUser', user_id: 42n, access_hash: 1n }],
    ['an unknown group', { _: 'inputPeerChat', chat_id: 42n }],
    ['nobody', { _: 'inputPeerEmpty' }],
  ])('a peer with %s is PEER_ID_INVALID', async (_name, peer) => {
    await expect(alice.send({ user_id: BigInt(bobId), ...peer }, 'x')).rejects.toMatchObject({
      code: 400,
      message: 'PEER_ID_INVALID',
    });
  });

  test("another account's access hash is refused", async () => {
    const carol = telegram.client('carol');
    await carol.signIn('+9996621003');
    await expect(carol.send(toBob, 'x')).rejects.toThrow('PEER_ID_INVALID');
    expect(await carol.value('users.getUsers', { id: [{ ...toBob, _: 'inputUser' }] })).toMatchObject([
      { _: 'userEmpty' },
    ]);
  });

  test.each([
    ['nothing', '', 'MESSAGE_EMPTY'],
    ['white space', ' \n ', 'MESSAGE_EMPTY'],
    ['4097 letters', 'x'.repeat(4_097), 'MESSAGE_TOO_LONG'],
    ['2049 emoji', '😀'.repeat(2_049), 'MESSAGE_TOO_LONG'],
  ])('a text of %s is refused', async (_name, text, error) => {
    await expect(alice.send(toBob, text)).rejects.toMatchObject({ code: 400, message: error });
  });

  test('a text is trimmed, and its entities are moved', async () => {
    await alice.send(toBob, `  ${'😀'.repeat(2_048)}\n`);
    const bold = { _: 'messageEntityBold', offset: 0, length: 5 };
    const link = { _: 'messageEntityTextUrl', offset: 4, length: 3, url: 'https://example.org/' };
    const answer = await alice.send(toBob, '  bold', {
      entities: [bold, link].map((entity) => ({ ...entity, length: 2 })),
    });
    expect(answer['entities']).toMatchObject([
      { _: 'messageEntityTextUrl', offset: 2, length: 2, url: 'https://example.org/' },
    ]);
    expect(telegram.control.messages().at(-1)).toMatchObject({
      text: 'bold',
      entities: [{ type: 'text_link', offset: 2, length: 2, url: 'https://example.org/' }],
    });
    for (const bad of [{ offset: -1 }, { length: 0 }, { length: 7 }]) {
      await expect(alice.send(toBob, '  bold', { entities: [{ ...bold, ...bad }] })).rejects.toThrow(
        'ENTITY_BOUNDS_INVALID',
      );
    }
  });

  test('Telegram adds links, mentions and commands to a text', async () => {
    const entities = [{ _: 'messageEntityBold', offset: 0, length: 4 }];
    const answer = await alice.send(toBob, 'bold @durov https://example.org', { entities });
    const added = [
      { _: 'messageEntityMention', offset: 5, length: 6 },
      { _: 'messageEntityUrl', offset: 12, length: 19 },
    ];
    expect(answer['entities']).toMatchObject([...entities, ...added]);
    expect(telegram.control.messages()).toMatchObject([
      { entities: [{ type: 'bold' }], detected_entities: [{ type: 'mention' }, { type: 'url' }] },
    ]);
    // An edit to the same text is no edit, whether the client sends the link or not.
    const edit = { peer: toBob, id: 1, message: 'bold @durov https://example.org' };
    for (const sent of [entities, [...entities, ...added]])
      await expect(alice.call('messages.editMessage', { ...edit, entities: sent })).rejects.toThrow(
        'MESSAGE_NOT_MODIFIED',
      );
  });

  test('a message may reply to another one, which has its own id in each account', async () => {
    await bob.send(SELF, 'a note');
    await alice.send(toBob, 'question');
    const toAlice = await bob.peerOf(ALICE);
    const reply_to = { _: 'inputReplyToMessage', reply_to_msg_id: 2 };
    await bob.send(toAlice, 'answer', { reply_to });
    expect(await alice.call('messages.getMessages', { id: [{ _: 'inputMessageID', id: 2 }] })).toMatchObject({
      messages: [{ message: 'answer', reply_to: { reply_to_msg_id: 1 } }],
    });
    await expect(bob.send(SELF, 'x', { reply_to })).rejects.toThrow('REPLY_MESSAGE_ID_INVALID');
  });

  test('a random_id creates one message; the answer to a repeat can be set', async () => {
    const random_id = -5n;
    const first = await alice.send(toBob, 'once', { random_id });
    await expect(alice.send(toBob, 'once', { random_id })).rejects.toMatchObject({
      code: 500,
      message: 'RANDOM_ID_DUPLICATE',
    });
    telegram.control.changeSettings({ repeated_random_id: 'original' });
    expect(await alice.send(toBob, 'once', { random_id })).toEqual(first);
    await expect(alice.send(toBob, 'x', { random_id: 0n })).rejects.toThrow('RANDOM_ID_EMPTY');
    expect(telegram.control.deliveries('-5')).toEqual({ random_id: '-5', arrived: 3, messages: 1 });
    expect(telegram.control.messages()).toHaveLength(1);
    // Each account has its own random ids.
    await bob.send(SELF, 'mine', { random_id });
    expect(telegram.control.messages()).toHaveLength(2);
  });

  test('groups, supergroups and channels', async () => {
    for (const kind of ['group', 'supergroup', 'channel'] as const) {
      const { id } = telegram.control.createChat({ title: `a ${kind}`, kind, members: [aliceId, bobId] });
      const { chats } = await bob.call('messages.getDialogs', FIRST_DIALOGS);
      expect(listOf(chats).find(({ title }) => title === `a ${kind}`)).toMatchObject({
        _: kind === 'group' ? 'chat' : 'channel',
      });
      expect(String(id)).toMatch(kind === 'group' ? /^-4/ : /^-100/);
    }
    const outsider = telegram.client('carol');
    await outsider.signIn('+9996621003');
    const channel = telegram.control.createChat({
      title: 'News',
      kind: 'channel',
      username: 'the_news',
      members: [aliceId, bobId],
    });
    const { chats } = await bob.call('contacts.resolveUsername', { username: '@The_News' });
    const [found] = listOf(chats);
    expect(found).toMatchObject({
      title: 'News',
      broadcast: true,
      id: BigInt(-1_000_000_000_000 - channel.id),
    });
    const peer = { _: 'inputPeerChannel', channel_id: found?.['id'], access_hash: found?.['access_hash'] };
    await expect(bob.send(peer, 'x')).rejects.toThrow('CHAT_ADMIN_REQUIRED');
    await expect(outsider.send(peer, 'x')).rejects.toThrow('CHANNEL_INVALID');
  });

  test('history and dialogs have pages', async () => {
    for (const text of ['1', '2', '3', '4', '5']) await alice.send(toBob, text);
    const page = async (offsets: object) => {
      const { messages } = await alice.call('messages.getHistory', { peer: toBob, ...PAGE, ...offsets });
      return listOf(messages).map(({ message }) => message);
    };
    expect(await page({})).toEqual(['5', '4', '3', '2', '1']);
    expect(await page({ limit: 2 })).toEqual(['5', '4']);
    expect(await page({ limit: 2, offset_id: 4 })).toEqual(['3', '2']);
    expect(await page({ limit: 2, offset_id: 4, add_offset: -1 })).toEqual(['4', '3']);
    expect(await page({ min_id: 2, max_id: 5 })).toEqual(['4', '3']);

    telegram.now += 1_000;
    await alice.send(SELF, 'newer');
    const offsets = { ...FIRST_DIALOGS, limit: 1 };
    expect(await alice.call('messages.getDialogs', offsets)).toMatchObject({
      count: 2,
      dialogs: [{ peer: { user_id: BigInt(aliceId) } }],
    });
    expect(await alice.call('messages.getDialogs', { ...offsets, offset_peer: SELF })).toMatchObject({
      dialogs: [{ peer: { user_id: BigInt(bobId) } }],
    });
  });

  test('the difference contains the messages since a pts', async () => {
    const state = await bob.call('updates.getState');
    expect(state).toMatchObject({ pts: 1 });
    const { qts, date } = state;
    const difference = (pts: number) => bob.call('updates.getDifference', { pts, qts, date });
    expect(await difference(1)).toMatchObject({ _: 'updates.differenceEmpty' });
    await alice.send(toBob, 'one');
    await alice.send(toBob, 'two');
    expect(await difference(1)).toMatchObject({
      new_messages: [{ message: 'one' }, { message: 'two' }],
      state: { pts: 3 },
    });
    expect(await difference(2)).toMatchObject({ new_messages: [{ message: 'two' }], state: { pts: 3 } });
    await expect(difference(9)).rejects.toThrow('PERSISTENT_TIMESTAMP_INVALID');
  });
});

describe('contacts', () => {
  test('are found by username and phone, imported and listed', async () => {
    const telegram = new DirectTelegram();
    const { account } = telegram.control.createAccount({
      phone: '+79991234567',
      first_name: 'Bob',
      username: 'Bob_B',
    });
    const alice = telegram.client('alice');
    const aliceId = await alice.signIn(ALICE);
    expect(await alice.call('contacts.resolveUsername', { username: 'bob_b' })).toMatchObject({
      users: [{ first_name: 'Bob', phone: undefined }],
    });
    await expect(alice.call('contacts.resolveUsername', { username: 'nobody_here' })).rejects.toThrow(
      'USERNAME_NOT_OCCUPIED',
    );
    await expect(alice.call('contacts.resolveUsername', { username: '1x' })).rejects.toThrow(
      'USERNAME_INVALID',
    );
    await expect(alice.call('contacts.resolvePhone', { phone: '79990000000' })).rejects.toThrow(
      'PHONE_NOT_OCCUPIED',
    );

    const contact = { _: 'inputPhoneContact', first_name: 'B', last_name: '' };
    const contacts = ['+79991234567', '+79990000000'].map((phone, index) => ({
      ...contact,
      phone,
      client_id: BigInt(index),
    }));
    expect(await alice.call('contacts.importContacts', { contacts })).toMatchObject({
      imported: [{ user_id: BigInt(account.id), client_id: 0n }],
      users: [{ contact: true, phone: '79991234567' }],
    });
    expect(await alice.call('contacts.getContacts', { hash: 0n })).toMatchObject({
      contacts: [{ user_id: BigInt(account.id), mutual: false }],
    });
    telegram.control.addContacts({ id: account.id, contact_ids: [aliceId] });
    expect(await alice.call('contacts.getContacts', { hash: 0n })).toMatchObject({
      contacts: [{ mutual: true }],
    });
  });
});
