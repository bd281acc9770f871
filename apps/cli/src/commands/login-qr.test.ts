import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeGateway, refusal } from '../testing/fake-gateway.ts';
import { runCli } from '../testing/run-cli.ts';

const QR = 'POST /telegram/user/auth/qr';
const WATCH = 'GET /telegram/user/auth/qr/alice';
const VERIFY = 'POST /telegram/user/auth/verify';
const USER = { id: 7, first_name: 'Alice', last_name: null, username: 'alice_l', phone_number: null };
const AUTHORIZED = { status: 'authorized', user: USER };
const code = (token: string) => ({
  status: 'qr',
  url: `tg://login?token=${token}`,
  expires_at: '2024-01-15T12:00:30Z',
});
const event = (name: string, data: object) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

let gateway: FakeGateway;
beforeAll(async () => {
  gateway = await FakeGateway.start();
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
});

/** A gateway whose stream has these events. */
function tells(...events: string[]): void {
  gateway.answers({
    [QR]: () => ({ body: { ...code('a'), job_id: 'j' } }),
    [WATCH]: () => ({ body: events.join('') }),
    [VERIFY]: () => ({ body: { ...AUTHORIZED, message: 'm', job_id: 'j' } }),
  });
}

const login = (args: string[], answers?: string[]) =>
  runCli(['login', 'alice', '--qr', ...args], {
    url: gateway.url,
    ...(answers !== undefined && { answers }),
  });

test('shows each code until one is scanned', async () => {
  tells(event('qr', code('a')), event('qr', code('b')), event('authorized', AUTHORIZED));
  const run = await login([]);
  expect(run).toMatchObject({ code: 0, stdout: '✓ alice is signed in as Alice @alice_l (7)\n' });
  expect(run.stderr.split('Scan it in the Telegram app')).toHaveLength(3);
  expect(run.stderr).toContain('\u001B[');
  expect(gateway.calls).toEqual([QR, WATCH]);
});

test('with --json prints one line per event', async () => {
  tells(event('qr', code('a')), event('authorized', AUTHORIZED));
  const run = await login(['--json']);
  expect(
    run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([code('a'), AUTHORIZED]);
  expect(run.stderr).toBe('');
});

test('asks for the password after the scan if there is one', async () => {
  tells(event('qr', code('a')), event('password_required', { status: 'password_required', hint: 'cat' }));
  const run = await login([], ['secret']);
  expect(run.code).toBe(0);
  expect(run.questions).toEqual(['Two-factor password (hint: cat)']);
  expect(gateway.heard.at(-1)?.body).toEqual({ user_id: 'alice', password: 'secret' });
});

test('a failed sign-in is reported', async () => {
  tells(
    event('qr', code('a')),
    event('error', { status: 'error', code: 'AUTH_NOT_STARTED', message: 'Gone.' }),
  );
  expect(await login([])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('AUTH_NOT_STARTED: Gone.'),
  });
  gateway.answers({ [QR]: () => refusal(409, 'ALREADY_AUTHORIZED') });
  expect(await login([])).toMatchObject({ code: 1, stderr: expect.stringContaining('ALREADY_AUTHORIZED') });
});

test('with a phone number it is bad usage', async () => {
  expect(await login(['--phone', '+79991234567'])).toMatchObject({ code: 2 });
});
