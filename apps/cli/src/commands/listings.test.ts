import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeGateway, refusal } from '../testing/fake-gateway.ts';
import { runCli } from '../testing/run-cli.ts';

let gateway: FakeGateway;
beforeAll(async () => {
  gateway = await FakeGateway.start();
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
});

const cli = (args: string[], stdin?: string) =>
  runCli(args, { url: gateway.url, ...(stdin !== undefined && { stdin }) });

const PENDING = { waiting: 2, delayed: 0, active: 1 };
const SEND = {
  job_id: 'j1',
  type: 'send',
  user_id: 'alice',
  recipient_id: '@bob',
  preview: 'hello',
  state: 'waiting',
  error: null,
  reason: null,
  retry_at: null,
};

test('accounts lists each with its state and queue, and asks for those that fit', async () => {
  const body = {
    status: 'ok',
    accounts: [
      {
        user_id: 'alice',
        user_info: { first_name: 'Alice', last_name: null },
        state: 'ready',
        pending: PENDING,
      },
      {
        user_id: 'bob',
        user_info: null,
        state: 'revoked',
        reason: 'SESSION_REVOKED',
        next_action: 'Sign in by `/telegram/user/auth/start`.',
        pending: PENDING,
      },
    ],
    total: 3,
    next: 'bob',
  };
  gateway.answers({
    'GET /telegram/accounts?q=li&state=ready&needs_attention=true&limit=2&after=a': () => ({ body }),
    'GET /telegram/accounts': () => ({ body: { ...body, accounts: [], next: null } }),
  });
  const query = ['--search', 'li', '--state', 'ready', '--attention', '--limit', '2', '--after', 'a'];
  expect((await cli(['accounts', ...query])).stdout).toBe(
    [
      'alice  Alice  (ready; 2 waiting, 0 delayed, 1 active)',
      'bob  (revoked, SESSION_REVOKED; 2 waiting, 0 delayed, 1 active)',
      '  To sign it in again: telegram-gateway login bob',
      '(more: --after bob)\n',
    ].join('\n'),
  );
  expect(JSON.parse((await cli(['accounts', ...query, '--json'])).stdout)).toEqual(body);
  expect((await cli(['accounts', ...query, '--lang', 'ru'])).stdout).toContain(
    '\n  Чтобы войти заново: telegram-gateway login bob\n(дальше: --after bob)',
  );
  expect((await cli(['accounts'])).stdout).toBe('(no accounts)\n');
  gateway.answers({ 'GET /telegram/accounts?has_waiting=true&sort=queue': () => ({ body }) });
  expect(await cli(['accounts', '--waiting', '--sort', 'queue'])).toMatchObject({ code: 0 });
});

test('failures lists the failed messages of all accounts, with the reasons', async () => {
  const error = { code: 'PEER_FLOOD', message: 'Limited.' };
  const failed = { ...SEND, user_id: 'alice', state: 'failed', finished_at: '2026-01-15T12:00:30Z', error };
  const body = { status: 'ok', failures: [failed], next: '5:j1' };
  gateway.answers({
    'GET /telegram/failures?q=li&limit=1&before=9%3Aj9': () => ({ body }),
    'GET /telegram/failures': () => ({ body: { ...body, failures: [], next: null } }),
  });
  const query = ['failures', '--search', 'li', '--limit', '1', '--before', '9:j9'];
  expect((await cli(query)).stdout).toBe(
    [
      '2026-01-15T12:00:30Z  alice  j1  failed, PEER_FLOOD: Limited.',
      '  send → @bob: hello',
      '(more: --before 5:j1)\n',
    ].join('\n'),
  );
  expect(JSON.parse((await cli([...query, '--json'])).stdout)).toEqual(body);
  expect((await cli(['failures'])).stdout).toBe('(nothing has failed)\n');
});

test('jobs list shows what waits, and then what has ended', async () => {
  const failed = {
    ...SEND,
    job_id: 'j0',
    state: 'failed',
    error: { code: 'PEER_FLOOD', message: 'Limited.' },
  };
  const body = { status: 'ok', pending: [SEND], ended: [failed] };
  gateway.answers({ 'GET /telegram/accounts/alice/sends?limit=5': () => ({ body }) });
  expect((await cli(['jobs', 'list', 'alice', '--limit', '5'])).stdout).toBe(
    'j1  waiting\n  send → @bob: hello\nj0  failed, PEER_FLOOD: Limited.\n  send → @bob: hello\n',
  );
  expect(JSON.parse((await cli(['jobs', 'list', 'alice', '--limit', '5', '--json'])).stdout)).toEqual(body);
});

test('jobs retry queues a failed job again, and says why not where it may not', async () => {
  gateway.answers({ 'POST /jobs/j1/retry': () => ({ status: 202, body: SEND }) });
  expect(await cli(['jobs', 'retry', 'j1'])).toMatchObject({ code: 0, stdout: '✓ j1 is queued again\n' });
  gateway.answers({ 'POST /jobs/j1/retry': () => refusal(409, 'TOO_LATE') });
  expect(await cli(['jobs', 'retry', 'j1'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('TOO_LATE'),
  });
});

test('preview shows the messages that a text goes out as', async () => {
  const body = {
    status: 'ok',
    parts: [
      { text: 'one', entities: [] },
      { text: 'two', entities: [] },
    ],
  };
  gateway.answers({ 'POST /telegram/user/send/preview': () => ({ body }) });
  expect((await cli(['preview', '-', '--parse-mode', 'html', '--no-split'], 'one two\n')).stdout).toBe(
    '2 messages\n\none\n\ntwo\n',
  );
  expect(gateway.heard[0]?.body).toEqual({ text: 'one two', parse_mode: 'html', split: false });
});
