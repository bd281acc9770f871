import { openConsumerRedis, type RedisClient } from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEvents } from '../../apps/api/src/testing/read-events.ts';
import { knownNamesKey, readsKey, writersKey } from '../../packages/queue/src/keys.ts';
import { type Document, expectDocumented } from '../env/documented.ts';
import { Stack } from '../env/stack.ts';

const ALICE = '+9996627191';
const BOB = '+9996627192';
const CAROL = '+9996627193';
const DAVE = '+9996627194';
const HOUR = 3_600_000;

/** `replies_only` of POST /telegram/user/pace: an account that writes only to people who have written to it. */
describe('Replies only', () => {
  let stack: Stack;
  let redis: RedisClient;
  let document: Document;
  let alice: number;
  let bob: number;
  let carol: number;
  let dave: number;
  beforeAll(async () => {
    stack = await Stack.start({ SEND_WAIT_MS: '15000', SEND_PACE: 'off', AUTH_WAIT_MS: '15000' });
    redis = openConsumerRedis(stack.redis.address, silentLogger());
    document = (await stack.api.get('/openapi.json')).body;
    alice = await stack.signIn('alice', ALICE);
    const person = (phone: string, first_name: string) =>
      stack.control.createAccount({ phone, first_name, username: `${first_name.toLowerCase()}_replies` });
    bob = await person(BOB, 'Bob');
    carol = await person(CAROL, 'Carol');
    dave = await person(DAVE, 'Dave');
    await stack.control.addContacts(alice, [bob, carol, dave]);
  });
  afterAll(async () => {
    redis.disconnect();
    await stack[Symbol.asyncDispose]();
  });

  const pace = (body: object) => stack.api.post('/telegram/user/pace', { user_id: 'alice', ...body });
  const receive = (body: object) => stack.api.post('/telegram/user/receive', { user_id: 'alice', ...body });
  const send = (to: string | number, headers = {}) => stack.api.send('alice', to, 'an answer', headers);
  const refused = { status: 403, body: { status: 'error', code: 'NOT_A_REPLY', kind: 'user_action' } };
  const lastWrite = async (id: number) => Number((await redis.zscore(writersKey('alice'), String(id))) ?? 0);
  const writes = async (from: number) => {
    const before = await lastWrite(from);
    await redis.zrem(writersKey('alice'), String(from));
    await stack.control.write({ from, to: alice, text: 'hello' });
    await expect.poll(() => lastWrite(from)).toBeGreaterThanOrEqual(Math.max(before, 1));
  };

  test('needs an account that receives, and keeps it receiving', async () => {
    expect(await pace({ replies_only: { within_hours: 24 } })).toMatchObject({
      status: 409,
      body: { code: 'RECEIVING_OFF' },
    });
    for (const body of [
      {},
      { replies_only: true },
      { replies_only: {} },
      ...[0, 721, 1.5, '24'].map((within_hours) => ({ replies_only: { within_hours } })),
    ])
      expect(await pace(body), JSON.stringify(body)).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION' },
      });
    await receive({ enabled: true });
    const set = await pace({ replies_only: { within_hours: 24 } });
    expectDocumented(document, 'post /telegram/user/pace', 200, set);
    expect(set.body).toMatchObject({ status: 'ok', pace: null, replies_only: { within_hours: 24 } });
    expect((await pace({ pace: 'careful' })).body).toMatchObject({
      pace: 'careful',
      replies_only: { within_hours: 24 },
    });
    expect((await pace({ pace: null })).body).toMatchObject({
      pace: null,
      replies_only: { within_hours: 24 },
    });
    expect((await stack.api.status('alice')).body.replies_only).toEqual({ within_hours: 24 });
    expect(await receive({ enabled: false })).toMatchObject({
      status: 409,
      body: { code: 'REPLIES_ONLY_ON' },
    });
  });

  test('refuses to write to who has not written, whatever makes the message', async () => {
    for (const to of [bob, BOB, '@Bob_Replies', 'https://t.me/bob_replies', '@nobody_has_it', 777000])
      expect(await send(to), String(to)).toMatchObject(refused);
    const own = (await send('me')).body.message_id;
    const forward = { recipient_id: 'me', to_recipient_id: BOB, message_ids: [own] };
    expect(
      await stack.api.post('/telegram/user/message/forward', { user_id: 'alice', ...forward }),
    ).toMatchObject(refused);
    const batch = await stack.api.post('/telegram/user/batch', {
      actions: [BOB, 'me'].map((recipient_id) => ({
        type: 'send',
        user_id: 'alice',
        recipient_id,
        text: 'in a batch',
      })),
    });
    expect(batch.body.jobs).toMatchObject([
      { status: 'error', code: 'NOT_A_REPLY' },
      { job_id: expect.any(String) },
    ]);
    const asked = {
      user_id: 'alice',
      send_to_telegram: true,
      send_as_user: true,
      recipient_id: BOB,
      messages: [{ role: 'assistant', content: 'hello' }],
    };
    expect(await stack.api.post('/message_stream', asked)).toMatchObject(refused);
    expect(await stack.control.messages({ from: alice, to: bob })).toEqual([]);
    const { pending, ended } = (await stack.api.get('/telegram/accounts/alice/sends')).body;
    expect([...pending, ...ended].map(({ recipient_id }) => recipient_id)).toEqual(['me', 'me']);
  });

  test('lets the account answer who has written, by id, username and phone', async () => {
    await writes(bob);
    for (const to of [bob, BOB, '@Bob_Replies'])
      expect(await send(to), String(to)).toMatchObject({ status: 200 });
    const stream = await fetch(`${stack.api.url}/message_stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        user_id: 'alice',
        send_to_telegram: true,
        send_as_user: true,
        recipient_id: BOB,
        messages: [{ role: 'assistant', content: 'streamed' }],
      }),
    });
    expect(readEvents(await stream.text()).map(({ event }) => event)).not.toContain('error');
    expect((await stack.control.messages({ from: alice, to: bob })).map(({ text }) => text)).toEqual([
      'an answer',
      'an answer',
      'an answer',
      'streamed',
    ]);
  });

  test('only within the hours, and what was accepted stays accepted', async () => {
    const key = { 'Idempotency-Key': 'accepted in time' };
    const { body: accepted } = await send(bob, key);
    const later = { user_id: 'alice', recipient_id: bob, text: 'later', send_at: inSeconds(2) };
    const { body: scheduled } = await stack.api.post('/telegram/user/send', later);
    await redis.zadd(writersKey('alice'), Date.now() - 25 * HOUR, String(bob));
    expect(await send(bob)).toMatchObject(refused);
    expect((await send(bob, key)).body).toMatchObject({ status: 'ok', job_id: accepted.job_id });
    await expect
      .poll(async () => (await stack.api.get(`/jobs/${scheduled.job_id}`)).body.state, { timeout: 15_000 })
      .toBe('completed');
    await pace({ replies_only: { within_hours: 26 } });
    expect(await send(bob)).toMatchObject({ status: 200 });
    await pace({ replies_only: { within_hours: 24 } });
  });

  test('a retry is accepted anew', async () => {
    await writes(bob);
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'USER_IS_BLOCKED' });
    const { body } = await send(bob);
    await redis.zrem(writersKey('alice'), String(bob));
    expect(await stack.api.post(`/jobs/${body.job_id}/retry`, {})).toMatchObject(refused);
    await writes(bob);
    expect(await stack.api.post(`/jobs/${body.job_id}/retry`, {})).toMatchObject({ status: 202 });
  });

  test('counts what the filter leaves out, what is caught up with its date, and a bot that has written', async () => {
    await receive({ enabled: true, filter: { chat_types: ['channel'] } });
    const bot = await stack.control.createBot({
      bot_token: '4000000191:a-token-of-a-bot-in-the-sandbox-123',
      first_name: 'Bot',
      username: 'replies_bot',
    });
    // A bot may write only to people who have written to it.
    await pace({ replies_only: false });
    await send('@replies_bot');
    await pace({ replies_only: { within_hours: 24 } });
    expect(await send('@replies_bot')).toMatchObject(refused);
    await stack.worker.end('SIGKILL');
    await stack.control.write({ from: carol, to: alice, text: 'while nobody listens' });
    const before = Date.now();
    await stack.startWorker();
    await expect.poll(() => lastWrite(carol), { timeout: 20_000 }).toBeGreaterThan(0);
    expect(await lastWrite(carol)).toBeLessThanOrEqual(before);
    for (const to of [carol, CAROL, '@carol_replies']) expect(await send(to)).toMatchObject({ status: 200 });
    await writes(bot);
    expect(await send('@replies_bot')).toMatchObject({ status: 200 });
    await receive({ enabled: true, filter: {} });
  });

  test('says nothing about oneself, groups and channels; a name must be known as one', async () => {
    const supergroup = (username: string, members: number[]) =>
      stack.control.newChat({ type: 'supergroup', title: username, members, username });
    const { id } = await supergroup('replies_team', [dave, alice]);
    await supergroup('replies_others', [dave]);
    await stack.control.write({ from: dave, to: id, text: 'in the group' });
    for (const to of [id, 'me', alice, ALICE])
      expect(await send(to), String(to)).toMatchObject({ status: 200 });
    expect(await send('@replies_team')).toMatchObject({ status: 200 });
    expect(await send('@replies_others')).toMatchObject(refused);
    await stack.api.get('/telegram/accounts/alice/resolve?recipient_id=@replies_others');
    expect((await send('@replies_others')).body.code).not.toBe('NOT_A_REPLY');
    expect(await send(dave)).toMatchObject(refused);
  });

  test('a login code of Telegram is no message of a person', async () => {
    const { last_seq } = (await stack.api.status('alice')).body.receiving;
    await stack.api.startSignIn('alice2', ALICE);
    await expect
      .poll(
        async () => (await stack.api.get(`/telegram/accounts/alice/updates?after=${last_seq}`)).body.events,
      )
      .toMatchObject([{ type: 'message.new', message: { chat: { id: '777000' } } }]);
    expect(await send(777000)).toMatchObject(refused);
  });

  test('ends by false; the times outlast receiving, and a disconnect deletes all', async () => {
    expect((await pace({ replies_only: false })).body).toMatchObject({ replies_only: false });
    expect(await send(dave)).toMatchObject({ status: 200 });
    await writes(bob);
    await receive({ enabled: false });
    await receive({ enabled: true });
    await pace({ replies_only: { within_hours: 1 } });
    expect(await send(BOB)).toMatchObject({ status: 200 });
    await stack.api.post('/telegram/user/disconnect', { user_id: 'alice' });
    await stack.signIn('alice', ALICE);
    expect((await stack.api.status('alice')).body.replies_only).toBe(false);
    expect(await redis.exists(writersKey('alice'), knownNamesKey('alice'), readsKey('alice'))).toBe(0);
  });
});

function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1_000).toISOString();
}
