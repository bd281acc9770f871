import { GatewayError, UNKNOWN_ACCOUNT } from '@gateway/contracts';
import { parseSettings } from '@gateway/runtime';
import { describe, expect, test } from 'vitest';
import { JOB_ID } from '../testing/fake-producer.ts';
import { readEvents } from '../testing/read-events.ts';
import { testApi } from '../testing/test-api.ts';
import { ALICE } from '../testing/views.ts';

const QR = '/telegram/user/auth/qr';
const user_id = 'user1';
const CODE = {
  status: 'qr',
  url: 'tg://login?token=abc',
  expires_at: '2024-01-15T12:00:30.000Z',
} as const;
const PASSWORD_REQUIRED = { status: 'password_required', hint: 'cat' } as const;

describe('POST', () => {
  test('answers the code', async () => {
    const { producer, call } = testApi();
    producer.controlResults['auth.qr'] = CODE;
    const { status, body } = await call(QR, { body: { user_id } });
    expect(status).toBe(200);
    expect(body).toEqual({ ...CODE, job_id: JOB_ID });
    expect(producer.added).toMatchObject([{ name: 'auth.qr', userId: user_id, payload: { begin: true } }]);
  });

  test.each([{ status: 'authorized', user: ALICE } as const, PASSWORD_REQUIRED])(
    'answers as verify does where the code was scanned before it was asked: %j',
    async (result) => {
      const { producer, call } = testApi();
      producer.controlResults['auth.qr'] = result;
      const { status, body } = await call(QR, { body: { user_id } });
      expect(status).toBe(200);
      expect(body).toEqual({ ...result, message: expect.any(String), job_id: JOB_ID });
    },
  );

  test('of an account that is signed in is 409 with its user', async () => {
    const { producer, call } = testApi();
    producer.controlError = new GatewayError('ALREADY_AUTHORIZED', undefined, { extra: { user: ALICE } });
    const { status, body } = await call(QR, { body: { user_id } });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'ALREADY_AUTHORIZED', user: ALICE, job_id: JOB_ID });
  });

  test.each([{}, { user_id: '../x' }, { user_id, phone_number: '+79991234567' }])(
    'refuses %j',
    async (body) => {
      const { producer, call } = testApi();
      expect(await call(QR, { body })).toMatchObject({ status: 400, body: { code: 'VALIDATION' } });
      expect(producer.added).toEqual([]);
    },
  );

  test('refuses the bot, which nobody signs in by hand', async () => {
    const token = '700800:AAbbCCddEEffGGhhIIjjKKllMMnn';
    const { call } = testApi(parseSettings({ TELEGRAM_BOT_TOKEN: token }));
    expect(await call(QR, { body: { user_id: 'bot.700800' } })).toMatchObject({
      status: 400,
      body: { issues: [{ path: 'user_id', message: expect.stringContaining('is the bot') }] },
    });
  });

  test('is bounded per account, apart from codes and passwords', async () => {
    const { producer, call } = testApi();
    producer.tokens.set('qr:account:user1', { allowed: false, retryAfter: 42 });
    const { status, body } = await call(QR, { body: { user_id } });
    expect(status).toBe(429);
    expect(body).toMatchObject({ code: 'RATE_LIMITED', retry_after: 42 });
    expect(producer.added).toEqual([]);
  });
});

describe('GET', () => {
  const STREAM = `${QR}/${user_id}`;

  test('tells a signed-in account so at once, and runs nothing', async () => {
    const { producer, request } = testApi();
    const response = await request(STREAM);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(readEvents(await response.text())).toMatchObject([
      { event: 'authorized', data: { status: 'authorized', user: ALICE } },
    ]);
    expect(producer.added).toEqual([]);
  });

  test('tells the code, and then the error that ends it as any other answer has it', async () => {
    const { producer, request } = testApi();
    producer.view = { ...UNKNOWN_ACCOUNT, state: 'qr_pending' };
    producer.controlResults['auth.qr'] = CODE;
    producer.onWait = () => {
      producer.view = UNKNOWN_ACCOUNT;
      return { end: 'timeout' };
    };
    const response = await request(STREAM, { headers: { 'x-request-id': 'r1' } });
    expect(readEvents(await response.text())).toMatchObject([
      { event: 'qr', data: CODE },
      { event: 'error', data: { status: 'error', code: 'AUTH_NOT_STARTED', request_id: 'r1' } },
    ]);
    expect(producer.added).toMatchObject([{ name: 'auth.qr', payload: { begin: false } }]);
    expect(producer.tries).toEqual([]);
    expect(producer.openWaits).toBe(0);
  });

  test('tells of the password that is awaited', async () => {
    const { producer, request } = testApi();
    producer.view = { ...UNKNOWN_ACCOUNT, state: 'password_required' };
    producer.controlResults['auth.qr'] = PASSWORD_REQUIRED;
    const response = await request(STREAM);
    expect(readEvents(await response.text())).toMatchObject([
      { event: 'password_required', data: PASSWORD_REQUIRED },
    ]);
  });

  test.each(['none', 'code_sent', 'revoked'] as const)('of an account that is %s is 409', async (state) => {
    const { producer, call } = testApi();
    producer.view = { ...UNKNOWN_ACCOUNT, state };
    expect(await call(STREAM)).toMatchObject({ status: 409, body: { code: 'AUTH_NOT_STARTED' } });
    expect(producer.added).toEqual([]);
  });

  test('is 403 to a key of other accounts', async () => {
    const { API_KEYS } = parseSettings({ API_KEYS: 'key:user2' });
    const { call } = testApi({ API_KEYS });
    const headers = { 'x-api-key': 'key' };
    expect(await call(STREAM, { headers })).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });

  test('ends without a word when the process stops', async () => {
    const { producer, request, stop } = testApi();
    producer.view = { ...UNKNOWN_ACCOUNT, state: 'qr_pending' };
    producer.controlResults['auth.qr'] = { ...CODE, expires_at: new Date(Date.now() + 30_000).toISOString() };
    const response = await request(STREAM);
    stop.abort();
    expect(readEvents(await response.text())).toMatchObject([{ event: 'qr' }]);
  });
});
