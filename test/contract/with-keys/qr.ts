import { beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { ApiAnswer } from '../../env/api-client.ts';
import { OpenStream } from '../../env/event-source.ts';
import { otherClient } from '../../env/other-client.ts';
import type { Stack } from '../../env/stack.ts';
import type { AliceAndBob } from '../../env/use-stack.ts';

const WITHIN = { timeout: 15_000, interval: 50 };

/** Sign-in by QR code. */
export const qr = (product: () => AliceAndBob) => {
  let stack: Stack;
  beforeAll(() => {
    ({ stack } = product());
  });
  beforeEach(() => stack.control.setLoginTokenLifetime(30));

  const begin = (user_id: string): Promise<ApiAnswer> =>
    stack.api.post('/telegram/user/auth/qr', { user_id });
  const cancel = (user_id: string) => stack.api.post('/telegram/user/auth/cancel', { user_id });
  const stateOf = async (userId: string): Promise<string> => (await stack.api.status(userId)).body.state;

  async function watch(userId: string): Promise<OpenStream> {
    const url = `${stack.api.url}/telegram/user/auth/qr/${userId}`;
    const stream = await OpenStream.open(url, stack.api.headers);
    onTestFinished(() => stream.close());
    return stream;
  }

  test('`auth/qr` → {"status":"qr","url":"tg://login?token=…","expires_at":"…","job_id":"…"}; a scan signs in with no further call', async () => {
    const phone = '+9996621101';
    await stack.control.createAccount({ phone, first_name: 'Plain' });
    const begun = await begin('plain');
    expect(begun).toMatchObject({ status: 200 });
    expect(begun.body).toEqual({
      status: 'qr',
      url: expect.stringMatching(/^tg:\/\/login\?token=[A-Za-z0-9_-]+$/),
      expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
      job_id: expect.any(String),
    });
    expect(Date.parse(begun.body.expires_at)).toBeGreaterThan(Date.now());
    expect((await stack.api.status('plain')).body).toMatchObject({
      authorized: false,
      state: 'qr_pending',
      sign_in: { by: 'qr', hint: null },
    });
    expect((await begin('plain')).body.url).toBe(begun.body.url);

    await stack.control.scan(begun.body.url, phone);
    await expect.poll(() => stateOf('plain'), WITHIN).toBe('ready');
    expect((await stack.api.status('plain', '?live=true')).body).toMatchObject({
      authorized: true,
      user_info: { first_name: 'Plain', phone_number: phone },
    });
    expect((await stack.api.send('plain', 'me', 'signed in by QR')).body).toMatchObject({ success: true });
  });

  test('the stream sends the code at once, and `authorized` after a scan; a stream opened later sends that at once', async () => {
    const phone = '+9996621102';
    const owner = await otherClient(stack, phone);
    const begun = await begin('streamed');
    const stream = await watch('streamed');
    await expect.poll(() => stream.events.length, WITHIN).toBe(1);
    expect(stream.events[0]).toMatchObject({
      event: 'qr',
      data: { status: 'qr', url: begun.body.url, expires_at: begun.body.expires_at },
    });
    const token = Buffer.from(begun.body.url.split('token=')[1], 'base64url');
    await owner.client.call({ _: 'auth.acceptLoginToken', token });
    const events = await stream.ended;
    expect(events.slice(1)).toEqual([
      {
        event: 'authorized',
        id: undefined,
        data: { status: 'authorized', user: expect.objectContaining({ id: owner.id, phone_number: phone }) },
      },
    ]);
    expect(await (await watch('streamed')).ended).toEqual(events.slice(1));
  });

  test.each([
    ['two-factor', '+9996621103'],
    ['two-factor-elsewhere', '+9996611103'],
  ])(
    '%s: `password_required` with the hint, then `verify` with the password alone',
    async (userId, phone) => {
      await stack.control.createAccount({ phone, first_name: 'Анна', password: 'секрет', hint: 'какой?' });
      const begun = await begin(userId);
      const stream = await watch(userId);
      await stack.control.scan(begun.body.url, phone);
      expect((await stream.ended).at(-1)).toMatchObject({
        event: 'password_required',
        data: { status: 'password_required', hint: 'какой?' },
      });
      expect((await stack.api.status(userId)).body).toMatchObject({
        authorized: false,
        state: 'password_required',
      });
      expect((await begin(userId)).body).toMatchObject({ status: 'password_required', hint: 'какой?' });
      expect(await stack.api.verify(userId, { password: 'wrong' })).toMatchObject({
        status: 400,
        body: { code: 'PASSWORD_INVALID', hint: 'какой?' },
      });
      expect(await stack.api.verify(userId, { password: 'секрет' })).toMatchObject({
        status: 200,
        body: { status: 'authorized', user: { phone_number: phone } },
      });
    },
  );

  test.each(['1', '3'])('an account whose home is data centre %s is signed in there', async (dc) => {
    const phone = `+99966${dc}1104`;
    await stack.control.createAccount({ phone, first_name: 'Far' });
    const { body } = await begin(`far-${dc}`);
    await stack.control.scan(body.url, phone);
    await expect.poll(() => stateOf(`far-${dc}`), WITHIN).toBe('ready');
    expect((await stack.api.send(`far-${dc}`, 'me', 'here')).body).toMatchObject({ success: true });
  });

  test('the stream sends each new code before the previous one expires', async () => {
    const phone = '+9996621105';
    await stack.control.createAccount({ phone, first_name: 'Slow' });
    await stack.control.setLoginTokenLifetime(6);
    await begin('renewed');
    const stream = await watch('renewed');
    await expect.poll(() => stream.events.length, WITHIN).toBeGreaterThanOrEqual(3);
    const shown = stream.events.map(({ data }) => data);
    expect(new Set(shown.map(({ url }) => url)).size).toBe(shown.length);
    await stack.control.setLoginTokenLifetime(30);
    const count = stream.events.length;
    await expect.poll(() => stream.events.length, WITHIN).toBeGreaterThan(count);
    await stack.control.scan(stream.events.at(-1)?.data.url, phone);
    expect((await stream.ended).at(-1)).toMatchObject({ event: 'authorized' });
  });

  test('an expired code is renewed at the next request', async () => {
    await stack.control.setLoginTokenLifetime(1);
    const first = (await begin('expired')).body.url;
    await stack.control.setLoginTokenLifetime(30);
    const second = (await begin('expired')).body;
    expect(second.status).toBe('qr');
    expect(second.url).not.toBe(first);
    expect((await begin('expired')).body.url).toBe(second.url);
  });

  test('survives a restart of the worker between the code and its scan: the stream continues and sends the outcome', async () => {
    const phone = '+9996621106';
    await stack.control.createAccount({ phone, first_name: 'Patient' });
    await stack.control.setLoginTokenLifetime(15);
    const { body } = await begin('restarted');
    const stream = await watch('restarted');
    await stack.worker.end('SIGKILL');
    await stack.control.scan(body.url, phone);
    // Asked before the start: the new worker may finish the sign-in at once.
    expect(await stateOf('restarted')).toBe('qr_pending');
    await stack.startWorker();
    expect((await stream.ended).at(-1)).toMatchObject({
      event: 'authorized',
      data: { user: { phone_number: phone } },
    });
  }, 60_000);

  test('`cancel` ends it: the stream sends `error` AUTH_NOT_STARTED, and the code is invalid', async () => {
    const phone = '+9996621107';
    await stack.control.createAccount({ phone, first_name: 'Late' });
    const { body } = await begin('cancelled');
    const stream = await watch('cancelled');
    expect((await cancel('cancelled')).status).toBe(200);
    expect((await stream.ended).at(-1)).toMatchObject({
      event: 'error',
      data: { status: 'error', code: 'AUTH_NOT_STARTED', request_id: expect.any(String) },
    });
    expect(await stateOf('cancelled')).toBe('none');
    await stack.control.scan(body.url, phone);
    expect((await begin('cancelled')).body).toMatchObject({ status: 'qr' });
  });

  test('the stream starts no sign-in: without one 409 `AUTH_NOT_STARTED`', async () => {
    expect(await stack.api.get('/telegram/user/auth/qr/nobody')).toMatchObject({
      status: 409,
      body: { code: 'AUTH_NOT_STARTED' },
    });
    await stack.api.startSignIn('by-code', '+9996621108');
    expect(await stack.api.get('/telegram/user/auth/qr/by-code')).toMatchObject({
      status: 409,
      body: { code: 'AUTH_NOT_STARTED' },
    });
    expect(await stack.api.get('/telegram/user/auth/qr/a%2Fb')).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION', issues: [{ path: 'user_id' }] },
    });
  });

  test('a sign-in by QR replaces one by code, and the reverse', async () => {
    const phone = '+9996621109';
    await stack.api.startSignIn('both', phone);
    expect((await begin('both')).body).toMatchObject({ status: 'qr' });
    expect(await stack.api.verify('both', { phone_code: '22222' })).toMatchObject({
      status: 409,
      body: { code: 'AUTH_NOT_STARTED' },
    });
    const stream = await watch('both');
    expect((await stack.api.startSignIn('both', phone)).status).toBe(200);
    expect((await stream.ended).at(-1)).toMatchObject({ event: 'error', data: { code: 'AUTH_NOT_STARTED' } });
    expect((await stack.api.verify('both', { phone_code: '22222' })).body).toMatchObject({
      status: 'authorized',
    });
  });

  test('Already signed in: 409 `ALREADY_AUTHORIZED`, with `user`', async () => {
    await stack.signIn('already', '+9996621110');
    expect(await begin('already')).toMatchObject({
      status: 409,
      body: { code: 'ALREADY_AUTHORIZED', user: { phone_number: '+9996621110' } },
    });
  });

  test('a key that may not use the account gets 403 `FORBIDDEN`, for the code and for the stream', async () => {
    const scoped = { Authorization: 'Bearer of-ben' };
    const refused = { status: 403, body: { code: 'FORBIDDEN' } };
    const body = { user_id: 'alice' };
    expect(await stack.api.post('/telegram/user/auth/qr', body, scoped)).toMatchObject(refused);
    expect(await stack.api.get('/telegram/user/auth/qr/alice', scoped)).toMatchObject(refused);
    expect(await stack.api.post('/telegram/user/auth/qr', { user_id: 'ben' }, scoped)).toMatchObject({
      status: 200,
    });
  });
};
