import { beforeEach, describe, expect, test } from 'vitest';
import { DirectTelegram, type DirectClient } from '../testing/direct-telegram.ts';
import { listOf } from '../testing/inputs.ts';
import type { TlObject } from '../types.ts';

const [ALICE, BOB, CAROL] = ['+9996621001', '+9996621002', '+9996621003'];
const BANNED = { _: 'chatBannedRights', view_messages: true, until_date: 0 };
const UNBANNED = { _: 'chatBannedRights', until_date: 0 };
const RIGHTS = { _: 'chatAdminRights', pin_messages: true };
const NO_RIGHTS = { _: 'chatAdminRights' };

/** Alice's chats, with Bob as a member. Carol is added, and more. */
describe('members of a chat', () => {
  let telegram: DirectTelegram;
  let alice: DirectClient;
  let bob: DirectClient;
  let carol: DirectClient;
  let bobId: number;
  let carolId: number;
  beforeEach(async () => {
    telegram = new DirectTelegram();
    [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => telegram.client(name)) as [
      DirectClient,
      DirectClient,
      DirectClient,
    ];
    await alice.signIn(ALICE);
    bobId = await bob.signIn(BOB);
    carolId = await carol.signIn(CAROL);
  });

  const userOf = async (client: DirectClient, phone: string) => ({
    ...(await client.peerOf(phone)),
    _: 'inputUser',
  });
  /** What an account was pushed since this was called last: the updates, and the actions of service messages. */
  const told = (name: string) => {
    const updates = telegram.pushes
      .filter(({ authKeyId }) => authKeyId === name)
      .flatMap((push) => listOf(push.updates['updates']));
    telegram.pushes.length = 0;
    return updates.map((update) => {
      const action = (update['message'] as TlObject | undefined)?.['action'] as TlObject | undefined;
      return action?._ ?? update._;
    });
  };
  const members = (id: number) => telegram.control.chats.details(id).members;
  const newChat = (type: 'group' | 'supergroup' | 'channel') => {
    const chat = { type, title: 'Team', members: [ALICE, BOB] };
    const { id, invite_link } = telegram.control.chats.create(chat);
    telegram.pushes.length = 0;
    return { id: Number(id), hash: invite_link.replace('https://t.me/+', '') };
  };
  async function channelFor(client: DirectClient, id: number): Promise<TlObject> {
    const page = { offset_date: 0, offset_id: 0, offset_peer: { _: 'inputPeerEmpty' }, limit: 9, hash: 0n };
    const chats = listOf((await client.call('messages.getDialogs', page))['chats']);
    const chat = chats.find((each) => Number(each['id']) === -id - 1_000_000_000_000);
    return { _: 'inputChannel', channel_id: chat?.['id'], access_hash: chat?.['access_hash'] };
  }

  test('a basic group tells all members of each change', async () => {
    const { id, hash } = newChat('group');
    const chat_id = BigInt(-id);
    const user_id = await userOf(bob, CAROL);
    const added = await bob.call('messages.addChatUser', { chat_id, user_id, fwd_limit: 0 });
    expect(added).toMatchObject({
      _: 'messages.invitedUsers',
      missing_invitees: [],
      updates: {
        updates: [
          { _: 'updateChatParticipants', participants: { version: 2, participants: { length: 3 } } },
          { message: { action: { _: 'messageActionChatAddUser', users: [BigInt(carolId)] } } },
        ],
      },
    });
    expect(told('carol')).toEqual(['messageActionChatAddUser', 'updateChatParticipants']);
    expect(members(id)).toContain(carolId);
    await expect(bob.call('messages.addChatUser', { chat_id, user_id, fwd_limit: 0 })).rejects.toThrow(
      'USER_ALREADY_PARTICIPANT',
    );

    const naming = { chat_id, user_id: await userOf(alice, BOB), is_admin: true };
    await expect(bob.value('messages.editChatAdmin', { chat_id, user_id, is_admin: true })).rejects.toThrow(
      'CHAT_ADMIN_REQUIRED',
    );
    expect(await alice.value('messages.editChatAdmin', naming)).toBe(true);
    const { pushes } = telegram;
    expect(pushes.map(({ authKeyId, exceptSessionId }) => [authKeyId, exceptSessionId])).toEqual(
      ['alice', 'bob', 'carol'].map((name) => [name, undefined]),
    );
    expect(pushes[0]?.updates['updates']).toMatchObject([
      { _: 'updateChatParticipantAdmin', user_id: BigInt(bobId), is_admin: true, version: 3 },
    ]);
    expect(pushes.find(({ authKeyId }) => authKeyId === 'bob')?.updates['chats']).toMatchObject([
      { _: 'chat', admin_rights: { _: 'chatAdminRights' }, version: 3 },
    ]);

    telegram.pushes.length = 0;
    await bob.call('messages.deleteChatUser', { chat_id, user_id });
    expect(told('carol')).toEqual(['messageActionChatDeleteUser']);
    expect(members(id)).not.toContain(carolId);
    await expect(carol.call('messages.importChatInvite', { hash })).rejects.toThrow('INVITE_HASH_EXPIRED');
    await bob.call('messages.addChatUser', { chat_id, user_id, fwd_limit: 0 });
    expect(members(id)).toContain(carolId);
  });

  test.each(['supergroup', 'channel'] as const)(
    'a %s tells those concerned, and others by service messages where it has them',
    async (type) => {
      const { id, hash } = newChat(type);
      const hasMessages = type === 'supergroup';
      const channel = await channelFor(alice, id);
      const user = await userOf(alice, CAROL);
      if (type === 'channel')
        await expect(
          bob.call('channels.inviteToChannel', {
            channel: await channelFor(bob, id),
            users: [await userOf(bob, CAROL)],
          }),
        ).rejects.toThrow('CHAT_ADMIN_REQUIRED');
      await alice.call('channels.inviteToChannel', { channel, users: [user] });
      const asAdded = hasMessages ? ['messageActionChatAddUser'] : [];
      expect(told('carol')).toEqual([...asAdded, 'updateChannel']);
      expect(members(id)).toContain(carolId);

      const admin = { channel, user_id: user, rank: '' };
      await alice.call('channels.editAdmin', { ...admin, admin_rights: RIGHTS });
      expect(telegram.pushes).toMatchObject([
        {
          authKeyId: 'carol',
          updates: { updates: [{ _: 'updateChannel' }], chats: [{ admin_rights: { pin_messages: true } }] },
        },
      ]);
      const carols = await channelFor(carol, id);
      if (type === 'channel') await carol.send({ ...carols, _: 'inputPeerChannel' }, 'a post');
      await alice.call('channels.editAdmin', { ...admin, admin_rights: NO_RIGHTS });
      await expect(
        carol.call('channels.editBanned', {
          channel: carols,
          participant: await carol.peerOf(BOB),
          banned_rights: BANNED,
        }),
      ).rejects.toThrow('CHAT_ADMIN_REQUIRED');

      telegram.pushes.length = 0;
      const ban = { channel, participant: await alice.peerOf(CAROL) };
      await alice.call('channels.editBanned', { ...ban, banned_rights: BANNED });
      expect(telegram.pushes.filter(({ authKeyId }) => authKeyId === 'carol')).toMatchObject([
        { updates: { updates: [{ _: 'updateChannel' }], chats: [{ _: 'channelForbidden' }] } },
      ]);
      expect(told('bob')).toEqual(hasMessages ? ['messageActionChatDeleteUser'] : []);
      await expect(carol.call('messages.importChatInvite', { hash })).rejects.toThrow('INVITE_HASH_EXPIRED');
      await alice.call('channels.editBanned', { ...ban, banned_rights: UNBANNED });
      await carol.call('messages.importChatInvite', { hash });
      expect(members(id)).toContain(carolId);
    },
  );
});
