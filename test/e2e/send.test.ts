import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

const ALICE = '+9996622001';
const BOB = '+9996622002';

describe('sending', () => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    stack = await Stack.start();
    await stack.control.createAccount({ phone: BOB, first_name: 'Bob', username: 'bob_the_builder' });
    alice = await stack.signIn('alice', ALICE);
    bob = await stack.signIn('bob', BOB);
  });
  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
  });

  async function lastText(): Promise<string | undefined> {
    return (await stack.control.messages({ from: alice, to: bob })).at(-1)?.text;
  }

  test('a text arrives unchanged, with Cyrillic and emoji', async () => {
    const text = 'Привет! 👋🏽 👨‍👩‍👧‍👦 «ёж» \u{1F1F7}\u{1F1FA}\nвторая строка';
    const sent = await stack.api.send('alice', BOB, text);
    expect(sent).toMatchObject({
      status: 200,
      body: { status: 'ok', success: true, message_id: expect.any(Number), job_id: expect.any(String) },
    });
    expect(sent.body.date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    const [message] = await stack.control.messages({ from: alice, to: bob });
    expect(message).toMatchObject({ text, from_id: alice, to_id: bob });
  });

  test.each([
    ['a phone number', () => BOB],
    ['@username', () => '@bob_the_builder'],
    ['a bare username', () => 'Bob_The_Builder'],
    ['a t.me link', () => 'https://t.me/bob_the_builder'],
    ['a numeric id as a number', () => bob],
    ['a numeric id as a string', () => String(bob)],
  ])('the recipient may be %s', async (form, recipient) => {
    const text = `by ${form}`;
    expect(await stack.api.send('alice', recipient(), text)).toMatchObject({
      status: 200,
      body: { success: true },
    });
    expect(await lastText()).toBe(text);
  });

  test('the recipient may be me, or a chat', async () => {
    expect((await stack.api.send('alice', 'me', 'note to self')).body).toMatchObject({ success: true });
    const { id } = await stack.control.createChat({
      title: 'Team',
      kind: 'supergroup',
      members: [alice, bob],
    });
    const marked = String(id < 0 ? id : -(1_000_000_000_000 + id));
    expect((await stack.api.send('alice', marked, 'hello team')).body).toMatchObject({ success: true });
  });

  test.each(['@nobody_has_this', '+79990001122', '123456789012', '-1001999999999'])(
    'an unknown recipient %s is a 404 that says what to do',
    async (recipient) => {
      const refused = await stack.api.send('alice', recipient, 'anybody?');
      expect(refused).toMatchObject({
        status: 404,
        body: { code: 'RECIPIENT_NOT_FOUND', kind: 'permanent' },
      });
      expect(refused.body.job_id).toMatch(/.+/);
      expect(refused.body.message.length).toBeGreaterThan(20);
    },
  );

  test('respond-async answers at once with a job that can be read to its end', async () => {
    const accepted = await stack.api.send('alice', BOB, 'later', { Prefer: 'respond-async' });
    expect(accepted).toMatchObject({ status: 202, body: { status: 'queued', job_id: expect.any(String) } });
    const path = accepted.headers.get('location') ?? '';
    expect(path).toBe(`/jobs/${accepted.body.job_id}`);
    await expect
      .poll(async () => (await stack.api.get(path)).body)
      .toMatchObject({
        status: 'ok',
        type: 'send',
        user_id: 'alice',
        state: 'completed',
        result: { message_id: expect.any(Number) },
      });
  });

  test('many sends of one account arrive in the order of acceptance', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => `n ${index}`);
    const jobs: string[] = [];
    for (const text of texts)
      jobs.push((await stack.api.send('alice', BOB, text, { Prefer: 'respond-async' })).body.job_id);
    await expect.poll(async () => (await stack.api.get(`/jobs/${jobs.at(-1)}`)).body.state).toBe('completed');
    const arrived = (await stack.control.messages({ from: alice, to: bob })).map(({ text }) => text);
    expect(arrived.slice(-texts.length)).toEqual(texts);
  });

  test('the same Idempotency-Key is one message', async () => {
    const headers = { 'Idempotency-Key': 'order-17' };
    const first = await stack.api.send('alice', BOB, 'only once', headers);
    const second = await stack.api.send('alice', BOB, 'only once', headers);
    expect(second.body).toMatchObject({ job_id: first.body.job_id, message_id: first.body.message_id });
    expect(
      (await stack.control.messages({ from: alice, to: bob })).filter(({ text }) => text === 'only once'),
    ).toHaveLength(1);
  });

  test('under a flood wait a send answers at once with its end, and the messages are sent after it, in order', async () => {
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'FLOOD_WAIT_8' });
    const held = await stack.api.send('alice', BOB, 'flooded 1', { Prefer: 'wait=6' });
    expect(held).toMatchObject({
      status: 202,
      body: { status: 'queued', state: 'delayed', reason: 'FLOOD_WAIT' },
    });
    expect(Date.parse(held.body.retry_at)).toBeGreaterThan(Date.now());
    const behind = await stack.api.send('alice', BOB, 'flooded 2', { Prefer: 'wait=1' });
    expect(behind).toMatchObject({ status: 202, body: { state: 'delayed' } });
    const status = (await stack.api.status('alice')).body;
    expect(status).toMatchObject({ authorized: true, state: 'flood_wait' });
    expect(status.flood_wait_until).toBe(held.body.retry_at);
    // Other accounts are not affected.
    expect((await stack.api.send('bob', ALICE, 'meanwhile')).status).toBe(200);
    await expect.poll(lastText, { timeout: 30_000 }).toBe('flooded 2');
    expect((await stack.api.get(`/jobs/${held.body.job_id}`)).body).toMatchObject({
      state: 'completed',
      attempts: 1,
    });
    expect((await stack.api.status('alice')).body).toMatchObject({ state: 'ready', flood_wait_until: null });
  });

  test.each(['before', 'after'] as const)(
    'a connection cut %s the call took effect makes one message',
    async (drop) => {
      await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', drop });
      const text = `cut ${drop}`;
      const sent = await stack.api.send('alice', BOB, text, { Prefer: 'wait=30' });
      expect(sent).toMatchObject({ status: 200, body: { success: true } });
      const arrived = (await stack.control.messages({ from: alice, to: bob })).filter(
        (message) => message.text === text,
      );
      expect(arrived.map(({ id }) => id)).toHaveLength(1);
    },
  );

  test.each([
    ['USER_PRIVACY_RESTRICTED', 403, 'RECIPIENT_REFUSED'],
    ['CHAT_WRITE_FORBIDDEN', 403, 'RECIPIENT_REFUSED'],
  ])("Telegram's %s fails the message with its code", async (error, status, code) => {
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error });
    const refused = await stack.api.send('alice', BOB, 'no');
    expect(refused).toMatchObject({ status, body: { code, rpc_error: error, kind: 'permanent' } });
    expect((await stack.api.get(`/jobs/${refused.body.job_id}`)).body).toMatchObject({
      state: 'failed',
      error: { code },
    });
  });

  test('an account that is not signed in gets 401, and nothing is queued', async () => {
    expect(await stack.api.send('stranger', BOB, 'hi')).toMatchObject({
      status: 401,
      body: { code: 'NOT_AUTHORIZED' },
    });
    expect((await stack.api.status('stranger')).body).toMatchObject({
      authorized: false,
      user_info: null,
      state: 'none',
      pending: { waiting: 0, delayed: 0, active: 0 },
    });
  });
});
