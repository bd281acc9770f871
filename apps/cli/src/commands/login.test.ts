import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeGateway, refusal, type HeardCall } from '../testing/fake-gateway.ts';
import { runCli } from '../testing/run-cli.ts';

const START = 'POST /telegram/user/auth/start';
const RESEND = 'POST /telegram/user/auth/resend';
const VERIFY = 'POST /telegram/user/auth/verify';
const SENT = {
  status: 'code_sent',
  job_id: 'j',
  delivery: 'app',
  next_delivery: 'sms',
  code_length: 5,
  timeout: 60,
};
const USER = {
  id: 7,
  first_name: 'Alice',
  last_name: null,
  username: 'alice_l',
  phone_number: '+79991234567',
};
const CODE = '54321';
const PASSWORD = 'correct horse';

/** A gateway that accepts the right code and, with two-factor authentication, the password. */
function acceptSignIn({ twoFactor }: { twoFactor: boolean }) {
  const sent = () => ({ body: SENT });
  const verify = ({ body: { phone_code, password } }: HeardCall) => {
    if (phone_code !== undefined && phone_code !== CODE) return refusal(400, 'PHONE_CODE_INVALID');
    if (twoFactor && password === undefined)
      return { body: { status: 'password_required', message: 'm', hint: 'the usual', job_id: 'j' } };
    if (twoFactor && password !== PASSWORD) return refusal(400, 'PASSWORD_INVALID');
    return { body: { status: 'authorized', message: 'm', job_id: 'j', user: USER } };
  };
  gateway.answers({ [START]: sent, [RESEND]: sent, [VERIFY]: verify });
}

let gateway: FakeGateway;
beforeAll(async () => {
  gateway = await FakeGateway.start();
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
});

const login = (args: string[], world: { answers?: string[]; stdin?: string } = {}) =>
  runCli(['login', ...args], { url: gateway.url, ...world });

describe('login at a terminal', () => {
  test('asks for missing values, and says how the code is delivered', async () => {
    acceptSignIn({ twoFactor: false });
    const run = await login([], { answers: ['alice', '+79991234567', CODE] });
    expect(run).toMatchObject({ code: 0, stdout: '✓ alice is signed in as Alice @alice_l (7)\n' });
    expect(run.stderr).toContain('in the Telegram app (5 characters). Next by SMS after 60 s.');
    expect(gateway.heard.map(({ body }) => body)).toEqual([
      { user_id: 'alice', phone_number: '+79991234567' },
      { user_id: 'alice', phone_code: CODE },
    ]);
  });

  test('asks again for a wrong code, sends it again for empty input, and asks for the password with its hint', async () => {
    acceptSignIn({ twoFactor: true });
    const answers = ['00000', '', CODE, 'wrong', '', PASSWORD];
    const run = await login(['alice', '--phone', '+79991234567'], { answers });
    expect(run.code).toBe(0);
    expect(gateway.calls).toEqual([START, VERIFY, RESEND, VERIFY, VERIFY, VERIFY]);
    expect(run.questions.at(-1)).toBe('Two-factor password (hint: the usual)');
    const shown = run.stdout + run.stderr + run.questions.join();
    for (const secret of [CODE, PASSWORD, '00000', 'wrong']) expect(shown).not.toContain(secret);
  });
});

describe('login without a terminal', () => {
  test('goes step by step', async () => {
    acceptSignIn({ twoFactor: true });
    const first = await login(['alice', '--phone', '+79991234567', '--json']);
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toEqual(SENT);
    const second = await login(['alice', '--code', CODE]);
    expect(second.code).toBe(1);
    expect(second.stdout).toContain('login alice --password-stdin');
    const third = await login(['alice', '--password-stdin'], { stdin: `${PASSWORD}\n` });
    expect(third).toMatchObject({ code: 0, stdout: expect.stringContaining('is signed in') });
    expect(gateway.calls).toEqual([START, VERIFY, VERIFY]);
  });

  test('does everything at once if the options allow it', async () => {
    acceptSignIn({ twoFactor: true });
    const run = await login(['alice', '--phone', '+79991234567', '--code', CODE, '--password-stdin'], {
      stdin: PASSWORD,
    });
    expect(run.code).toBe(0);
    expect(gateway.heard.at(-1)?.body).toEqual({ user_id: 'alice', phone_code: CODE, password: PASSWORD });
  });

  test('a wrong code ends it without another attempt', async () => {
    acceptSignIn({ twoFactor: false });
    const run = await login(['alice', '--code', '11111']);
    expect(run).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('PHONE_CODE_INVALID') });
    expect(gateway.calls).toEqual([VERIFY]);
  });

  test('without a phone number it is bad usage', async () => {
    expect(await login(['alice'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--phone') });
    expect(await login([])).toMatchObject({ code: 2, stderr: expect.stringContaining('user_id') });
  });
});

test('with a sandbox it says where the code is, and does not show the code', async () => {
  const sandbox = await FakeGateway.start();
  sandbox.answers({ 'GET /codes/%2B79991234567': () => ({ body: { phone: '+79991234567', code: CODE } }) });
  acceptSignIn({ twoFactor: false });
  const { port } = new URL(sandbox.url);
  const run = await runCli(['login', 'alice', '--phone', '+7 (999) 123-45-67'], {
    url: gateway.url,
    env: { SANDBOX_CONTROL_PORT: port },
  });
  expect(run.stderr).toContain(`Sandbox: the code is at http://127.0.0.1:${port}/codes/+79991234567`);
  expect(run.stdout + run.stderr).not.toContain(CODE);
  await sandbox[Symbol.asyncDispose]();
});
