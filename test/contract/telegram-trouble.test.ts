import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SandboxControl } from '../env/sandbox-control.ts';
import { Stack } from '../env/stack.ts';

type Fault = Parameters<SandboxControl['fault']>[0];

/** A phone whose home is data centre 1, for which a worker may have no address. */
const HOME_1 = '+9996611501';
const BOB = '+9996621502';

let stack: Stack;
let bob: number;
beforeAll(async () => {
  stack = await Stack.start();
  await stack.signIn('alice', HOME_1);
  bob = await stack.signIn('bob', BOB);
});
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

async function sentSoon(userId: string, text: string) {
  return stack.api.send(userId, BOB, text, { Prefer: 'wait=30' });
}

describe('Telegram fails on an open connection: the message is sent exactly once, and the account stays ready', () => {
  const CUT = { method: 'messages.sendMessage', transport: -404 };

  // The cases run concurrently, each with its own account, because each waits for connections.
  test.concurrent.each<[title: string, phone: string, faults: Fault[]]>([
    ['by -404', '+9996611511', [CUT]],
    ['by -404 after the call took effect', '+9996611512', [{ ...CUT, drop: 'after' }]],
    ['by -404 three times', '+9996611513', [{ ...CUT, times: 3 }]],
    ['by -429', '+9996611514', [{ ...CUT, transport: -429 }]],
    [
      'by -404, and the two connections after it, too',
      '+9996611515',
      [CUT, { ...CUT, method: 'help.getConfig', times: 2 }],
    ],
    [
      'by a refusal that says that the session has ended, of one that has not',
      '+9996611516',
      [{ method: CUT.method, error: 'AUTH_KEY_UNREGISTERED', slip: true }],
    ],
  ])('%s', async (_title, phone, faults) => {
    const userId = `sender${phone}`;
    const sender = await stack.signIn(userId, phone);
    expect((await sentSoon(userId, 'before')).status).toBe(200);
    for (const fault of faults) await stack.control.fault({ user_id: sender, ...fault });
    expect(await sentSoon(userId, 'under way')).toMatchObject({ status: 200, body: { success: true } });
    const received = await stack.control.messages({ from: sender, to: bob });
    expect(received.map(({ text }) => text)).toEqual(['before', 'under way']);
    expect((await stack.api.status(userId)).body).toMatchObject({ authorized: true, state: 'ready' });
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
    // The next start is not affected.
    await stack.control.clearFaults();
    expect((await stack.api.startSignIn(`refused-${error.toLowerCase().slice(0, 40)}`, phone)).status).toBe(
      200,
    );
  });
});

describe('an account whose codes come by e-mail', () => {
  test('signs in by such a code, after a wrong code and a restart of everything', async () => {
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

  test('signs in by SMS if the code was resent that way', async () => {
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
  const missing = 'TELEGRAM_DC does not list data centre 1: add it.';
  let heldJob = '';

  async function restartWorker(settings: Record<string, string>): Promise<void> {
    await stack.worker.end();
    stack.worker = stack.spawnWorker(settings);
    await stack.worker.ready;
  }

  test('names the missing data centre in the job, the status, the answer and the log', async () => {
    const { dataCenters } = await stack.telegram();
    const main = dataCenters.find(({ id }) => id === 2);
    await restartWorker({ TELEGRAM_DC: `2:${main?.host}:${main?.port}` });
    // Before any call to Telegram.
    await expect
      .poll(async () => (await stack.api.status('alice')).body)
      .toMatchObject({
        authorized: true,
        state: 'ready',
        reason: 'TELEGRAM_MISCONFIGURED',
        next_action: `Operator: ${missing}`,
      });
    expect((await stack.api.status('bob')).body).not.toHaveProperty('reason');
    expect(await stack.api.status('alice', '?live=true')).toMatchObject({
      status: 500,
      body: { code: 'TELEGRAM_MISCONFIGURED', kind: 'user_action', message: missing },
    });
    const held = await stack.api.send('alice', BOB, 'waits for its data centre', { Prefer: 'wait=10' });
    expect(held).toMatchObject({
      status: 202,
      body: { state: 'delayed', reason: 'TELEGRAM_MISCONFIGURED' },
    });
    heldJob = held.body.job_id;
    await expect
      .poll(async () => (await stack.api.status('alice')).body)
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
    // Accounts of other data centres continue.
    expect((await stack.api.send('bob', 'me', 'at home')).status).toBe(200);
    expect(stack.worker.output).toContain(missing);
  });

  test('sends held messages once it knows the data centre, and reports a server that it does not trust', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const file = join(stack.dataDir, 'another-key.pem');
    await writeFile(file, publicKey.export({ type: 'spki', format: 'pem' }));
    await restartWorker({ TELEGRAM_DC_KEY: file });
    expect(await stack.api.startSignIn('untrusting', '+9996621504')).toMatchObject({
      status: 500,
      body: {
        code: 'TELEGRAM_MISCONFIGURED',
        kind: 'user_action',
        message: expect.stringMatching(/signs with an unknown key: .*TELEGRAM_DC_KEY/),
      },
    });
    expect(stack.worker.output).toContain('signs with an unknown key');
    // An account with an auth key does not need the server key.
    await expect.poll(async () => (await stack.api.get(`/jobs/${heldJob}`)).body.state).toBe('completed');
    expect((await stack.api.send('bob', 'me', 'known')).status).toBe(200);
    expect((await stack.api.status('alice')).body).not.toHaveProperty('reason');
  });
});
