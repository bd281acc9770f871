import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

const NOT_RECEIVING = { enabled: false, since: null, last_seq: 0, oldest_seq: 1, gaps: 0, filter: {} };

describe('Sign-in', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start();
  });
  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
  });

  test('`auth/start` → code_sent with delivery, code length and timeout; `verify` → authorized with the user; `status` → ready', async () => {
    const phone = '+9996621001';
    const started = await stack.api.startSignIn('by-code', phone);
    expect(started).toMatchObject({
      status: 200,
      body: { status: 'code_sent', message: 'Code sent to Telegram', delivery: 'app', code_length: 5 },
    });
    expect(started.body.phone_code_hash).toMatch(/.+/);
    expect(started.body.job_id).toMatch(/.+/);
    const pending = (await stack.api.status('by-code')).body;
    expect(pending).toMatchObject({
      authorized: false,
      state: 'code_sent',
      sign_in: {
        by: 'code',
        phone_number: phone,
        delivery: 'app',
        next_delivery: 'sms',
        message: 'Code sent to Telegram',
        hint: null,
      },
    });
    expect(JSON.stringify(pending)).not.toContain(started.body.phone_code_hash);

    const verified = await stack.api.verify('by-code', { phone_code: '22222' });
    expect(verified).toMatchObject({
      status: 200,
      body: { status: 'authorized', message: 'Successfully authorized' },
    });
    expect(verified.body.user).toMatchObject({
      id: expect.any(Number),
      first_name: expect.any(String),
      phone_number: phone,
    });

    const status = await stack.api.status('by-code');
    expect(status.body).toMatchObject({
      status: 'ok',
      authorized: true,
      state: 'ready',
      user_info: verified.body.user,
    });
    expect(status.body).not.toHaveProperty('sign_in');
    expect((await stack.api.status('by-code', '?live=true')).body).toMatchObject({
      authorized: true,
      state: 'ready',
    });
  });

  test('Wrong code 400 `PHONE_CODE_INVALID`: the same login continues, no new code is sent', async () => {
    const started = await stack.api.startSignIn('wrong-code', '+9996621002');
    expect(started.status).toBe(200);
    expect(await stack.api.verify('wrong-code', { phone_code: '11111' })).toMatchObject({
      status: 400,
      body: {
        status: 'error',
        code: 'PHONE_CODE_INVALID',
        rpc_error: 'PHONE_CODE_INVALID',
        kind: 'user_action',
      },
    });
    expect((await stack.api.status('wrong-code')).body.state).toBe('code_sent');
    expect((await stack.api.verify('wrong-code', { phone_code: '22222' })).status).toBe(200);
  });

  test('expired 410 `PHONE_CODE_EXPIRED`; the login can be started again', async () => {
    const phone = '+9996621003';
    await stack.api.startSignIn('expired', phone);
    await stack.control.fault({ phone, method: 'auth.signIn', error: 'PHONE_CODE_EXPIRED' });
    expect(await stack.api.verify('expired', { phone_code: '22222' })).toMatchObject({
      status: 410,
      body: { code: 'PHONE_CODE_EXPIRED' },
    });
    expect(await stack.api.verify('expired', { phone_code: '22222' })).toMatchObject({
      status: 409,
      body: { code: 'AUTH_NOT_STARTED' },
    });
    await stack.signIn('expired', phone);
  });

  test('Two-factor on and no `password` sent: 200 password_required with the hint; wrong password 400 `PASSWORD_INVALID`; the next verify may carry the password alone', async () => {
    const phone = '+9996621004';
    await stack.control.createAccount({
      phone,
      first_name: 'Иван',
      password: 'пароль-hunter2',
      hint: 'first pet',
    });
    await stack.api.startSignIn('two-step', phone);
    expect(await stack.api.verify('two-step', { phone_code: '22222' })).toMatchObject({
      status: 200,
      body: { status: 'password_required', hint: 'first pet' },
    });
    expect((await stack.api.status('two-step')).body).toMatchObject({
      authorized: false,
      state: 'password_required',
      sign_in: { by: 'code', phone_number: phone, hint: 'first pet' },
    });
    expect(await stack.api.verify('two-step', { password: 'wrong' })).toMatchObject({
      status: 400,
      body: { code: 'PASSWORD_INVALID' },
    });
    expect(await stack.api.verify('two-step', { password: 'пароль-hunter2' })).toMatchObject({
      status: 200,
      body: { status: 'authorized', user: { first_name: 'Иван' } },
    });
  });

  test('`verify` with two-factor: code and password in one call', async () => {
    const phone = '+9996621005';
    await stack.control.createAccount({ phone, first_name: 'One', password: 'secret' });
    await stack.api.startSignIn('one-call', phone);
    expect(await stack.api.verify('one-call', { phone_code: '22222', password: 'secret' })).toMatchObject({
      status: 200,
      body: { status: 'authorized' },
    });
  });

  test('`PHONE_NUMBER_UNOCCUPIED` 404 (at verify)', async () => {
    const phone = '+79990000001';
    expect((await stack.api.startSignIn('nobody', phone)).status).toBe(200);
    const code = await stack.control.code(phone);
    expect(await stack.api.verify('nobody', { phone_code: code })).toMatchObject({
      status: 404,
      body: { code: 'PHONE_NUMBER_UNOCCUPIED' },
    });
  });

  test.each(['1', '3'])('an account whose home is data centre %s signs in there', async (dataCenter) => {
    await stack.signIn(`dc-${dataCenter}`, `+99966${dataCenter}1006`);
    expect((await stack.api.send(`dc-${dataCenter}`, 'me', 'here')).body).toMatchObject({
      status: 'ok',
      success: true,
    });
  });

  test('Already signed in: 409 `ALREADY_AUTHORIZED`, with `user`', async () => {
    await stack.signIn('already', '+9996621007');
    expect(await stack.api.startSignIn('already', '+9996621007')).toMatchObject({
      status: 409,
      body: { code: 'ALREADY_AUTHORIZED', user: { phone_number: '+9996621007' } },
    });
  });

  test('`auth/resend` → as start, by the next channel', async () => {
    const phone = '+9996621008';
    await stack.api.startSignIn('resend', phone);
    const resent = await stack.api.post('/telegram/user/auth/resend', { user_id: 'resend' });
    expect(resent).toMatchObject({ status: 200, body: { status: 'code_sent', delivery: 'sms' } });
    expect((await stack.api.verify('resend', { phone_code: '22222' })).status).toBe(200);
  });

  test('`auth/cancel` ends the login; with none under way 409 `AUTH_NOT_STARTED`', async () => {
    await stack.api.startSignIn('cancel', '+9996621009');
    expect((await stack.api.post('/telegram/user/auth/cancel', { user_id: 'cancel' })).status).toBe(200);
    expect((await stack.api.status('cancel')).body.state).toBe('none');
    for (const path of ['resend', 'verify']) {
      const body = { user_id: 'cancel', ...(path === 'verify' && { phone_code: '22222' }) };
      expect(await stack.api.post(`/telegram/user/auth/${path}`, body)).toMatchObject({
        status: 409,
        body: { code: 'AUTH_NOT_STARTED' },
      });
    }
  });

  test('`FLOOD_WAIT` 429, with `retry_after` and the `Retry-After` header', async () => {
    const phone = '+9996621010';
    await stack.control.fault({ method: 'auth.sendCode', error: 'FLOOD_WAIT_77' });
    const refused = await stack.api.startSignIn('flooded', phone);
    expect(refused).toMatchObject({
      status: 429,
      body: { code: 'FLOOD_WAIT', retry_after: 77, rpc_error: 'FLOOD_WAIT_77' },
    });
    expect(refused.headers.get('retry-after')).toBe('77');
  });

  test.each(['../x', 'a/b', '', '.', '..', 'a'.repeat(65), 'a\0b', 'ü', 7])(
    '`user_id`: 1–64 of `A-Z a-z 0-9 _ . @ + -`, not `.` or `..`: %j is a 400 that names it',
    async (userId) => {
      expect(
        await stack.api.post('/telegram/user/auth/start', {
          user_id: userId,
          phone_number: '+9996621011',
        }),
      ).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION', issues: [{ path: 'user_id' }] },
      });
    },
  );

  test('`start` returns only documented fields; `api_id` and `api_hash` of older clients are ignored', async () => {
    const started = await stack.api.post('/telegram/user/auth/start', {
      user_id: 'exact',
      phone_number: '+999 66-2 (10) 12',
      api_id: 5,
      api_hash: 'x',
    });
    expect(started.body).toEqual({
      status: 'code_sent',
      phone_code_hash: expect.any(String),
      message: 'Code sent to Telegram',
      job_id: expect.any(String),
      delivery: 'app',
      next_delivery: 'sms',
      code_length: 5,
      timeout: expect.any(Number),
    });
    const verified = await stack.api.verify('exact', { phone_code: '22222' });
    expect(verified.body).toEqual({
      status: 'authorized',
      message: 'Successfully authorized',
      job_id: expect.any(String),
      user: {
        id: expect.any(Number),
        first_name: expect.any(String),
        last_name: expect.any(String),
        username: null,
        phone_number: '+9996621012',
      },
    });
    expect((await stack.api.status('exact')).body).toEqual({
      status: 'ok',
      authorized: true,
      user_info: verified.body.user,
      state: 'ready',
      flood_wait_until: null,
      pending: { waiting: 0, delayed: 0, active: 0 },
      pace: { mode: 'off' },
      replies_only: false,
      receiving: NOT_RECEIVING,
    });
  });

  test.each([
    ['PHONE_NUMBER_INVALID', 400, 'PHONE_NUMBER_INVALID'],
    ['PHONE_NUMBER_BANNED', 403, 'PHONE_NUMBER_BANNED'],
    ['API_ID_INVALID', 500, 'API_ID_INVALID'],
  ])("Telegram's refusal %s is %i `%s`", async (error, status, code) => {
    await stack.control.fault({ method: 'auth.sendCode', error });
    expect(await stack.api.startSignIn('refused', '+9996621013')).toMatchObject({
      status,
      body: { code, rpc_error: error },
    });
  });

  test.each(['123', '+1', 'phone', '+7999123456789012345', 79991234567])(
    '`phone_number` is E.164: %j is a 400 that names it',
    async (phone_number) => {
      expect(
        await stack.api.post('/telegram/user/auth/start', { user_id: 'phone', phone_number }),
      ).toMatchObject({ status: 400, body: { code: 'VALIDATION', issues: [{ path: 'phone_number' }] } });
    },
  );

  test('two ids that differ only in case never share an account', async () => {
    await stack.signIn('Case', '+9996621014');
    expect((await stack.api.status('case')).body).toMatchObject({ authorized: false, state: 'none' });
    expect(await stack.api.send('case', 'me', 'x')).toMatchObject({ status: 401 });
  });

  test('Never seen: 200, `authorized:false`, `user_info:null`, `state:"none"`', async () => {
    const { status, body } = await stack.api.status('never-seen');
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'ok',
      authorized: false,
      user_info: null,
      state: 'none',
      flood_wait_until: null,
      pending: { waiting: 0, delayed: 0, active: 0 },
      replies_only: false,
      receiving: NOT_RECEIVING,
    });
  });

  test('`disconnect` → {"status":"ok","message":"Disconnected","job_id":…}; idempotent; `"logout":false` only closes the connection', async () => {
    const disconnect = (more = {}) =>
      stack.api.post('/telegram/user/disconnect', { user_id: 'leaving', ...more });
    await stack.signIn('leaving', '+9996621015');
    const done = { status: 'ok', message: 'Disconnected', job_id: expect.any(String) };
    expect((await disconnect({ logout: false })).body).toEqual(done);
    expect((await stack.api.send('leaving', 'me', 'still here')).status).toBe(200);
    expect((await disconnect()).body).toEqual(done);
    expect((await disconnect()).body).toEqual(done);
    expect((await stack.api.status('leaving')).body).toMatchObject({ authorized: false, state: 'none' });
  });

  test('Codes and tries are limited per phone number over all user_ids: 429 `RATE_LIMITED`', async () => {
    const written = ['+9996621017', '+999 66 21017', '+999-66-2-1017', '(+999) 6621017'];
    const start = (at: number) => stack.api.startSignIn(`many-${at}`, written[at % 4] ?? '');
    const statuses: number[] = [];
    for (let at = 0; at < 29; at += 1) statuses.push((await start(at)).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    // A code by the next channel counts too.
    expect((await stack.api.post('/telegram/user/auth/resend', { user_id: 'many-0' })).status).not.toBe(429);
    const refused = [
      await start(30),
      await stack.api.post('/telegram/user/auth/resend', { user_id: 'many-1' }),
    ];
    for (const { status, headers, body } of refused) {
      expect([status, body.code]).toEqual([429, 'RATE_LIMITED']);
      expect(Number(headers.get('retry-after'))).toBe(body.retry_after);
      expect(body.retry_after).toBeGreaterThan(0);
    }
    expect((await stack.api.startSignIn('many-30', '+9996621018')).status).toBe(200);
    const tries = await Promise.all(
      Array.from({ length: 31 }, (_, at) => stack.api.verify(`many-${at % 29}`, { phone_code: '00000' })),
    );
    expect(tries.filter(({ body }) => body.code === 'RATE_LIMITED')).toHaveLength(1);
    const redis = new Redis(stack.redis.url);
    expect((await redis.keys('*')).join()).not.toMatch(/99966\D*21017/);
    redis.disconnect();
  }, 60_000);

  test('Tries are limited per account: 429 `RATE_LIMITED`', async () => {
    await stack.api.startSignIn('forced', '+9996621016');
    await expect
      .poll(async () => (await stack.api.verify('forced', { phone_code: '00000' })).status, {
        interval: 0,
        timeout: 25_000,
      })
      .toBe(429);
    const refused = await stack.api.verify('forced', { phone_code: '22222' });
    expect(refused).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED', kind: 'retryable' } });
    expect(Number(refused.headers.get('retry-after'))).toBe(refused.body.retry_after);
  });
});
