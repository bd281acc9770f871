import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

describe('signing in', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start();
  });
  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
  });

  test('by code: start, verify, status', async () => {
    const phone = '+9996621001';
    const started = await stack.api.startSignIn('by-code', phone);
    expect(started).toMatchObject({
      status: 200,
      body: { status: 'code_sent', message: 'Code sent to Telegram', delivery: 'app', code_length: 5 },
    });
    expect(started.body.phone_code_hash).toMatch(/.+/);
    expect(started.body.job_id).toMatch(/.+/);
    expect((await stack.api.status('by-code')).body).toMatchObject({ authorized: false, state: 'code_sent' });

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
    expect((await stack.api.status('by-code', '?live=true')).body).toMatchObject({
      authorized: true,
      state: 'ready',
    });
  });

  test('a wrong code leaves the login as it is: the right one works, and no new code is sent', async () => {
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

  test('an expired code ends the login, which can be started again', async () => {
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

  test('two-factor: code first, hint shown, wrong password, then the password alone', async () => {
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

  test('two-factor with code and password in one call', async () => {
    const phone = '+9996621005';
    await stack.control.createAccount({ phone, first_name: 'One', password: 'secret' });
    await stack.api.startSignIn('one-call', phone);
    expect(await stack.api.verify('one-call', { phone_code: '22222', password: 'secret' })).toMatchObject({
      status: 200,
      body: { status: 'authorized' },
    });
  });

  test('a number that nobody has is told at verify', async () => {
    const phone = '+79990000001';
    expect((await stack.api.startSignIn('nobody', phone)).status).toBe(200);
    const code = await stack.control.code(phone);
    expect(await stack.api.verify('nobody', { phone_code: code })).toMatchObject({
      status: 404,
      body: { code: 'PHONE_NUMBER_UNOCCUPIED' },
    });
  });

  test.each(['1', '3'])('an account at home in data centre %s is found there', async (dataCenter) => {
    await stack.signIn(`dc-${dataCenter}`, `+99966${dataCenter}1006`);
    expect((await stack.api.send(`dc-${dataCenter}`, 'me', 'here')).body).toMatchObject({
      status: 'ok',
      success: true,
    });
  });

  test('an account that is signed in already is told so, with its user', async () => {
    await stack.signIn('already', '+9996621007');
    expect(await stack.api.startSignIn('already', '+9996621007')).toMatchObject({
      status: 409,
      body: { code: 'ALREADY_AUTHORIZED', user: { phone_number: '+9996621007' } },
    });
  });

  test('resend sends the code by the next way, and it works', async () => {
    const phone = '+9996621008';
    await stack.api.startSignIn('resend', phone);
    const resent = await stack.api.post('/telegram/user/auth/resend', { user_id: 'resend' });
    expect(resent).toMatchObject({ status: 200, body: { status: 'code_sent', delivery: 'sms' } });
    expect((await stack.api.verify('resend', { phone_code: '22222' })).status).toBe(200);
  });

  test('cancel ends the login; what needs one says so', async () => {
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

  test("Telegram's own flood wait is a 429 that says how long", async () => {
    const phone = '+9996621010';
    await stack.control.fault({ method: 'auth.sendCode', error: 'FLOOD_WAIT_77' });
    const refused = await stack.api.startSignIn('flooded', phone);
    expect(refused).toMatchObject({
      status: 429,
      body: { code: 'FLOOD_WAIT', retry_after: 77, rpc_error: 'FLOOD_WAIT_77' },
    });
    expect(refused.headers.get('retry-after')).toBe('77');
  });

  test.each(['../x', 'a/b', '', 'a'.repeat(10_000), 'a\0b'])(
    'user_id %j is refused and names the field',
    async (userId) => {
      expect(await stack.api.startSignIn(userId, '+9996621011')).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION', issues: [{ path: 'user_id' }] },
      });
    },
  );
});
