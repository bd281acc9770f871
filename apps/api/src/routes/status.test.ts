import { GatewayError, type AccountState, type AccountView, type SendState } from '@gateway/contracts';
import { expect, test } from 'vitest';
import { body as send, SEND } from '../testing/a-send.ts';
import { useRealQueues } from '../testing/real-queues.ts';
import { ALICE, hold, READY } from '../testing/views.ts';

const STATUS = '/telegram/user/status';

const queues = useRealQueues();

/** A new account, as its worker shows it, and its status. */
async function account(view: AccountView, sends: Partial<SendState> = {}) {
  const { owner } = queues;
  const userId = await owner.newAccount(view);
  await owner.note(userId, sends);
  const { call } = queues.api();
  return { userId, status: (query = '') => call(`${STATUS}/${userId}${query}`) };
}

test('an account that is ready', async () => {
  const { owner } = queues;
  const userId = await owner.newAccount(READY);
  const { call } = queues.api({ SEND_PACE: 'off' });
  const headers = { prefer: 'respond-async' };
  const messages = [{}, {}, {}, { send_at: new Date(Date.now() + 60_000).toISOString() }];
  for (const more of messages) await call(SEND, { body: { ...send, user_id: userId, ...more }, headers });
  await owner.fetch(userId);
  const { status, body } = await call(`${STATUS}/${userId}`);
  expect(status).toBe(200);
  expect(body).toEqual({
    status: 'ok',
    authorized: true,
    user_info: ALICE,
    state: 'ready',
    flood_wait_until: null,
    pending: { waiting: 2, delayed: 1, active: 1 },
    pace: { mode: 'off' },
    replies_only: false,
    receiving: { enabled: false, since: null, last_seq: 0, oldest_seq: 1, gaps: 0, filter: {} },
  });
  expect(owner.ranOf(userId)).toEqual([]);
});

test('shows what is left of the pace, and chats that must wait', async () => {
  const now = Date.now();
  const day = new Date(now).toISOString().slice(0, 10);
  const pace = { per_minute: 1 };
  const { userId, status } = await account(
    { ...READY, pace },
    {
      chatHolds: { 'user:1': hold('SLOWMODE_WAIT', 60_000), 'user:2': hold('SLOWMODE_WAIT', -1) },
      pace: { account: { tokens: 2.5, at: now }, chats: {}, strangers: { day, used: 10 } },
    },
  );
  expect((await status()).body).toMatchObject({
    chats_held: 1,
    pace: { mode: 'careful', remaining: 2, strangers_remaining: 40, rules: { per_minute: 1 } },
  });
  await queues.owner.show(userId, { ...READY, pace: { strangers_per_day: 5 } });
  expect((await status()).body).toMatchObject({ pace: { strangers_remaining: 0 } });
  await queues.owner.show(userId, { ...READY, pace: 'off' });
  expect((await status()).body).toMatchObject({ pace: { mode: 'off' } });
});

test('shows what holds a whole account though it is well', async () => {
  const away = hold('TELEGRAM_UNAVAILABLE', 60_000);
  const { status } = await account({ ...READY, hold: away });
  expect((await status()).body).toMatchObject({
    state: 'ready',
    flood_wait_until: null,
    held: { reason: 'TELEGRAM_UNAVAILABLE', until: new Date(away.until).toISOString() },
  });
});

test('an account under a flood wait says until when', async () => {
  const flood = hold('FLOOD_WAIT', 60_000);
  const { status } = await account({ ...READY, state: 'flood_wait', hold: flood });
  expect((await status()).body).toMatchObject({
    authorized: true,
    state: 'flood_wait',
    flood_wait_until: new Date(flood.until).toISOString(),
  });
});

test.each<[AccountState, boolean]>([
  ['code_sent', false],
  ['password_required', false],
  ['peer_limited', true],
  ['frozen', true],
  ['revoked', false],
  ['banned', false],
  ['duplicated', false],
])('an account that is %s says why and what to do; authorized: %s', async (state, authorized) => {
  const { status } = await account({ ...READY, state, reason: 'Why.', next_action: 'What.' });
  expect((await status()).body).toMatchObject({ authorized, state, reason: 'Why.', next_action: 'What.' });
});

test('?live=true has the worker ask', async () => {
  const { userId, status } = await account(READY);
  queues.owner.answer(userId, 'account.status', { ...READY, state: 'revoked', reason: 'Why.' });
  expect(await status('?live=true')).toMatchObject({
    status: 200,
    body: { authorized: false, state: 'revoked', reason: 'Why.' },
  });
  expect(queues.owner.ranOf(userId)).toMatchObject([{ name: 'account.status' }]);
});

test('a network failure is an error, not a sign-out', async () => {
  const { userId, status } = await account(READY);
  queues.owner.answer(userId, 'account.status', new GatewayError('TELEGRAM_UNAVAILABLE'));
  const answer = await status('?live=true');
  expect(answer).toMatchObject({
    status: 503,
    body: { code: 'TELEGRAM_UNAVAILABLE', job_id: expect.any(String) },
  });
  expect(answer.body).not.toHaveProperty('authorized');
});

test.each(['1', '', 'TRUE', 'yes'])('?live=%s is refused', async (live) => {
  const { status, body } = await queues.api().call(`${STATUS}/user1?live=${live}`);
  expect(status).toBe(400);
  expect(body).toMatchObject({
    code: 'VALIDATION',
    issues: [{ path: 'live', message: 'must be true or false' }],
  });
});

test.each(['a%40b.c', 'User.1_-%2B'])('user_id %s is decoded', async (encoded) => {
  const { status } = await queues.api().call(`${STATUS}/${encoded}`);
  expect(status).toBe(200);
});

test.each([
  '',
  '..%2Fx',
  '%2e%2e%2fx',
  '..%5Cx',
  'a%2Fb',
  'a/b',
  'a%00',
  '%00',
  '%zz',
  '%ff',
  'a%20b',
  '%D0%B8',
  'x'.repeat(10_240),
])('user_id %j is 400', async (encoded) => {
  const { status, body } = await queues.api().call(`${STATUS}/${encoded}`);
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 'VALIDATION', issues: [{ path: 'user_id' }] });
});
