import { beforeAll, expect, test } from 'vitest';
import type { SignedIn } from '../../../packages/sandbox/src/testing/mtcute-users.ts';
import { otherClient } from '../../env/other-client.ts';
import type { Stack } from '../../env/stack.ts';
import { ALICE, BOB, type AliceAndBob } from '../../env/use-stack.ts';
import { chatKnownTo } from './chat-stage.ts';
import { DAVE, receivingTools } from './tools.ts';

/** Who comes into a chat, and goes: Dave's client, which shares no code with the gateway, administers the chats. */
export const members = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(() => {
    ({ stack, alice, bob } = product());
  });
  const { events, lastSeq } = receivingTools(product);

  /** The members that came and went in a chat: `change user by actor`. */
  const changes = async (chat: string, after: number) =>
    (await events(after))
      .filter((event) => event.type === 'chat.member' && event.chat.id === chat)
      .map(({ change, user, actor }) => `${change} ${user.id} by ${actor?.id ?? 'nobody'}`);
  const act = (action: string, recipient_id: string) =>
    stack.api.post(`/telegram/user/chat/${action}`, { user_id: 'bob', recipient_id });

  const newChat = (type: string, dave: SignedIn, others: number[], more: object = {}) =>
    chatKnownTo(dave, stack, { type, title: `Dave's ${type}`, members: [dave.id, ...others], ...more });
  async function nameAdmin({ client }: SignedIn, type: string, chat: string, phone: string): Promise<void> {
    const user = await client.resolvePhoneNumber(phone);
    if (type !== 'group')
      return client.editAdminRights({ chatId: Number(chat), userId: user, rights: { pinMessages: true } });
    const userId = await client.resolveUser(user);
    await client.call({ _: 'messages.editChatAdmin', chatId: -Number(chat), userId, isAdmin: true });
  }
  const ban = async ({ client }: SignedIn, chat: string, phone: string) =>
    client.banChatMember({
      chatId: Number(chat),
      participantId: await client.resolvePhoneNumber(phone),
      shouldDispatch: true,
    });
  const add = async ({ client }: SignedIn, chat: string, phone: string) =>
    client.addChatMembers(Number(chat), await client.resolvePhoneNumber(phone), {});

  test.each(['group', 'supergroup'] as const)(
    'a %s tells who joins, leaves, is added, promoted and removed, and by whom',
    { timeout: 60_000 },
    async (type) => {
      const after = await lastSeq();
      const dave = await otherClient(stack, DAVE);
      const { id, link } = await newChat(type, dave, [alice]);
      const byBob = (change: string) => `${change} ${bob} by ${bob}`;
      const byDave = (change: string) => `${change} ${bob} by ${dave.id}`;
      await act('join', link);
      await act('leave', id);
      await add(dave, id, BOB);
      await expect.poll(() => changes(id, after)).toEqual([byBob('joined'), byBob('left'), byDave('added')]);
      await nameAdmin(dave, type, id, BOB);
      // Telegram says that to every member of a basic group, and not by whom; in a supergroup only to the one promoted.
      const promoted = type === 'group' ? [`promoted ${bob} by nobody`] : [];
      const promotions = async () => (await changes(id, after)).slice(3);
      await expect.poll(promotions).toEqual(promoted);
      await ban(dave, id, BOB);
      await expect.poll(promotions).toEqual([...promoted, byDave('removed')]);
      const told = (await events(after)).filter((event) => event.type === 'chat.member');
      for (const event of told)
        expect(event).toMatchObject({
          caught_up: false,
          chat: { id, type, title: `Dave's ${type}` },
          user: { id: String(bob), type: 'user', is_bot: false },
        });
      expect(await act('join', link)).toMatchObject({ status: 404 });
    },
  );

  test('a supergroup tells who joins by its name, and whom an administrator lets in', async () => {
    const after = await lastSeq();
    const dave = await otherClient(stack, DAVE);
    const open = await newChat('supergroup', dave, [alice], { username: 'daves_open_group' });
    const asking = await newChat('supergroup', dave, [alice], { join_requests: true });
    await act('join', '@daves_open_group');
    expect((await act('join', asking.link)).body).toMatchObject({ state: 'requested' });
    await dave.client.hideJoinRequest({
      chatId: Number(asking.id),
      user: await dave.client.resolvePhoneNumber(BOB),
      action: 'approve',
    });
    const joined = [`joined ${bob} by ${bob}`];
    await expect.poll(() => changes(open.id, after)).toEqual(joined);
    await expect.poll(() => changes(asking.id, after)).toEqual(joined);
  });

  test.each(['group', 'supergroup', 'channel'] as const)(
    'an account learns that it is added to a %s, promoted and removed there',
    { timeout: 60_000 },
    async (type) => {
      const after = await lastSeq();
      const dave = await otherClient(stack, DAVE);
      const { id } = await newChat(type, dave, []);
      await add(dave, id, ALICE);
      await dave.client.sendText(Number(id), 'welcome');
      const texts = async () =>
        (await events(after)).flatMap(({ message }) => (message?.chat.id === id ? [message.text] : []));
      await expect.poll(texts).toContain('welcome');
      // A channel has no service messages.
      const added = type === 'channel' ? [] : [`added ${alice} by ${dave.id}`];
      expect(await changes(id, after)).toEqual(added);
      await nameAdmin(dave, type, id, ALICE);
      const promoted = type === 'group' ? [`promoted ${alice} by nobody`] : [];
      await expect.poll(() => changes(id, after)).toEqual([...added, ...promoted]);
      await ban(dave, id, ALICE);
      const removed = `removed ${alice} by ${type === 'group' ? dave.id : 'nobody'}`;
      await expect.poll(() => changes(id, after)).toEqual([...added, ...promoted, removed]);
      expect((await stack.api.send('alice', id, 'still there?')).body.status).toBe('error');
    },
  );

  test.each(['group', 'supergroup', 'channel'] as const)('and that it has left a %s', async (type) => {
    const after = await lastSeq();
    const dave = await otherClient(stack, DAVE);
    const { id } = await newChat(type, dave, [alice]);
    await dave.client.sendText(Number(id), 'hello');
    await expect
      .poll(async () => (await events(after)).some(({ message }) => message?.text === 'hello'))
      .toBe(true);
    await stack.api.post('/telegram/user/chat/leave', { user_id: 'alice', recipient_id: id });
    await expect.poll(() => changes(id, after)).toEqual([`left ${alice} by ${alice}`]);
  });
};
