import { beforeAll, describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../../env/api-client.ts';
import type { Stack } from '../../env/stack.ts';
import { BOB, type AliceAndBob } from '../../env/use-stack.ts';
import { BOT } from './bot.ts';

const TYPING = '/telegram/user/chat/typing';
const METHOD = 'messages.setTyping';

/** Typing, joining and leaving, reading. */
export const chats = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(() => {
    ({ stack, alice, bob } = product());
  });

  describe('typing', () => {
    const type = (more: object = {}) =>
      stack.api.post(TYPING, { user_id: 'alice', recipient_id: BOB, ...more });
    const shown = async (to = bob) => (await stack.control.typing(to)).map(({ action }) => action);

    test('shows the account as typing at once, and creates no job', async () => {
      const { body: before } = await stack.api.get('/telegram/accounts/alice/sends');
      const answer = await type();
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ status: 'ok', shown: true });
      expect((await stack.control.typing(bob)).slice(-1)).toMatchObject([
        { from_id: alice, action: 'typing' },
      ]);
      expect((await stack.api.get('/telegram/accounts/alice/sends')).body).toEqual(before);
    });

    test('shows other actions by the names of the Bot API', async () => {
      expect(await type({ action: 'upload_photo', ms: 1 })).toMatchObject({ body: { shown: true } });
      expect((await shown()).at(-1)).toBe('upload_photo');
    });

    test('repeats the action until its time is over, or until it is cancelled', async () => {
      const before = (await shown()).length;
      await type({ ms: 20_000 });
      await expect.poll(async () => (await shown()).length, { timeout: 15_000 }).toBe(before + 2);
      await type({ action: 'cancel' });
      expect((await shown()).at(-1)).toBe('cancel');
    });

    test('a flood wait on it holds it alone: `shown` is false, and sends go on', async () => {
      await stack.control.fault({ user_id: alice, method: METHOD, error: 'FLOOD_WAIT_3' });
      expect(await type()).toMatchObject({ status: 200, body: { shown: false } });
      const before = (await shown()).length;
      expect(await type()).toMatchObject({ status: 200, body: { shown: false } });
      expect((await shown()).length).toBe(before);
      const status = await stack.api.get('/telegram/user/status/alice');
      expect(status.body).toMatchObject({ state: 'ready', flood_wait_until: null });
      const note = { user_id: 'alice', recipient_id: BOB, text: 'meanwhile' };
      expect((await stack.api.post('/telegram/user/send', note)).status).toBe(200);
      await expect.poll(async () => (await type()).body.shown, { timeout: 10_000 }).toBe(true);
    });

    test('shows nothing where the account is held', async () => {
      await stack.api.post('/telegram/user/pause', { user_id: 'alice' });
      const before = (await shown()).length;
      expect(await type()).toMatchObject({ status: 200, body: { status: 'ok', shown: false } });
      expect((await shown()).length).toBe(before);
      await stack.api.post('/telegram/user/resume', { user_id: 'alice' });
    });

    test('is 401 for an account that is not signed in, and 404 for a chat that is not found', async () => {
      expect(await type({ user_id: 'nobody' })).toMatchObject({
        status: 401,
        body: { code: 'NOT_AUTHORIZED' },
      });
      expect(await type({ recipient_id: '@nobody_has_it' })).toMatchObject({
        status: 404,
        body: { code: 'RECIPIENT_NOT_FOUND' },
      });
    });

    test.each([
      ['ms', { ms: 20_001 }],
      ['ms', { ms: 0 }],
      ['action', { action: 'dancing' }],
    ])('is 400 where %s is wrong: %#', async (path, wrong) => {
      expect(await type(wrong)).toMatchObject({ status: 400, body: { issues: [{ path }] } });
    });
  });

  const act = (path: string, recipient_id: string, more: object = {}): Promise<ApiAnswer> =>
    stack.api.post(`/telegram/user/chat/${path}`, { user_id: 'alice', recipient_id, ...more });
  const members = async (chat: string): Promise<number[]> => (await stack.control.chat(Number(chat))).members;
  const make = (type: string, more: object = {}) =>
    stack.control.newChat({ type, title: `A ${type}`, members: [bob], ...more });
  const joined = (id: string, type: string) => ({
    status: 200,
    body: { status: 'ok', success: true, state: 'joined', chat: { id, type, title: `A ${type}` } },
  });

  describe('join and leave', () => {
    test.each(['group', 'supergroup', 'channel'])(
      'a %s by its invite link, and a second time too',
      async (type) => {
        const { id, invite_link } = await make(type);
        for (let times = 0; times < 2; times += 1)
          expect(await act('join', invite_link)).toMatchObject(joined(id, type));
        expect(await members(id)).toContain(alice);
        const left = await act('leave', id);
        expect(left).toMatchObject({ status: 200, body: { state: 'left', chat: { id, type } } });
        expect(await members(id)).not.toContain(alice);
        expect((await stack.api.get(`/jobs/${left.body.job_id}`)).body).toMatchObject({
          type: 'chat.leave',
          result: { state: 'left' },
        });
        for (const chat of [id, invite_link])
          expect(await act('leave', chat)).toMatchObject({
            status: 200,
            body: { state: 'left', chat: null },
          });
      },
    );

    test('by name, by another form of the link, and leave by the link', async () => {
      const { id, invite_link } = await make('channel', { username: 'a_channel' });
      expect(await act('join', '@a_channel')).toMatchObject(joined(id, 'channel'));
      expect(await act('leave', invite_link)).toMatchObject({
        status: 200,
        body: { state: 'left', chat: { id } },
      });
      const hash = invite_link.split('+')[1];
      expect(await act('join', `tg://join?invite=${hash}`)).toMatchObject(joined(id, 'channel'));
      expect(await act('leave', 'a_channel')).toMatchObject({ status: 200 });
      expect(await act('join', id)).toMatchObject(joined(id, 'channel'));
    });

    test.each(['before', 'after'] as const)(
      'are repeated where the answer was lost %s they took effect',
      async (drop) => {
        for (const [type, join, leave] of [
          ['group', 'messages.importChatInvite', 'messages.deleteChatUser'],
          ['supergroup', 'messages.importChatInvite', 'channels.leaveChannel'],
        ] as const) {
          const { id, invite_link } = await make(type);
          await stack.control.fault({ user_id: alice, method: join, drop });
          expect(await act('join', invite_link)).toMatchObject(joined(id, type));
          await stack.control.fault({ user_id: alice, method: leave, drop });
          expect(await act('leave', id)).toMatchObject({ status: 200, body: { state: 'left' } });
          expect(await members(id)).toEqual([bob]);
          expect(await stack.control.faults()).toEqual([]);
        }
        const { id } = await make('supergroup', { username: `public_${drop}` });
        await stack.control.fault({ user_id: alice, method: 'channels.joinChannel', drop });
        expect(await act('join', `@public_${drop}`)).toMatchObject(joined(id, 'supergroup'));
      },
    );

    test('a chat whose members are approved is `requested`, also a second time', async () => {
      const { id, invite_link } = await make('supergroup', { join_requests: true, username: 'the_club' });
      for (let times = 0; times < 2; times += 1)
        expect(await act('join', invite_link)).toMatchObject({
          status: 200,
          body: { state: 'requested', chat: null },
        });
      expect(await act('join', '@the_club')).toMatchObject({
        status: 200,
        body: { state: 'requested', chat: { id, type: 'supergroup' } },
      });
      expect(await members(id)).toEqual([bob]);
    });

    test('a link that is not valid is 404 INVITE_INVALID, and 400 without a code', async () => {
      for (const path of ['join', 'leave']) {
        for (const [code, rpc_error] of [
          ['AbCdEfGhIjKlMnOp', 'INVITE_HASH_EXPIRED'],
          ['abc', 'INVITE_HASH_INVALID'],
        ])
          expect(await act(path, `https://t.me/+${code}`)).toMatchObject({
            status: 404,
            body: { code: 'INVITE_INVALID', rpc_error, job_id: expect.any(String) },
          });
        for (const damaged of ['https://t.me/joinchat/', 'https://t.me/+A.b', 'tg://join?invite='])
          expect(await act(path, damaged)).toMatchObject({
            status: 400,
            body: { issues: [{ path: 'recipient_id', message: expect.stringContaining('whole link') }] },
          });
      }
    });

    test('a flood wait holds this type alone', async () => {
      const { invite_link } = await make('supergroup');
      const request = { user_id: 'alice', recipient_id: invite_link };
      const method = 'messages.importChatInvite';
      await stack.control.fault({ user_id: alice, method, error: 'FLOOD_WAIT_3' });
      const held = await stack.api.post('/telegram/user/chat/join', request, { Prefer: 'wait=2' });
      expect(held).toMatchObject({ status: 202, body: { state: 'delayed', reason: 'FLOOD_WAIT' } });
      expect(await stack.api.send('alice', 'me', 'meanwhile')).toMatchObject({ status: 200 });
      expect((await stack.api.get(`/jobs/${held.body.job_id}?wait=30`)).body.state).toBe('completed');
    });

    test('a chat with a person is 400, whether its form says so or Telegram does', async () => {
      await stack.control.createAccount({ phone: '+9996627043', first_name: 'Dan', username: 'dan_has_it' });
      for (const path of ['join', 'leave'])
        for (const person of [BOB, 'me', String(bob), '@dan_has_it'])
          expect(await act(path, person), person).toMatchObject({
            status: 400,
            body: { code: 'VALIDATION', issues: [{ path: 'recipient_id' }] },
          });
    });

    test('are 400 for the bot', async () => {
      for (const path of ['join', 'leave'])
        expect(await act(path, '@a_channel', { user_id: BOT })).toMatchObject({
          status: 400,
          body: { issues: [{ path: 'user_id' }] },
        });
    });
  });

  describe('read', () => {
    const send = async (userId: string, recipient: string, text: string): Promise<number> =>
      Number((await stack.api.send(userId, recipient, text)).body.message_id);
    const unread = async (chat: number) => (await stack.control.chat(chat)).unread[alice];

    test.each([
      ['group', 'messages.readHistory'],
      ['supergroup', 'channels.readHistory'],
    ])('marks a %s as read, up to a message or as a whole, over a lost answer', async (kind, method) => {
      const details = { title: `A ${kind}`, kind, members: [alice, bob] };
      const { id: chat } = await stack.control.createChat(details);
      const recipient_id = String(chat);
      const first = await send('bob', recipient_id, 'one');
      await send('bob', recipient_id, 'two');
      // In a basic group each account numbers the messages for itself.
      const up_to = kind === 'group' ? (await send('alice', recipient_id, 'mine')) - 2 : first;
      const before = await unread(chat);
      expect(before).toBe(2);
      expect(await act('read', recipient_id, { up_to })).toMatchObject({ status: 200 });
      expect(await unread(chat)).toBe(1);
      await stack.control.fault({ user_id: alice, method, drop: 'after' });
      expect(await act('read', recipient_id)).toMatchObject({
        status: 200,
        body: { success: true },
      });
      expect(await unread(chat)).toBe(0);
      expect(await act('read', recipient_id)).toMatchObject({ status: 200 });
    });

    test('`up_to` of another chat is 404 MESSAGE_NOT_FOUND', async () => {
      const up_to = await send('alice', 'me', 'a note');
      expect(await act('read', BOB, { up_to })).toMatchObject({
        status: 404,
        body: { code: 'MESSAGE_NOT_FOUND' },
      });
    });

    test('is 400 for the bot, alone and in a batch', async () => {
      const request = { user_id: BOT, recipient_id: BOB };
      const refused = { code: 'VALIDATION', issues: [{ path: 'user_id' }] };
      expect(await act('read', BOB, { user_id: BOT })).toMatchObject({ status: 400, body: refused });
      const batch = { actions: [{ type: 'chat.read', ...request }] };
      const { body } = await stack.api.post('/telegram/user/batch', batch);
      expect(body.jobs).toMatchObject([refused]);
    });
  });
};
