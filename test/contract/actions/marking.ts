import { beforeAll, describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../../env/api-client.ts';
import type { Stack } from '../../env/stack.ts';
import { BOB, type AliceAndBob } from '../../env/use-stack.ts';
import { textsOf } from './texts.ts';

/** Reactions and pins. */
export const marking = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(() => {
    ({ stack, alice, bob } = product());
  });

  const { send, shown } = textsOf(product);
  const act = (path: string, more: object, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
    stack.api.post(`/telegram/user/${path}`, { user_id: 'alice', recipient_id: BOB, ...more }, headers);

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
      const held = await act(path, { message_id, ...more }, { Prefer: 'wait=2' });
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
};
