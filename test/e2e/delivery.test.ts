import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

const ALICE = '+9996625001';
const BOB = '+9996625002';
const CAROL = '+9996625003';
const ASYNC = { Prefer: 'respond-async' };

describe('waits, pace, parts and times', () => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    stack = await Stack.start({ SEND_MAX_WAIT: '1h' });
    alice = await stack.signIn('alice', ALICE);
    bob = await stack.signIn('bob', BOB);
    await stack.signIn('carol', CAROL);
    // From now on the account knows them by number and by id.
    for (const phone of [BOB, CAROL])
      expect((await stack.api.send('alice', phone, 'hello')).status).toBe(200);
  });
  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
  });

  async function textsTo(id: number): Promise<string[]> {
    return (await stack.control.messages({ from: alice, to: id })).map(({ text }) => text);
  }

  async function job(id: string) {
    return (await stack.api.get(`/jobs/${id}`)).body;
  }

  test('slow mode holds one chat, in order, and survives a restart; other chats continue', async () => {
    await stack.control.fault({
      user_id: alice,
      method: 'messages.sendMessage',
      error: 'SLOWMODE_WAIT_12',
      peer: bob,
      lasts: true,
    });
    const first = await stack.api.send('alice', BOB, 'slow 1', { Prefer: 'wait=5' });
    expect(first).toMatchObject({ status: 202, body: { state: 'delayed', reason: 'SLOWMODE_WAIT' } });
    // The same chat under another name.
    const second = await stack.api.send('alice', String(bob), 'slow 2', ASYNC);
    expect(await stack.api.send('alice', CAROL, 'meanwhile')).toMatchObject({ status: 200 });
    await expect
      .poll(() => job(second.body.job_id))
      .toMatchObject({ state: 'delayed', reason: 'SLOWMODE_WAIT', attempts: 0 });
    expect((await stack.api.status('alice')).body).toMatchObject({
      state: 'ready',
      flood_wait_until: null,
      chats_held: 1,
      pending: { delayed: 2, active: 0 },
    });
    // A wait uses up no attempt.
    expect((await job(first.body.job_id)).attempts).toBe(0);
    await stack.worker.end();
    await stack.startWorker();
    await stack.api.send('alice', BOB, 'slow 3', ASYNC);
    await expect
      .poll(async () => (await textsTo(bob)).slice(-3), { timeout: 25_000 })
      .toEqual(['slow 1', 'slow 2', 'slow 3']);
    expect((await job(first.body.job_id)).attempts).toBe(1);
    expect((await job(second.body.job_id)).attempts).toBe(1);
    const [message] = (await stack.control.messages({ from: alice, to: bob })).filter(
      ({ text }) => text === 'slow 1',
    );
    expect(Date.parse(message?.date ?? '')).toBeGreaterThanOrEqual(Date.parse(first.body.retry_at) - 1_500);
  });

  test('a wait for look-ups holds only sends that need one', async () => {
    await stack.control.createAccount({
      phone: '+9996625010',
      first_name: 'Dora',
      username: 'dora_the_unknown',
    });
    await stack.control.fault({ user_id: alice, method: 'contacts.resolveUsername', error: 'FLOOD_WAIT_6' });
    const held = await stack.api.send('alice', '@dora_the_unknown', 'who are you?', { Prefer: 'wait=4' });
    expect(held).toMatchObject({ status: 202, body: { state: 'delayed', reason: 'FLOOD_WAIT' } });
    expect((await stack.api.status('alice')).body).toMatchObject({ state: 'ready', flood_wait_until: null });
    expect((await stack.api.send('alice', BOB, 'I know you')).status).toBe(200);
    await expect.poll(async () => (await job(held.body.job_id)).state, { timeout: 20_000 }).toBe('completed');
  });

  test('a flood wait survives a restart of worker and Redis', async () => {
    await stack.control.fault({
      user_id: alice,
      method: 'messages.sendMessage',
      error: 'FLOOD_WAIT_15',
      lasts: true,
    });
    const held = await stack.api.send('alice', BOB, 'flooded', { Prefer: 'wait=10' });
    expect(held.body).toMatchObject({ state: 'delayed', reason: 'FLOOD_WAIT' });
    await stack.worker.end('SIGKILL');
    await stack.redis.stop('SIGTERM');
    await stack.redis.resume();
    await stack.startWorker();
    await expect
      .poll(async () => (await stack.api.status('alice')).body, { timeout: 10_000 })
      .toMatchObject({ state: 'flood_wait', flood_wait_until: held.body.retry_at });
    await expect.poll(async () => (await job(held.body.job_id)).state, { timeout: 30_000 }).toBe('completed');
    const sent = (await stack.control.messages({ from: alice, to: bob })).at(-1);
    expect(Date.parse(sent?.date ?? '')).toBeGreaterThanOrEqual(Date.parse(held.body.retry_at) - 1_500);
    expect((await stack.control.counters()).early).toBe(0);
  });

  test('a wait longer than SEND_MAX_WAIT fails messages, with its length', async () => {
    const phone = '+9996625011';
    const id = await stack.signIn('patient', phone);
    await stack.control.fault({ user_id: id, method: 'messages.sendMessage', error: 'FLOOD_WAIT_7200' });
    const failed = await stack.api.send('patient', BOB, 'too late');
    expect(failed).toMatchObject({ status: 429, body: { code: 'FLOOD_WAIT', rpc_error: 'FLOOD_WAIT' } });
    expect(failed.body.retry_after).toBeGreaterThan(7_000);
    expect(await stack.api.send('patient', BOB, 'still too late')).toMatchObject({
      status: 429,
      body: { code: 'FLOOD_WAIT', job_id: expect.any(String) },
    });
    expect((await stack.api.status('patient')).body).toMatchObject({
      state: 'flood_wait',
      pending: { waiting: 0 },
    });
  });

  test('a text over the limit is sent in parts, in order, as one job', async () => {
    const words = Array.from({ length: 2_000 }, (_, index) => `word${index}`).join(' ');
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', drop: 'after' });
    const sent = await stack.api.send('alice', BOB, words, { Prefer: 'wait=30' });
    expect(sent.status).toBe(200);
    const messages = (await stack.control.messages({ from: alice, to: bob })).filter(({ text }) =>
      text.startsWith('word'),
    );
    expect(sent.body.message_ids).toEqual(messages.map(({ id }) => id));
    expect(sent.body.message_id).toBe(messages.at(-1)?.id);
    expect(messages.map(({ text }) => text.trim()).join(' ')).toBe(words);
    const whole = await stack.api.post('/telegram/user/send', {
      user_id: 'alice',
      recipient_id: BOB,
      text: words,
      split: false,
    });
    expect(whole).toMatchObject({ status: 400, body: { code: 'VALIDATION', issues: [{ path: 'text' }] } });
  });

  test('a message with a send_at is sent then, behind messages accepted before; others do not wait for it', async () => {
    const later = (text: string, ms: number) =>
      stack.api.post(
        '/telegram/user/send',
        { user_id: 'alice', recipient_id: BOB, text, send_at: new Date(Date.now() + ms).toISOString() },
        ASYNC,
      );
    const second = await later('at 2', 2_500);
    const first = await later('at 1', 1_500);
    expect(first).toMatchObject({ status: 202, body: { state: 'delayed', reason: 'SEND_AT' } });
    expect((await job(second.body.job_id)).retry_at).toBe(second.body.retry_at);
    expect((await stack.api.send('alice', BOB, 'now')).status).toBe(200);
    await expect
      .poll(async () => (await textsTo(bob)).slice(-3), { timeout: 10_000 })
      .toEqual(['now', 'at 1', 'at 2']);
    const sent = (await stack.control.messages({ from: alice, to: bob })).at(-1);
    expect(Date.parse(sent?.date ?? '')).toBeGreaterThanOrEqual(Date.parse(second.body.retry_at) - 1_000);
  });

  test('pause holds sends in order until resume', async () => {
    const call = (action: string) => stack.api.post(`/telegram/user/${action}`, { user_id: 'alice' });
    expect((await call('pause')).body).toMatchObject({ status: 'ok', state: 'ready' });
    expect((await stack.api.status('alice')).body).toMatchObject({
      authorized: true,
      reason: 'PAUSED',
      next_action: expect.any(String),
    });
    const kept = await stack.api.send('alice', BOB, 'kept 1');
    expect(kept).toMatchObject({ status: 202, body: { state: 'delayed', reason: 'PAUSED' } });
    await stack.api.send('alice', BOB, 'kept 2', ASYNC);
    await stack.worker.end();
    await stack.startWorker();
    expect((await stack.api.send('carol', BOB, 'not me')).status).toBe(200);
    expect(await job(kept.body.job_id)).toMatchObject({ state: 'delayed', reason: 'PAUSED', retry_at: null });
    expect((await call('resume')).body).toMatchObject({ status: 'ok', state: 'ready' });
    await expect.poll(async () => (await textsTo(bob)).slice(-2)).toEqual(['kept 1', 'kept 2']);
    expect((await stack.api.status('alice')).body.reason).toBeUndefined();
  });

  test('an account can have its own pace, and its status shows what is left', async () => {
    const phone = '+9996625012';
    const careful = await stack.signIn('careful', phone);
    expect((await stack.api.status('careful')).body.pace).toEqual({ mode: 'off' });
    const pace = { burst: 2, per_minute: 60, strangers_per_day: 1 };
    expect((await stack.api.post('/telegram/user/pace', { user_id: 'careful', pace })).body).toMatchObject({
      pace,
    });
    expect((await stack.api.send('careful', BOB, '1')).status).toBe(200);
    expect((await stack.api.status('careful')).body.pace).toMatchObject({
      mode: 'careful',
      remaining: 1,
      strangers_remaining: 0,
      rules: { burst: 2, chat_interval: 1 },
    });
    // The first message to another person waits for the next day, the third to Bob only for its turn.
    expect(await stack.api.send('careful', CAROL, 'too many strangers', { Prefer: 'wait=20' })).toMatchObject(
      {
        status: 202,
        body: { state: 'delayed', reason: 'PACE_STRANGERS' },
      },
    );
    expect((await stack.api.send('careful', BOB, '2')).status).toBe(200);
    expect((await stack.api.send('careful', BOB, '3')).status).toBe(200);
    const [second = 0, third = 0] = (await stack.control.messages({ from: careful, to: bob }))
      .slice(-2)
      .map(({ accepted_at }) => Date.parse(accepted_at));
    expect(third - second).toBeGreaterThan(500);
    await stack.api.post('/telegram/user/pace', { user_id: 'careful', pace: null });
    expect((await stack.api.status('careful')).body.pace).toEqual({ mode: 'off' });
  });
});
