import { beforeAll, describe, expect, test } from 'vitest';
import type { Stack } from '../../env/stack.ts';
import { ALICE, BOB, type AliceAndBob } from '../../env/use-stack.ts';
import { textsOf } from './texts.ts';

const CAROL = '+9996627053';
const FORWARD = '/telegram/user/message/forward';
const SEND = '/telegram/user/send';
const METHOD = 'messages.forwardMessages';
const ASYNC = { Prefer: 'respond-async' };

/** POST /telegram/user/message/forward. */
export const forwarding = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  let carol: number;
  beforeAll(async () => {
    ({ stack, alice, bob } = product());
    carol = await stack.signIn('carol', CAROL);
  });

  const { send } = textsOf(product);
  const forward = (message_ids: unknown, more: object = {}, headers: Record<string, string> = {}) =>
    stack.api.post(
      FORWARD,
      { user_id: 'alice', recipient_id: BOB, to_recipient_id: CAROL, message_ids, ...more },
      headers,
    );
  const atCarol = (text: string) =>
    stack.control
      .messages({ from: alice, to: carol })
      .then((messages) => messages.filter((message) => message.text === text));
  const ended = async (jobId: string) => (await stack.api.get(`/jobs/${jobId}?wait=30`)).body;

  test('forwards messages in their order, with formatting and author', async () => {
    const sent = await stack.api.post(SEND, { user_id: 'bob', recipient_id: ALICE, text: "bob's" });
    expect(sent.status).toBe(200);
    const own = await send('**bold**', BOB, { parse_mode: 'markdown' });
    const answer = await forward([own - 1, own]);
    expect(answer).toMatchObject({ status: 200, body: { status: 'ok', success: true } });
    const [first] = await atCarol("bob's");
    const [second] = await atCarol('bold');
    expect(answer.body.message_ids).toEqual([first?.id, second?.id]);
    expect(first).toMatchObject({ forwarded_from: bob });
    expect(second).toMatchObject({ forwarded_from: alice, entities: [{ type: 'bold' }] });
    expect(await ended(answer.body.job_id)).toMatchObject({
      type: 'message.forward',
      state: 'completed',
      result: { message_ids: answer.body.message_ids },
    });
  });

  test('drops the author and is silent on request', async () => {
    await forward([await send('no author')], { drop_author: true, silent: true });
    const [message] = await atCarol('no author');
    expect(message).toMatchObject({ silent: true });
    expect(message).not.toHaveProperty('forwarded_from');
  });

  test('a message that is gone, or of another chat, is null; if all are: 404 MESSAGE_NOT_FOUND', async () => {
    const [gone, kept] = [await send('gone'), await send('kept')];
    const note = await send('a secret note', 'me');
    await stack.control.clearFaults();
    await stack.api.post('/telegram/user/message/delete', {
      user_id: 'alice',
      recipient_id: BOB,
      message_ids: [gone],
    });
    const answer = await forward([gone, kept, note]);
    expect(answer.body.message_ids).toEqual([null, expect.any(Number), null]);
    expect(await atCarol('a secret note')).toEqual([]);
    expect(await forward([gone, note])).toMatchObject({
      status: 404,
      body: { code: 'MESSAGE_NOT_FOUND', job_id: expect.any(String) },
    });
  });

  test('never forwards the messages of Telegram’s own account: they hold login codes', async () => {
    await stack.control.write({ from: 777_000, to: alice, text: 'Login code: 12345' });
    const own = await send('after the code');
    const asked = await forward([own - 1], { recipient_id: '777000' });
    expect(asked.status).toBe(404);
    expect(await atCarol('Login code: 12345')).toEqual([]);
  });

  describe.each(['original', 'error'] as const)('where Telegram answers a repeat by its %s', (repeated) => {
    test.each(['before', 'after'] as const)(
      'forwards exactly once over an answer that was lost %s it took effect',
      async (drop) => {
        await stack.control.answerRepeatedSends(repeated);
        const text = `lost ${drop} ${repeated}`;
        const ids = [await send(`${text} 1`), await send(`${text} 2`)];
        await stack.control.fault({ user_id: alice, method: METHOD, drop });
        const answer = await forward(ids);
        const [first, second] = [await atCarol(`${text} 1`), await atCarol(`${text} 2`)];
        expect([first.length, second.length]).toEqual([1, 1]);
        expect(answer).toMatchObject({
          status: 200,
          body: { message_ids: [first[0]?.id, second[0]?.id] },
        });
      },
    );
  });

  test('stands in the line of both chats', async () => {
    const id = await send('in order');
    for (const [held, other] of [
      [BOB, CAROL],
      [CAROL, BOB],
    ] as const) {
      await stack.control.fault({
        user_id: alice,
        method: 'messages.sendMessage',
        error: 'SLOWMODE_WAIT_2',
        peer: held,
      });
      const request = { user_id: 'alice', text: 'x' };
      const before = await stack.api.post(SEND, { ...request, recipient_id: held }, ASYNC);
      const forwarding = await forward([id], {}, ASYNC);
      const behind = await stack.api.post(SEND, { ...request, recipient_id: other }, ASYNC);
      const note = await send('another chat goes on', 'me');
      expect(note).toBeGreaterThan(0);
      const state = async () => (await stack.api.get(`/jobs/${forwarding.body.job_id}`)).body.state;
      await expect.poll(state).toBe('delayed');
      const jobs = await Promise.all([before, forwarding, behind].map(({ body }) => ended(body.job_id)));
      expect(jobs.map(({ state }) => state)).toEqual(['completed', 'completed', 'completed']);
      const times = jobs.map(({ finished_at }) => Date.parse(finished_at));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
  });

  test('a flood wait on it holds all sends of the account', async () => {
    const id = await send('flooded');
    await stack.control.fault({ user_id: alice, method: METHOD, error: 'FLOOD_WAIT_3' });
    const held = await forward([id], {}, { Prefer: 'wait=2' });
    expect(held).toMatchObject({ status: 202, body: { state: 'delayed', reason: 'FLOOD_WAIT' } });
    const status = await stack.api.get('/telegram/user/status/alice');
    expect(status.body.flood_wait_until).toEqual(expect.any(String));
    expect(await ended(held.body.job_id)).toMatchObject({ state: 'completed' });
    expect(await atCarol('flooded')).toHaveLength(1);
  });

  test('a chat that forbids it is 403 RECIPIENT_REFUSED', async () => {
    const error = 'CHAT_FORWARDS_RESTRICTED';
    await stack.control.fault({ user_id: alice, method: METHOD, error });
    expect(await forward([await send('kept here')])).toMatchObject({
      status: 403,
      body: { code: 'RECIPIENT_REFUSED', rpc_error: error },
    });
  });

  test.each([
    ['message_ids', { message_ids: [] }],
    ['to_recipient_id', { to_recipient_id: undefined }],
    ['topic_id', { topic_id: 0 }],
    ['job_id', { job_id: 'x' }],
  ])('is 400 where %s is wrong: %#', async (path, wrong) => {
    expect(await forward([1], wrong)).toMatchObject({ status: 400, body: { issues: [{ path }] } });
  });

  test('hides the phone numbers of both chats on the dashboard', async () => {
    await forward([await send('on the board')]);
    const board = await stack.api.get(
      '/admin/queues/api/queues?activeQueue=alice:send&status=completed&page=1&jobsPerPage=5',
    );
    expect(JSON.stringify(board.body)).toContain('toRecipient');
    for (const phone of [BOB, CAROL]) expect(JSON.stringify(board.body)).not.toContain(phone);
  });
};
