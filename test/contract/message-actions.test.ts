import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../env/api-client.ts';
import { Stack } from '../env/stack.ts';

const ALICE = '+9996627031';
const BOB = '+9996627032';
const BOT = 'bot.4000000031';
const SEND = '/telegram/user/send';

describe('Actions on messages: POST /telegram/user/message/…', () => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    const bot = { TELEGRAM_BOT_TOKEN: `${BOT.slice('bot.'.length)}:a-token-of-a-bot-in-the-sandbox-123` };
    stack = await Stack.start({ SEND_WAIT_MS: '15000', SEND_PACE: 'off', ...bot });
    alice = await stack.signIn('alice', ALICE);
    bob = await stack.signIn('bob', BOB);
  });
  beforeEach(() => stack.control.clearFaults());
  afterAll(() => stack[Symbol.asyncDispose]());

  const send = async (text: string, recipient_id = BOB): Promise<number> => {
    const { body } = await stack.api.post(SEND, { user_id: 'alice', recipient_id, text });
    return Number(body.message_id);
  };
  const act = (path: string, more: object, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
    stack.api.post(`/telegram/user/${path}`, { user_id: 'alice', recipient_id: BOB, ...more }, headers);
  const shown = async (id: number, to = bob) =>
    (await stack.control.messages({ from: alice, to })).find((message) => message.id === id);
  const group = async (kind: string): Promise<number> =>
    (await stack.control.createChat({ title: `A ${kind}`, kind, members: [alice, bob] })).id;

  /** Every action, with what shows that it took effect. */
  const ACTIONS = [
    {
      path: 'message/react',
      method: 'messages.sendReaction',
      more: { emoji: '👍' },
      isDone: async (id: number) => (await shown(id))?.reactions?.[0]?.emoji[0] === '👍',
    },
    {
      path: 'message/pin',
      method: 'messages.updatePinnedMessage',
      more: { both_sides: true },
      isDone: async (id: number) => [(await shown(id))?.pinned].flat().length === 2,
    },
  ];

  describe.each(ACTIONS)('$path', ({ path, method, more, isDone }) => {
    test('answers as a send does, and a second time too', async () => {
      const message_id = await send('a message');
      const answer = await act(path, { message_id, ...more });
      expect(answer).toMatchObject({ status: 200, body: { status: 'ok', success: true, message_id } });
      expect(await isDone(message_id)).toBe(true);
      expect((await stack.api.get(`/jobs/${answer.body.job_id}`)).body).toMatchObject({
        type: path.replace('/', '.'),
        state: 'completed',
        result: { message_id },
      });
      expect(await act(path, { message_id, ...more })).toMatchObject({ status: 200, body: { message_id } });
    });

    test.each(['before', 'after'] as const)(
      'is repeated where its answer was lost %s it took effect',
      async (drop) => {
        const message_id = await send('lost');
        await stack.control.fault({ user_id: alice, method, drop });
        expect(await act(path, { message_id, ...more })).toMatchObject({ status: 200 });
        expect(await isDone(message_id)).toBe(true);
        expect(await stack.control.faults()).toEqual([]);
      },
    );

    test('a flood wait holds this type alone', async () => {
      const message_id = await send('flooded');
      await stack.control.fault({ user_id: alice, method, error: 'FLOOD_WAIT_3' });
      const held = await act(path, { message_id, ...more }, { Prefer: 'wait=1' });
      expect(held).toMatchObject({ status: 202, body: { state: 'delayed', reason: 'FLOOD_WAIT' } });
      expect((await stack.api.get('/telegram/user/status/alice')).body.state).toBe('ready');
      expect(await send('meanwhile', 'me')).toBeGreaterThan(0);
      const ended = await stack.api.get(`/jobs/${held.body.job_id}?wait=30`);
      expect(ended.body.state).toBe('completed');
      expect(await isDone(message_id)).toBe(true);
    });

    test('a message of another chat is 404 MESSAGE_NOT_FOUND, as is one that is gone', async () => {
      const missing = { status: 404, body: { code: 'MESSAGE_NOT_FOUND', job_id: expect.any(String) } };
      const note = await send('a note', 'me');
      expect(await act(path, { message_id: note, ...more })).toMatchObject(missing);
      expect(await shown(note, alice)).not.toHaveProperty('reactions');
      expect(await shown(note, alice)).not.toHaveProperty('pinned');
      const gone = await send('gone');
      await act('message/delete', { message_ids: [gone] });
      expect(await act(path, { message_id: gone, ...more })).toMatchObject(missing);
    });

    test('names the message in one way', async () => {
      for (const fields of [{ message_id: 1, job_id: 'x' }, {}])
        expect(await act(path, { ...fields, ...more })).toMatchObject({
          status: 400,
          body: { code: 'VALIDATION' },
        });
    });
  });

  describe('message/react', () => {
    const reactions = async (id: number) => (await shown(id))?.reactions;

    test('replaces the reactions of the account, and null or an empty list removes them', async () => {
      const message_id = await send('a message');
      await act('message/react', { message_id, emoji: '👍' });
      // Telegram's heart has no variation selector, and most keyboards write one.
      expect(await act('message/react', { message_id, emoji: ['❤️'] })).toMatchObject({ status: 200 });
      expect(await reactions(message_id)).toEqual([{ by: alice, emoji: ['❤'] }]);
      expect(await act('message/react', { message_id, emoji: null })).toMatchObject({ status: 200 });
      expect(await reactions(message_id)).toBeUndefined();
      expect(await act('message/react', { message_id, emoji: [] })).toMatchObject({ status: 200 });
    });

    test.each([
      ['🧦', 'REACTION_INVALID'],
      [['👍', '❤'], 'REACTIONS_TOO_MANY'],
    ])('%s is refused: 422 REACTION_REFUSED', async (emoji, rpc_error) => {
      const message_id = await send('a message');
      expect(await act('message/react', { message_id, emoji })).toMatchObject({
        status: 422,
        body: { code: 'REACTION_REFUSED', rpc_error },
      });
    });

    test('a reaction for subscribers of Telegram Premium is refused likewise', async () => {
      const message_id = await send('a message');
      const error = 'PREMIUM_ACCOUNT_REQUIRED';
      await stack.control.fault({ user_id: alice, method: 'messages.sendReaction', error });
      expect(await act('message/react', { message_id, emoji: '👍' })).toMatchObject({
        status: 422,
        body: { code: 'REACTION_REFUSED', rpc_error: error },
      });
    });

    test.each([undefined, '', 5, [''], 'x'.repeat(65)])('emoji %j is 400', async (emoji) => {
      expect(await act('message/react', { message_id: 1, emoji })).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION' },
      });
    });
  });

  describe('message/pin and message/unpin', () => {
    const pinned = async (id: number) => (await shown(id))?.pinned;

    test('pin on the account’s own side by default, without a word to the other', async () => {
      const message_id = await send('mine');
      await act('message/pin', { message_id });
      expect(await pinned(message_id)).toEqual([alice]);
    });

    test.each(['before', 'after'] as const)(
      'unpinning one is repeated where its answer was lost %s it took effect',
      async (drop) => {
        const message_id = await send('to unpin');
        await act('message/pin', { message_id, both_sides: true });
        await stack.control.fault({ user_id: alice, method: 'messages.updatePinnedMessage', drop });
        expect(await act('message/unpin', { message_id })).toMatchObject({
          status: 200,
          body: { message_id },
        });
        expect(await pinned(message_id)).toBeUndefined();
        expect(await act('message/unpin', { message_id })).toMatchObject({ status: 200 });
      },
    );

    test('`all: true` unpins every message of the chat', async () => {
      const ids = [await send('one'), await send('two')];
      for (const message_id of ids) await act('message/pin', { message_id });
      await stack.control.fault({ user_id: alice, method: 'messages.unpinAllMessages', drop: 'after' });
      const all = { status: 200, body: { message_id: null } };
      expect(await act('message/unpin', { all: true })).toMatchObject(all);
      for (const id of ids) expect(await pinned(id)).toBeUndefined();
      expect(await act('message/unpin', { all: true })).toMatchObject(all);
    });

    test.each([{}, { all: false }, { all: true, message_id: 1 }])('unpin with %j is 400', async (fields) => {
      expect(await act('message/unpin', fields)).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION', issues: [{ path: 'message_id' }] },
      });
    });

    test('in a supergroup need an administrator: 403 RECIPIENT_REFUSED', async () => {
      const { id } = await stack.control.createChat({
        title: 'Team',
        kind: 'supergroup',
        members: [bob, alice],
      });
      const message_id = await send('hello', String(id));
      expect(await act('message/pin', { recipient_id: String(id), message_id })).toMatchObject({
        status: 403,
        body: { code: 'RECIPIENT_REFUSED', rpc_error: 'CHAT_ADMIN_REQUIRED' },
      });
    });
  });

  describe('message/press', () => {
    const METHOD = 'messages.getBotCallbackAnswer';
    let bot = 0;
    let silent = 0;
    beforeAll(async () => {
      const buttons = [['Yes', 'No'], [{ text: 'More', data: 'more' }]];
      bot = await stack.control.createAutoBot({ username: 'button_bot', buttons, answer: 'Thanks' });
      silent = await stack.control.createAutoBot({ username: 'mute_bot', buttons, silent: true });
    });

    /** @returns the id of a message with buttons. */
    const buttonsOf = async (name: string): Promise<number> => {
      await send('/start', name);
      const path = `/telegram/accounts/alice/chats/${encodeURIComponent(name)}/messages?limit=1`;
      return Number((await stack.api.get(path)).body.messages[0].message_id);
    };
    const press = (more: object, recipient_id = '@button_bot', headers = {}) =>
      act('message/press', { recipient_id, ...more }, headers);
    const presses = async (id: number) =>
      (await stack.control.presses()).filter(({ message_id }) => message_id === id);

    test('answers with what the bot answers, by place or by data', async () => {
      const message_id = await buttonsOf('@button_bot');
      const answer = { text: 'Thanks', alert: false, url: null, message_id };
      expect(await press({ message_id, row: 0, column: 1 })).toMatchObject({ status: 200, body: answer });
      expect(await press({ message_id, data: 'more' }, String(bot))).toMatchObject({
        status: 200,
        body: answer,
      });
      expect((await presses(message_id)).map(({ data }) => data)).toEqual(['No', 'more']);
    });

    test('a button that is not there is 409 BUTTON_NOT_FOUND', async () => {
      const message_id = await buttonsOf('@button_bot');
      for (const where of [{ row: 0, column: 2 }, { row: 7, column: 0 }, { data: 'nothing' }])
        expect(await press({ message_id, ...where })).toMatchObject({
          status: 409,
          body: { code: 'BUTTON_NOT_FOUND' },
        });
      const plain = await send('no buttons');
      expect(await act('message/press', { message_id: plain, row: 0, column: 0 })).toMatchObject({
        status: 409,
      });
      await stack.control.fault({ user_id: alice, method: METHOD, error: 'DATA_INVALID' });
      expect(await press({ message_id, data: 'more' })).toMatchObject({ body: { code: 'BUTTON_NOT_FOUND' } });
      expect(await presses(message_id)).toEqual([]);
    });

    test('a bot that does not answer is 504 BOT_NO_ANSWER', async () => {
      const message_id = await buttonsOf('@mute_bot');
      expect(await press({ message_id, data: 'more' }, String(silent))).toMatchObject({
        status: 504,
        body: { code: 'BOT_NO_ANSWER', rpc_error: 'BOT_RESPONSE_TIMEOUT' },
      });
      expect(await presses(message_id)).toHaveLength(1);
    });

    test.each([
      ['before', 0],
      ['after', 1],
    ] as const)('an answer that is lost %s it took effect is not asked for again', async (drop, times) => {
      const message_id = await buttonsOf('@button_bot');
      await stack.control.fault({ user_id: alice, method: METHOD, drop });
      const lost = await press({ message_id, data: 'more' });
      expect(lost).toMatchObject({
        status: 504,
        body: { code: 'TELEGRAM_TIMEOUT', kind: 'unknown_outcome', job_id: expect.any(String) },
      });
      expect(await stack.api.post(`/jobs/${lost.body.job_id}/retry`, undefined)).toMatchObject({
        status: 409,
      });
      expect(await presses(message_id)).toHaveLength(times);
    });

    test('a flood wait is waited for, and the button is pressed once', async () => {
      const message_id = await buttonsOf('@button_bot');
      await stack.control.fault({ user_id: alice, method: METHOD, error: 'FLOOD_WAIT_1' });
      expect(await press({ message_id, data: 'more' })).toMatchObject({ status: 200 });
      expect(await presses(message_id)).toHaveLength(1);
    });

    test('other chats go on while the bot thinks, and later jobs of its chat wait', async () => {
      const message_id = await buttonsOf('@button_bot');
      await stack.control.fault({ user_id: alice, method: METHOD, delay_ms: 3_000 });
      const ended: string[] = [];
      const note = (name: string) => (answer: ApiAnswer) => ended.push(`${name} ${answer.status}`);
      const pressed = press({ message_id, data: 'more' }).then(note('press'));
      await expect.poll(() => stack.control.faults()).toEqual([]);
      const behind = stack.api.send('alice', '@button_bot', 'behind').then(note('behind'));
      const others = [1, 2].map((each) =>
        stack.api.send('alice', BOB, `meanwhile ${each}`).then(note('other')),
      );
      await Promise.all([pressed, behind, ...others]);
      expect(ended).toEqual(['other 200', 'other 200', 'press 200', 'behind 200']);
    });

    test('is not repeated after kill -9 of the worker', async () => {
      const message_id = await buttonsOf('@button_bot');
      await stack.control.fault({ user_id: alice, method: METHOD, delay_ms: 60_000 });
      const { job_id } = (
        await press({ message_id, data: 'more' }, '@button_bot', { Prefer: 'respond-async' })
      ).body;
      await expect.poll(() => stack.control.faults()).toEqual([]);
      await stack.worker.end('SIGKILL');
      await stack.startWorker();
      expect((await stack.api.get(`/jobs/${job_id}?wait=30`)).body).toMatchObject({
        state: 'failed',
        error: { code: 'TELEGRAM_TIMEOUT', kind: 'unknown_outcome' },
      });
      expect((await presses(message_id)).length).toBeLessThanOrEqual(1);
      expect(await send('goes on', '@button_bot')).toBeGreaterThan(0);
    });

    test.each([
      {},
      { row: 1 },
      { column: 1 },
      { row: 1, column: 1, data: 'x' },
      { row: -1, column: 0 },
      { data: '' },
    ])('with %j is 400', async (fields) => {
      expect(await press({ message_id: 1, ...fields })).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION' },
      });
    });
  });

  describe('chat/read', () => {
    const bobSends = async (text: string, chat: number): Promise<number> => {
      const request = { user_id: 'bob', recipient_id: String(chat), text };
      return Number((await stack.api.post(SEND, request)).body.message_id);
    };
    const unread = async (chat: number) => (await stack.control.chat(chat)).unread[alice];

    test.each([
      ['group', 'messages.readHistory'],
      ['supergroup', 'channels.readHistory'],
    ])('marks a %s as read, up to a message or as a whole, over a lost answer', async (kind, method) => {
      const chat = await group(kind);
      const recipient_id = String(chat);
      const first = await bobSends('one', chat);
      await bobSends('two', chat);
      // In a basic group each account numbers the messages for itself.
      const up_to = kind === 'group' ? await send('mine', recipient_id).then((id) => id - 2) : first;
      const before = await unread(chat);
      expect(before).toBe(2);
      expect(await act('chat/read', { recipient_id, up_to })).toMatchObject({ status: 200 });
      expect(await unread(chat)).toBe(1);
      await stack.control.fault({ user_id: alice, method, drop: 'after' });
      expect(await act('chat/read', { recipient_id })).toMatchObject({
        status: 200,
        body: { success: true },
      });
      expect(await unread(chat)).toBe(0);
      expect(await act('chat/read', { recipient_id })).toMatchObject({ status: 200 });
    });

    test('`up_to` of another chat is 404 MESSAGE_NOT_FOUND', async () => {
      const up_to = await send('a note', 'me');
      expect(await act('chat/read', { up_to })).toMatchObject({
        status: 404,
        body: { code: 'MESSAGE_NOT_FOUND' },
      });
    });

    test('is 400 for the bot, alone and in a batch', async () => {
      const request = { user_id: BOT, recipient_id: BOB };
      const refused = { code: 'VALIDATION', issues: [{ path: 'user_id' }] };
      expect(await act('chat/read', request)).toMatchObject({ status: 400, body: refused });
      const batch = { actions: [{ type: 'chat.read', ...request }] };
      const { body } = await stack.api.post('/telegram/user/batch', batch);
      expect(body.jobs).toMatchObject([refused]);
    });
  });
});
