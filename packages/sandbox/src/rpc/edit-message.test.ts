import { beforeEach, describe, expect, test } from 'vitest';
import type { DirectClient, DirectTelegram } from '../testing/direct-telegram.ts';
import { channelOf } from '../testing/inputs.ts';
import { ALICE, BOB, SELF, twoPeople } from '../testing/two-people.ts';
import type { TlObject, TlValue } from '../types.ts';

const HOUR = 3_600_000;

describe('messages.editMessage', () => {
  let telegram: DirectTelegram;
  let alice: DirectClient;
  let bob: DirectClient;
  let aliceId: number;
  let bobId: number;
  let toBob: TlObject;
  beforeEach(async () => {
    ({ telegram, alice, bob, aliceId, bobId, toBob } = await twoPeople());
  });

  function edit(
    client: DirectClient,
    peer: TlObject,
    id: number,
    message: string,
    params: Record<string, TlValue> = {},
  ): Promise<TlObject> {
    return client.call('messages.editMessage', { peer, id, message, ...params });
  }

  test('changes text and entities for both sides, each with its own id and pts', async () => {
    await bob.send(SELF, 'a note');
    await alice.send(toBob, 'first');
    telegram.pushes.length = 0;
    telegram.now += 5_000;
    const entities = [{ _: 'messageEntityBold', offset: 0, length: 6 }];
    const edit_date = telegram.now / 1_000;
    expect(await edit(alice, toBob, 1, 'second', { entities })).toMatchObject({
      _: 'updates',
      updates: [
        {
          _: 'updateEditMessage',
          message: { id: 1, message: 'second', edit_date, date: edit_date - 5, entities: [{ length: 6 }] },
          pts: 3,
          pts_count: 1,
        },
      ],
    });
    expect(telegram.pushes).toMatchObject([
      { authKeyId: 'alice', exceptSessionId: 'of alice' },
      {
        authKeyId: 'bob',
        updates: { updates: [{ _: 'updateEditMessage', message: { id: 2, message: 'second' }, pts: 4 }] },
      },
    ]);
    const id = [{ _: 'inputMessageID', id: 2 }];
    expect(await bob.call('messages.getMessages', { id })).toMatchObject({
      messages: [{ message: 'second', edit_date }],
    });
    expect(telegram.control.messages({ from: aliceId })).toMatchObject([
      { id: 1, text: 'second', edit_date: '2024-01-15T12:00:05Z', entities: [{ type: 'bold' }] },
    ]);
  });

  test('is told by the difference, once with a new message and by itself later', async () => {
    await alice.send(toBob, 'first');
    await edit(alice, toBob, 1, 'second');
    const difference = (pts: number) => bob.call('updates.getDifference', { pts, qts: 0, date: 0 });
    expect(await difference(1)).toMatchObject({
      new_messages: [{ message: 'second' }],
      other_updates: [],
      state: { pts: 3 },
    });
    expect(await difference(2)).toMatchObject({
      new_messages: [],
      other_updates: [{ _: 'updateEditMessage', pts: 3, message: { message: 'second' } }],
      state: { pts: 3 },
    });
  });

  test('of a channel is counted by the channel', async () => {
    const { id } = telegram.control.createChat({
      title: 'Team',
      kind: 'supergroup',
      username: 'the_team',
      members: [aliceId, bobId],
    });
    const peer = await channelOf(bob, 'the_team');
    await bob.send(peer, 'first');
    expect(await edit(bob, peer, 2, 'second')).toMatchObject({
      updates: [{ _: 'updateEditChannelMessage', pts: 4, message: { id: 2, message: 'second' } }],
    });
    const channel = { ...peer, _: 'inputChannel' };
    const filter = { _: 'channelMessagesFilterEmpty' };
    expect(
      await bob.call('updates.getChannelDifference', { channel, filter, pts: 3, limit: 100 }),
    ).toMatchObject({
      final: true,
      pts: 4,
      other_updates: [{ _: 'updateEditChannelMessage', pts: 4 }],
    });
    expect(telegram.control.messages({ to: id })).toMatchObject([{ text: 'second' }]);
  });

  test('removes entities and link previews that the new text has no more', async () => {
    const entities = [{ _: 'messageEntityBold', offset: 0, length: 4 }];
    const text = 'bold https://example.org/';
    await alice.send(toBob, text, { entities, no_webpage: true });
    await edit(alice, toBob, 1, text, { no_webpage: true });
    expect(telegram.control.messages()[0]).toMatchObject({ no_webpage: true });
    expect(telegram.control.messages()[0]).not.toHaveProperty('entities');
    await edit(alice, toBob, 1, text);
    expect(telegram.control.messages()[0]).not.toHaveProperty('no_webpage');
  });

  test.each([
    ['the same text', 'first', 'MESSAGE_NOT_MODIFIED'],
    ['the same text with white space around', ' first\n', 'MESSAGE_NOT_MODIFIED'],
    ['no text', ' ', 'MESSAGE_EMPTY'],
    ['4097 letters', 'x'.repeat(4_097), 'MESSAGE_TOO_LONG'],
  ])('of %s is refused', async (_name, text, error) => {
    await alice.send(toBob, 'first');
    await expect(edit(alice, toBob, 1, text)).rejects.toMatchObject({ code: 400, message: error });
    expect(await bob.call('updates.getState')).toMatchObject({ pts: 2 });
  });

  test("of another's message, another chat's or none at all is refused", async () => {
    await alice.send(toBob, 'first');
    await expect(edit(bob, await bob.peerOf(ALICE), 1, 'x')).rejects.toMatchObject({
      code: 403,
      message: 'MESSAGE_AUTHOR_REQUIRED',
    });
    await expect(edit(alice, SELF, 1, 'x')).rejects.toMatchObject({
      code: 400,
      message: 'MESSAGE_ID_INVALID',
    });
    await expect(edit(alice, toBob, 2, 'x')).rejects.toThrow('MESSAGE_ID_INVALID');
    await expect(edit(alice, { ...toBob, access_hash: 1n }, 1, 'x')).rejects.toThrow('PEER_ID_INVALID');
    const group = telegram.control.createChat({ title: 'A group', kind: 'group', members: [aliceId] });
    await expect(edit(alice, { _: 'inputPeerChat', chat_id: BigInt(-group.id) }, 2, 'x')).rejects.toThrow(
      'MESSAGE_ID_INVALID',
    );
  });

  test('of a message older than 48 hours is refused, but not for notes and administrators', async () => {
    const team = { title: 'Team', kind: 'supergroup', username: 'the_team' } as const;
    telegram.control.createChat({ ...team, members: [aliceId, bobId] });
    await alice.send(toBob, 'first');
    await alice.send(SELF, 'first');
    await alice.send(await channelOf(alice, 'the_team'), 'first');
    await bob.send(await channelOf(bob, 'the_team'), 'first');
    telegram.now += 48 * HOUR;
    await edit(alice, toBob, 1, 'second');
    telegram.now += 1_000;
    for (const [client, peer, id] of [
      [alice, toBob, 1],
      [bob, await channelOf(bob, 'the_team'), 3],
    ] as const) {
      await expect(edit(client, peer, id, 'third')).rejects.toMatchObject({
        code: 400,
        message: 'MESSAGE_EDIT_TIME_EXPIRED',
      });
    }
    await edit(alice, SELF, 2, 'third');
    await edit(alice, await channelOf(alice, 'the_team'), 2, 'third');
  });

  test('of a channel that outsiders can only read is refused', async () => {
    telegram.control.createChat({
      title: 'News',
      kind: 'channel',
      username: 'the_news',
      members: [aliceId, bobId],
    });
    await expect(edit(bob, await channelOf(bob, 'the_news'), 1, 'x')).rejects.toThrow('CHAT_ADMIN_REQUIRED');
    const carol = telegram.client('carol');
    await carol.signIn('+9996621003');
    await expect(edit(carol, await channelOf(carol, 'the_news'), 1, 'x')).rejects.toThrow(
      'CHAT_WRITE_FORBIDDEN',
    );
  });

  test('fails on order: with an error it has no effect, with a lost answer it has', async () => {
    await alice.send(toBob, 'first');
    telegram.control.addFault({ method: 'messages.editMessage', error: 'FLOOD_WAIT_3', peer: BOB });
    await expect(edit(alice, toBob, 1, 'second')).rejects.toMatchObject({ code: 420 });
    expect(telegram.control.messages()).toMatchObject([{ text: 'first' }]);
    telegram.control.addFault({ method: 'messages.editMessage', drop: 'after' });
    await expect(edit(alice, toBob, 1, 'second')).rejects.toMatchObject({ name: 'DropConnection' });
    expect(telegram.control.messages()).toMatchObject([{ text: 'second' }]);
    await expect(edit(alice, toBob, 1, 'second')).rejects.toThrow('MESSAGE_NOT_MODIFIED');
  });
});
