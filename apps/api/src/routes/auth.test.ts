import {
  GatewayError,
  UNKNOWN_ACCOUNT,
  type CodeDelivery,
  type ControlJobName,
  type ControlResult,
} from '@gateway/contracts';
import { Fenced } from '@gateway/queue';
import { parseSettings } from '@gateway/runtime';
import { describe, expect, test } from 'vitest';
import { useRealQueues } from '../testing/real-queues.ts';
import { ALICE } from '../testing/views.ts';

const START = '/telegram/user/auth/start';
const RESEND = '/telegram/user/auth/resend';
const CANCEL = '/telegram/user/auth/cancel';
const VERIFY = '/telegram/user/auth/verify';
const CODE_SENT = {
  phone_code_hash: 'abc',
  delivery: 'app',
  next_delivery: 'sms',
  code_length: 5,
  timeout: 60,
} as const;
const CODE_SENT_ANSWER = {
  status: 'code_sent',
  message: 'Code sent to Telegram',
  job_id: expect.any(String),
  ...CODE_SENT,
};

const queues = useRealQueues();

/** A new account whose jobs of this name end so, and a call about it. */
async function accountWith<N extends ControlJobName>(name: N, answer: ControlResult<N> | Error) {
  const { owner } = queues;
  const user_id = await owner.newAccount(UNKNOWN_ACCOUNT);
  owner.answer(user_id, name, answer);
  const { call } = queues.api();
  return {
    ran: () => owner.ranOf(user_id),
    call: (path: string, fields: object = {}) => call(path, { body: { user_id, ...fields } }),
  };
}

/** Every way of delivery, and where the answer says that the code is. */
const PLACES: [delivery: CodeDelivery, detail: string | undefined, message: string][] = [
  ['app', undefined, 'Code sent to Telegram'],
  ['sms', undefined, 'Code sent by SMS'],
  ['sms_word', 'ap', 'Code sent by SMS: it is a word, beginning with ap'],
  ['sms_phrase', undefined, 'Code sent by SMS: it is a phrase'],
  ['call', undefined, 'Telegram calls the phone and says the code'],
  ['flash_call', '+7***', 'Telegram calls the phone and hangs up: the code is the number that calls (+7***)'],
  [
    'missed_call',
    '+7999',
    'Telegram calls the phone and hangs up: the code is the last 5 digits of the number that calls, beginning with +7999',
  ],
  ['email', 'a*c@example.org', 'Code sent by e-mail to a*c@example.org'],
  ['fragment', 'https://fragment.com/x', 'Code sent to fragment.com: https://fragment.com/x'],
  [
    'firebase',
    undefined,
    'Telegram shows this code to its official apps only: ask for the next way (resend), or sign in by QR code',
  ],
  [
    'unknown',
    undefined,
    'Telegram has sent the code in a way that is not known here: look in the Telegram app, SMS and e-mail',
  ],
];

describe('start', () => {
  test('answers how the code travels', async () => {
    const { ran, call } = await accountWith('auth.start', CODE_SENT);
    const { status, body } = await call(START, { phone_number: '+7 (999) 123-45-67' });
    expect(status).toBe(200);
    expect(body).toEqual(CODE_SENT_ANSWER);
    expect(ran()).toMatchObject([{ name: 'auth.start', payload: { phoneNumber: '+79991234567' } }]);
  });

  test.each(PLACES)('says where a code is that comes by %s', async (delivery, delivery_detail, message) => {
    const { call } = await accountWith('auth.start', { ...CODE_SENT, delivery, delivery_detail });
    const { body } = await call(START, { phone_number: '+79991234567' });
    expect(body).toMatchObject({ delivery, message });
    expect(body.delivery_detail).toBe(delivery_detail);
  });

  test('ignores the api_id and api_hash of older clients', async () => {
    const { ran, call } = await accountWith('auth.start', CODE_SENT);
    const { status } = await call(START, { phone_number: '+79991234567', api_id: 1, api_hash: 'x' });
    expect(status).toBe(200);
    expect(ran()[0]?.payload).toEqual({ phoneNumber: '+79991234567' });
  });

  test.each([undefined, '', '79991234567', '+0123456789', '+7999', '+7999123456789012', 'x', 79991234567])(
    'refuses the phone number %j',
    async (phone_number) => {
      const { ran, call } = await accountWith('auth.start', CODE_SENT);
      const { status, body } = await call(START, { phone_number });
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 'VALIDATION', issues: [{ path: 'phone_number' }] });
      expect(ran()).toEqual([]);
    },
  );

  test('of an account that is signed in is 409 with its user', async () => {
    const error = new GatewayError('ALREADY_AUTHORIZED', undefined, { extra: { user: ALICE } });
    const { call } = await accountWith('auth.start', error);
    const { status, body } = await call(START, { phone_number: '+79991234567' });
    expect(status).toBe(409);
    expect(body).toMatchObject({
      status: 'error',
      code: 'ALREADY_AUTHORIZED',
      user: ALICE,
      job_id: expect.any(String),
    });
  });

  test('under a flood wait is 429 and says how long', async () => {
    const error = new GatewayError('FLOOD_WAIT', undefined, { retryAfter: 30, rpcError: 'FLOOD_WAIT_30' });
    const { call } = await accountWith('auth.start', error);
    const { status, body, headers } = await call(START, { phone_number: '+79991234567' });
    expect(status).toBe(429);
    expect(headers.get('retry-after')).toBe('30');
    expect(body).toMatchObject({
      code: 'FLOOD_WAIT',
      retry_after: 30,
      rpc_error: 'FLOOD_WAIT_30',
      job_id: expect.any(String),
    });
  });
});

describe('a step whose worker is late is no 500, and says when to look again', () => {
  const WRONG = new GatewayError('PASSWORD_INVALID');

  test('503 where the account has moved to another worker: it may have taken effect', async () => {
    const { call } = await accountWith('auth.verify', new Fenced('user1'));
    const { status, body, headers } = await call(VERIFY, { password: 'x' });
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect(body).toMatchObject({ code: 'WORKER_UNAVAILABLE', kind: 'unknown_outcome', retry_after: 1 });
  });

  test('503 where the worker could not ask Redis whether the account is its own: it was not run', async () => {
    const { call, ran } = await accountWith('auth.verify', WRONG);
    queues.owner.isOwner = async () => {
      throw new Error('Connection is closed.');
    };
    const { status, body } = await call(VERIFY, { password: 'x' });
    queues.owner.isOwner = async () => true;
    expect(status).toBe(503);
    expect(body).toMatchObject({ code: 'WORKER_UNAVAILABLE', kind: 'retryable', retry_after: 1 });
    expect(ran()).toEqual([]);
  });

  test.each(['job stalled more than allowable limit', 'Missing lock for job 7. moveToFinished'])(
    '504 where BullMQ failed the job: %s',
    async (text) => {
      const { call } = await accountWith('auth.verify', WRONG);
      const jobId = String((await call(VERIFY, { password: 'x' })).body['job_id']);
      await queues.owner.failAs(jobId, text);
      const { body } = await queues.api().call(`/jobs/${jobId}`);
      expect(body).toMatchObject({
        state: 'failed',
        error: { code: 'TELEGRAM_TIMEOUT', kind: 'unknown_outcome', retry_after: 5 },
      });
    },
  );
});

test('resend answers as start does', async () => {
  const { call } = await accountWith('auth.resend', CODE_SENT);
  const { status, body } = await call(RESEND);
  expect(status).toBe(200);
  expect(body).toEqual(CODE_SENT_ANSWER);
});

test('cancel answers that it did', async () => {
  const { call } = await accountWith('auth.cancel', {});
  const { status, body } = await call(CANCEL);
  expect(status).toBe(200);
  expect(body).toEqual({ status: 'ok', message: 'Sign-in cancelled', job_id: expect.any(String) });
});

describe('verify', () => {
  test.each([
    [{ phone_code: '12345' }, { phoneCode: '12345' }],
    [{ phone_code: 12345 }, { phoneCode: '12345', codeIsNumber: true }],
    [{ phone_code: ' 12345 ' }, { phoneCode: '12345' }],
    [
      { phone_code: '12345', password: ' p ' },
      { phoneCode: '12345', password: ' p ' },
    ],
    [{ password: 'p' }, { password: 'p' }],
  ])('with %j signs in', async (fields, payload) => {
    const { ran, call } = await accountWith('auth.verify', { status: 'authorized', user: ALICE });
    const { status, body } = await call(VERIFY, fields);
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'authorized',
      message: 'Successfully authorized',
      job_id: expect.any(String),
      user: ALICE,
    });
    expect(ran()[0]?.payload).toEqual(payload);
  });

  test.each([
    {},
    { phone_code: '' },
    { phone_code: 'x'.repeat(1_025) },
    { phone_code: '\u200b \u2066\u2069' },
    { phone_code: -1 },
    { password: '' },
    { password: 5 },
  ])('with %j is refused', async (fields) => {
    const { status, body } = await queues.api().call(VERIFY, { body: { user_id: 'user1', ...fields } });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'VALIDATION' });
  });

  test('asks for the password where two-factor is on', async () => {
    const { call } = await accountWith('auth.verify', { status: 'password_required', hint: 'cat' });
    const { status, body } = await call(VERIFY, { phone_code: '12345' });
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'password_required',
      message: expect.any(String),
      hint: 'cat',
      job_id: expect.any(String),
    });
  });

  test.each([
    ['PHONE_CODE_INVALID', 400],
    ['PHONE_CODE_EXPIRED', 410],
    ['PASSWORD_INVALID', 400],
    ['AUTH_NOT_STARTED', 409],
    ['PHONE_NUMBER_UNOCCUPIED', 404],
  ] as const)('%s is %d with the job', async (code, expected) => {
    const { call } = await accountWith(
      'auth.verify',
      new GatewayError(code, undefined, { extra: { hint: 'cat' } }),
    );
    const { status, body } = await call(VERIFY, { phone_code: '12345' });
    expect(status).toBe(expected);
    expect(body).toMatchObject({ code, job_id: expect.any(String), hint: 'cat' });
  });
});

describe('tries', () => {
  /** Uses a bucket up. */
  const exhaust = (bucket: string, limit: number) =>
    Promise.all(Array.from({ length: limit }, () => queues.producer.takeToken(bucket, limit, 600_000)));

  test.each([
    [START, { phone_number: '+79991234567' }, 'code'],
    [RESEND, {}, 'code'],
    [VERIFY, { phone_code: '12345' }, 'verify'],
    ['/telegram/user/auth/qr', {}, 'qr'],
  ])('at %s are bounded per account', async (path, fields, step) => {
    const user_id = await queues.owner.newAccount(UNKNOWN_ACCOUNT);
    await exhaust(`${step}:account:${user_id}`, 30);
    const { status, body, headers } = await queues.api().call(path, { body: { user_id, ...fields } });
    expect(status).toBe(429);
    expect(body).toMatchObject({ code: 'RATE_LIMITED', kind: 'retryable', retry_after: expect.any(Number) });
    expect(headers.get('retry-after')).toBe(String(body['retry_after']));
    expect(queues.owner.ranOf(user_id)).toEqual([]);
  });

  test('are bounded per key too, over all accounts, and the key is not named', async () => {
    const { call } = queues.api({ API_KEYS: parseSettings({ API_KEYS: 'secret-key' }).API_KEYS });
    await exhaust('sign-in:key:#0', 3_000);
    const headers = { 'x-api-key': 'secret-key' };
    const { status } = await call(VERIFY, { body: { user_id: 'user1', phone_code: '12345' }, headers });
    expect(status).toBe(429);
    const { redis } = queues.owner;
    expect(await redis.keys('*secret-key*')).toEqual([]);
    await redis.del(...(await redis.keys('*sign-in:key:*')));
  });
});
