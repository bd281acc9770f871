import { EMPTY_SEND_STATE, GatewayError, UNKNOWN_ACCOUNT, type AccountState } from '@gateway/contracts';
import { expect, test } from 'vitest';
import { JOB_ID } from '../testing/fake-producer.ts';
import { testApi } from '../testing/test-api.ts';
import { ALICE, hold, READY } from '../testing/views.ts';

const STATUS = '/telegram/user/status';

test('an account that is ready', async () => {
  const { producer, call } = testApi({ SEND_PACE: 'off' });
  producer.counts = { waiting: 3, delayed: 2, active: 1 };
  const { status, body } = await call(`${STATUS}/user1`);
  expect(status).toBe(200);
  expect(body).toEqual({
    status: 'ok',
    authorized: true,
    user_info: ALICE,
    state: 'ready',
    flood_wait_until: null,
    pending: { waiting: 3, delayed: 2, active: 1 },
    pace: { mode: 'off' },
    replies_only: false,
    receiving: { enabled: false, since: null, last_seq: 0, oldest_seq: 1, gaps: 0, filter: {} },
  });
  expect(producer.added).toEqual([]);
});

test('an account that was never seen', async () => {
  const { producer, call } = testApi();
  producer.view = UNKNOWN_ACCOUNT;
  const { status, body } = await call(`${STATUS}/nobody`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ authorized: false, user_info: null, state: 'none', flood_wait_until: null });
});

test('shows what is left of the pace, and chats that must wait', async () => {
  const { producer, call } = testApi();
  const now = Date.now();
  const day = new Date(now).toISOString().slice(0, 10);
  producer.sends = {
    ...EMPTY_SEND_STATE,
    chatHolds: { 'user:1': hold('SLOWMODE_WAIT', 60_000), 'user:2': hold('SLOWMODE_WAIT', -1) },
    pace: { account: { tokens: 2.5, at: now }, chats: {}, strangers: { day, used: 10 } },
  };
  expect((await call(`${STATUS}/user1`)).body).toMatchObject({
    chats_held: 1,
    pace: {
      mode: 'careful',
      remaining: 2,
      strangers_remaining: 40,
      rules: { per_minute: 60 },
    },
  });
  producer.view = { ...READY, pace: { strangers_per_day: 5 } };
  expect((await call(`${STATUS}/user1`)).body).toMatchObject({ pace: { strangers_remaining: 0 } });
  producer.view = { ...READY, pace: 'off' };
  expect((await call(`${STATUS}/user1`)).body).toMatchObject({ pace: { mode: 'off' } });
});

test('shows what holds a whole account though it is well', async () => {
  const { producer, call } = testApi();
  const away = hold('TELEGRAM_UNAVAILABLE', 5_000);
  producer.view = { ...READY, hold: away };
  expect((await call(`${STATUS}/user1`)).body).toMatchObject({
    state: 'ready',
    flood_wait_until: null,
    held: { reason: 'TELEGRAM_UNAVAILABLE', until: new Date(away.until).toISOString() },
  });
});

test('an account under a flood wait says until when', async () => {
  const { producer, call } = testApi();
  const flood = hold('FLOOD_WAIT', 30_000);
  producer.view = { ...READY, state: 'flood_wait', hold: flood };
  const { body } = await call(`${STATUS}/user1`);
  expect(body).toMatchObject({
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
  const { producer, call } = testApi();
  producer.view = { ...READY, state, reason: 'Why.', next_action: 'What.' };
  const { body } = await call(`${STATUS}/user1`);
  expect(body).toMatchObject({ authorized, state, reason: 'Why.', next_action: 'What.' });
});

test('?live=true has the worker ask', async () => {
  const { producer, call } = testApi();
  producer.controlResults['account.status'] = { ...READY, state: 'revoked', reason: 'Why.' };
  const { status, body } = await call(`${STATUS}/user1?live=true`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ authorized: false, state: 'revoked', reason: 'Why.' });
  expect(producer.added).toMatchObject([{ name: 'account.status', userId: 'user1' }]);
});

test('a network failure is an error, not a sign-out', async () => {
  const { producer, call } = testApi();
  producer.controlError = new GatewayError('TELEGRAM_UNAVAILABLE');
  const { status, body } = await call(`${STATUS}/user1?live=true`);
  expect(status).toBe(503);
  expect(body).toMatchObject({ code: 'TELEGRAM_UNAVAILABLE', job_id: JOB_ID });
  expect(body).not.toHaveProperty('authorized');
});

test.each(['1', '', 'TRUE', 'yes'])('?live=%s is refused', async (live) => {
  const { status, body } = await testApi().call(`${STATUS}/user1?live=${live}`);
  expect(status).toBe(400);
  expect(body).toMatchObject({
    code: 'VALIDATION',
    issues: [{ path: 'live', message: 'must be true or false' }],
  });
});

test.each(['a%40b.c', 'User.1_-%2B'])('user_id %s is decoded', async (encoded) => {
  const { status } = await testApi().call(`${STATUS}/${encoded}`);
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
  const { status, body } = await testApi().call(`${STATUS}/${encoded}`);
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 'VALIDATION', issues: [{ path: 'user_id' }] });
});
