import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

/** How the account is at home in data centre 1, for which a worker may have no address. */
const HOME_1 = '+9996611501';
const BOB = '+9996621502';

let stack: Stack;
let alice: number;
let bob: number;
beforeAll(async () => {
  stack = await Stack.start();
  alice = await stack.signIn('alice', HOME_1);
  bob = await stack.signIn('bob', BOB);
});
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

async function received(): Promise<string[]> {
  return (await stack.control.messages({ from: alice, to: bob })).map(({ text }) => text);
}

async function sentSoon(text: string) {
  return stack.api.send('alice', BOB, text, { Prefer: 'wait=30' });
}

describe('Telegram breaks off with a transport error on an open connection', () => {
  test.each([
    [{ transport: -404 }],
    [{ transport: -404, drop: 'after' as const }],
    [{ transport: -404, times: 3 }],
    [{ transport: -429 }],
  ])('%j: the message goes out exactly once, and the account stays ready', async (fault) => {
    const text = `under way ${JSON.stringify(fault)}`;
    expect((await sentSoon(`before ${text}`)).status).toBe(200);
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', ...fault });
    expect(await sentSoon(text)).toMatchObject({ status: 200, body: { success: true } });
    expect((await received()).slice(-2)).toEqual([`before ${text}`, text]);
    expect((await stack.api.status('alice')).body).toMatchObject({ authorized: true, state: 'ready' });
  });

  test('-404 on the call in flight and on the two connections after it is no end either', async () => {
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', transport: -404 });
    await stack.control.fault({ method: 'help.getConfig', transport: -404, times: 2 });
    expect((await sentSoon('three in a row')).status).toBe(200);
    expect((await received()).filter((text) => text === 'three in a row')).toHaveLength(1);
    expect((await stack.api.status('alice')).body).toMatchObject({ state: 'ready' });
  });

  test('a refusal that says that the session has ended, of one that has not', async () => {
    const fault = { user_id: alice, method: 'messages.sendMessage', error: 'AUTH_KEY_UNREGISTERED' };
    await stack.control.fault({ ...fault, slip: true });
    expect((await sentSoon('a slip')).status).toBe(200);
    expect((await stack.api.status('alice')).body).toMatchObject({ state: 'ready' });
  });
});

describe('a sign-in that Telegram refuses', () => {
  test.each([
    ['UPDATE_APP_TO_LOGIN', 'UPDATE_APP_TO_LOGIN', 500, 'user_action'],
    ['RECAPTCHA_CHECK_SIGNIN__KEY', 'UPDATE_APP_TO_LOGIN', 500, 'user_action'],
    ['API_ID_PUBLISHED_FLOOD', 'API_ID_INVALID', 500, 'user_action'],
    ['EMAIL_UNCONFIRMED_6', 'EMAIL_SETUP_REQUIRED', 409, 'user_action'],
    ['SMS_CODE_CREATE_FAILED', 'TELEGRAM_UNAVAILABLE', 503, 'retryable'],
    ['PHONE_NUMBER_APP_SIGNUP_FORBIDDEN', 'PHONE_NUMBER_UNOCCUPIED', 404, 'user_action'],
    ['PHONE_MIGRATE_4', 'TELEGRAM_MISCONFIGURED', 500, 'user_action'],
    ['PHONE_MIGRATE_99', 'TELEGRAM_MISCONFIGURED', 500, 'user_action'],
    ['PHONE_MIGRATE_99999999999999999999', 'TELEGRAM_MISCONFIGURED', 500, 'user_action'],
    ['SOMETHING_NEW_FORBIDDEN', 'TELEGRAM_ERROR', 502, 'permanent'],
  ])('by %s gets %s', async (error, code, status, kind) => {
    const phone = '+9996621600';
    await stack.control.fault({ phone, method: 'auth.sendCode', error });
    const answer = await stack.api.startSignIn(`refused-${error.toLowerCase().slice(0, 40)}`, phone);
    expect(answer).toMatchObject({ status, body: { status: 'error', code, kind } });
    if (code === 'TELEGRAM_MISCONFIGURED') expect(answer.body.message).toContain('TELEGRAM_DC does not list');
    // The next start finds everything as it was.
    await stack.control.clearFaults();
    expect((await stack.api.startSignIn(`refused-${error.toLowerCase().slice(0, 40)}`, phone)).status).toBe(
      200,
    );
  });
});

describe('an account whose codes come by e-mail', () => {
  test('signs in by it, after a wrong code and a restart of everything', async () => {
    const phone = '+79990001701';
    await stack.control.createAccount({ phone, first_name: 'Ева', email: 'eva@example.org' });
    expect(await stack.api.startSignIn('by-email', phone)).toMatchObject({
      status: 200,
      body: {
        message: 'Code sent by e-mail to e*a@example.org',
        delivery: 'email',
        delivery_detail: 'e*a@example.org',
        next_delivery: 'sms',
      },
    });
    expect(await stack.control.delivery(phone)).toBe('email');
    expect(await stack.api.verify('by-email', { phone_code: '00000' })).toMatchObject({
      status: 400,
      body: { code: 'PHONE_CODE_INVALID' },
    });
    await stack.worker.end();
    await stack.startWorker();
    const code = await stack.control.code(phone);
    expect(await stack.api.verify('by-email', { phone_code: code })).toMatchObject({
      status: 200,
      body: { status: 'authorized', user: { first_name: 'Ева' } },
    });
  });

  test('signs in by SMS where the code was sent again so', async () => {
    const phone = '+79990001702';
    await stack.control.createAccount({ phone, first_name: 'Ева', email: 'e@example.org' });
    await stack.api.startSignIn('from-email-to-sms', phone);
    expect(
      await stack.api.post('/telegram/user/auth/resend', { user_id: 'from-email-to-sms' }),
    ).toMatchObject({
      status: 200,
      body: { message: 'Code sent by SMS', delivery: 'sms', next_delivery: 'call' },
    });
    const code = await stack.control.code(phone);
    expect((await stack.api.verify('from-email-to-sms', { phone_code: code })).status).toBe(200);
  });
});

describe('a worker with settings by which Telegram cannot be reached', () => {
  async function withSettings(settings: Record<string, string>, run: () => Promise<void>): Promise<string> {
    await stack.worker.end();
    stack.worker = stack.spawnWorker(settings);
    await stack.worker.ready;
    await run();
    const { output } = stack.worker;
    await stack.worker.end();
    await stack.startWorker();
    return output;
  }

  test('says which data centre is missing: in the job, the status, the answer and the log', async () => {
    const { dataCenters } = await stack.telegram();
    const main = dataCenters.find(({ id }) => id === 2);
    const missing = 'TELEGRAM_DC does not list data centre 1: add it.';
    let jobId = '';
    const log = await withSettings({ TELEGRAM_DC: `2:${main?.host}:${main?.port}` }, async () => {
      expect(await stack.api.status('alice', '?live=true')).toMatchObject({
        status: 500,
        body: { code: 'TELEGRAM_MISCONFIGURED', kind: 'user_action', message: missing },
      });
      const held = await stack.api.send('alice', BOB, 'waits for its data centre', { Prefer: 'wait=10' });
      expect(held).toMatchObject({
        status: 202,
        body: { state: 'delayed', reason: 'TELEGRAM_MISCONFIGURED' },
      });
      jobId = held.body.job_id;
      await expect
        .poll(async () => (await stack.api.status('alice')).body, { timeout: 10_000 })
        .toMatchObject({
          authorized: true,
          state: 'ready',
          held: { reason: 'TELEGRAM_MISCONFIGURED', message: missing },
          next_action: expect.stringContaining('TELEGRAM_DC'),
        });
      expect(await stack.api.startSignIn('elsewhere', '+9996611503')).toMatchObject({
        status: 500,
        body: { code: 'TELEGRAM_MISCONFIGURED', message: missing },
      });
      // Those of other data centres go on.
      expect((await stack.api.send('bob', 'me', 'at home')).status).toBe(200);
    });
    expect(log).toContain(missing);
    await expect
      .poll(async () => (await stack.api.get(`/jobs/${jobId}`)).body.state, { timeout: 30_000 })
      .toBe('completed');
  });

  test('says that it does not trust the server', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const file = join(stack.dataDir, 'another-key.pem');
    await writeFile(file, publicKey.export({ type: 'spki', format: 'pem' }));
    const log = await withSettings({ TELEGRAM_DC_KEY: file }, async () => {
      expect(await stack.api.startSignIn('untrusting', '+9996621504')).toMatchObject({
        status: 500,
        body: {
          code: 'TELEGRAM_MISCONFIGURED',
          kind: 'user_action',
          message: expect.stringMatching(/signs with an unknown key: .*TELEGRAM_DC_KEY/),
        },
      });
      // Who has a key already goes by it.
      expect((await stack.api.send('bob', 'me', 'known')).status).toBe(200);
    });
    expect(log).toContain('signs with an unknown key');
  });
});
