import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeGateway, refusal } from '../testing/fake-gateway.ts';
import { runCli, type CliWorld } from '../testing/run-cli.ts';

const SEND = 'POST /telegram/user/send';
const SENT = { status: 'ok', success: true, message_id: 5, date: '2024-01-15T12:00:00Z', job_id: 'j1' };
const JOB = {
  status: 'ok',
  job_id: 'j1',
  type: 'send',
  user_id: 'alice',
  state: 'completed',
  attempts: 1,
  created_at: 'c',
  finished_at: 'f',
  retry_at: null,
  reason: null,
  result: { message_id: 5 },
  error: null,
};
const HELD = { ...JOB, state: 'delayed', reason: 'FLOOD_WAIT', retry_at: 't', result: null };
const FAILED = { ...JOB, state: 'failed', result: null, error: { code: 'PEER_FLOOD', message: 'Limited.' } };
const event = (job: object) => `event: job\nid: x\ndata: ${JSON.stringify(job)}\n\n`;

let gateway: FakeGateway;
let directory: string;
beforeAll(async () => {
  gateway = await FakeGateway.start();
  directory = await mkdtemp(join(tmpdir(), 'gateway-cli-'));
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const cli = (args: string[], world: Partial<CliWorld> = {}) => runCli(args, { url: gateway.url, ...world });

describe('send', () => {
  test('prints the message id; as JSON the gateway’s answer', async () => {
    gateway.answers({ [SEND]: () => ({ body: SENT }) });
    expect(await cli(['send', 'alice', '@bob', 'hi'])).toMatchObject({
      code: 0,
      stdout: '✓ sent as message 5\n',
      stderr: '',
    });
    expect(JSON.parse((await cli(['send', 'alice', '@bob', 'hi', '--json'])).stdout)).toEqual(SENT);
  });

  test.each([
    ['HTML', 'html'],
    ['markdown_lenient', 'markdown_lenient'],
  ])('accepts --parse-mode %s', async (given, mode) => {
    gateway.answers({ [SEND]: () => ({ body: SENT }) });
    expect(await cli(['send', 'alice', 'me', 'x', '--parse-mode', given])).toMatchObject({ code: 0 });
    expect(gateway.heard[0]?.body).toMatchObject({ parse_mode: mode });
  });

  test('passes all options on', async () => {
    gateway.answers({ [SEND]: () => ({ body: SENT }) });
    const options = [
      '--parse-mode',
      'html',
      '--reply-to',
      '4',
      '--quote',
      'that',
      '--topic',
      '3',
      '--typing',
      '1500',
      '--silent',
      '--no-preview',
      '--at',
      '2030-01-01T00:00:00Z',
    ];
    await cli([
      'send',
      'alice',
      '-1001234567890',
      '<b>x</b>',
      ...options,
      '--wait',
      '3',
      '--async',
      '--key',
      'k',
    ]);
    expect(gateway.heard[0]).toMatchObject({
      body: {
        user_id: 'alice',
        recipient_id: '-1001234567890',
        text: '<b>x</b>',
        parse_mode: 'html',
        reply_to: 4,
        quote: { text: 'that' },
        topic_id: 3,
        typing_ms: 1500,
        silent: true,
        link_preview: false,
        send_at: '2030-01-01T00:00:00Z',
      },
      headers: { 'idempotency-key': 'k', prefer: 'respond-async, wait=3' },
    });
  });

  test('reads the text from standard input or a file, without its last line end', async () => {
    gateway.answers({ [SEND]: () => ({ body: SENT }) });
    const file = join(directory, 'text.txt');
    await writeFile(file, 'Привет\n\n');
    await cli(['send', 'alice', 'me', '-'], { stdin: 'a\nb\n' });
    await cli(['send', 'alice', 'me'], { stdin: 'piped' });
    await cli(['send', 'alice', 'me', '--file', file]);
    expect(gateway.heard.map(({ body }) => body.text)).toEqual(['a\nb', 'piped', 'Привет\n']);
  });

  test('a waiting message is not a failure; the output says why it waits and how to watch it', async () => {
    const queued = { status: 'queued', job_id: 'j1', state: 'delayed', reason: 'FLOOD_WAIT', retry_at: 't' };
    gateway.answers({ [SEND]: () => ({ status: 202, body: queued }) });
    const run = await cli(['send', 'alice', 'me', 'x']);
    expect(run.code).toBe(0);
    expect(run.stdout).toBe(
      '… queued (delayed, FLOOD_WAIT until t); to watch it: telegram-gateway tail j1\n',
    );
  });

  test.each([
    [['send', 'alice']],
    [['send', 'alice', 'me', 'x', '--wait', 'soon']],
    [['send', 'alice', 'me', 'x', '--reply-to', '-1']],
    [['send', 'alice', 'me', 'x', '--parse-mode', 'rtf']],
    [['send', 'alice', 'me', 'x', '--file', 'y']],
    [['send', 'alice', 'me', '--file', '/nowhere/at/all']],
    [['send', 'alice', 'me', 'x', '--loud']],
    [['dance']],
  ])('%j is bad usage, and no request is made', async (args) => {
    gateway.answers({});
    const run = await cli(args);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).not.toBe('');
    expect(gateway.calls).toEqual([]);
  });
});

describe('a message that may be queued although no answer says so', () => {
  const inDoubt = () => refusal(503, 'QUEUE_UNAVAILABLE', { kind: 'unknown_outcome', job_id: 'j1' });

  test('send prints the key with which it can be sent again without sending twice', async () => {
    gateway.answers({ [SEND]: inDoubt });
    const { code, stderr } = await cli(['send', 'alice', 'me', 'x']);
    expect(code).toBe(1);
    const keys = new Set(gateway.heard.map(({ headers }) => headers['idempotency-key']));
    expect(keys.size).toBe(1);
    expect(stderr).toContain(`--key ${[...keys].join()}`);
  });

  test('ask prints its key, and accepts one', async () => {
    gateway.answers({ 'POST /message_stream': inDoubt });
    const { stderr } = await cli(['ask', 'alice', 'me', 'x']);
    expect(stderr).toContain(`--key ${String(gateway.heard[0]?.headers['idempotency-key'])}`);
    await cli(['ask', 'alice', 'me', 'x', '--key', 'mine']);
    expect(gateway.heard[1]?.headers['idempotency-key']).toBe('mine');
  });
});

describe('errors', () => {
  test('a refusal is printed with what to do', async () => {
    gateway.answers({
      [SEND]: () => refusal(401, 'NOT_AUTHORIZED', { issues: [{ path: 'text', message: 'm' }] }),
    });
    const run = await cli(['send', 'alice', 'me', 'x']);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr.split('\n')).toEqual([
      '✗ NOT_AUTHORIZED: It is NOT_AUTHORIZED.',
      '  text: m',
      '  Sign in first: telegram-gateway login <user_id>',
      '  Request id: req-1',
      '',
    ]);
    const json = await cli(['send', 'alice', 'me', 'x', '--json']);
    expect(JSON.parse(json.stderr)).toMatchObject({ status: 'error', code: 'NOT_AUTHORIZED' });
    // The message is that of the only issue.
    const issues = [{ path: 'It', message: 'is VALIDATION.' }];
    gateway.answers({ [SEND]: () => refusal(400, 'VALIDATION', { issues }) });
    expect((await cli(['send', 'alice', 'me', 'x'])).stderr.match(/is VALIDATION/g)).toHaveLength(1);
  });

  test('an unreachable gateway is code 3, and the output names the address', async () => {
    const run = await cli(['login', 'alice', '--phone', '+79991234567'], { url: 'http://127.0.0.1:1' });
    expect(run).toMatchObject({ code: 3, stderr: expect.stringContaining('http://127.0.0.1:1') });
  });

  test('neither key nor password of an address is ever shown', async () => {
    gateway.answers({ [SEND]: () => refusal(401, 'UNAUTHORIZED') });
    const url = gateway.url.replace('//', '//user:s3cret@');
    const worlds = [
      { env: { GATEWAY_API_KEY: 's3cret key' } },
      { env: { GATEWAY_API_KEY: 's3cret' } },
      { url },
    ];
    for (const world of worlds) {
      const run = await cli(['send', 'alice', 'me', 'x'], world);
      expect(run.code).not.toBe(0);
      expect(run.stderr + run.stdout).not.toContain('s3cret');
    }
    expect(gateway.heard[0]?.headers.authorization).toBe('Bearer s3cret');
  });

  test('an invalid address is bad usage', async () => {
    expect(await cli(['status', 'alice', '--url', 'localhost:3000'])).toMatchObject({ code: 2 });
  });
});

describe('jobs', () => {
  test('tail prints each change; a failed job is code 1', async () => {
    gateway.answers({
      'GET /jobs/j1': () => ({ body: HELD }),
      'GET /jobs/j1/events': () => ({ body: event(HELD) + event(JOB) }),
    });
    const run = await cli(['tail', 'j1']);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(
      /^\d\d:\d\d:\d\d delayed, FLOOD_WAIT until t\n\d\d:\d\d:\d\d completed as message 5\n$/,
    );
    gateway.answers({
      'GET /jobs/j1': () => ({ body: HELD }),
      'GET /jobs/j1/events': () => ({ body: event(FAILED) }),
    });
    expect(await cli(['tail', 'j1'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('PEER_FLOOD: Limited.'),
    });
  });

  test('wait ends when the job ends or the time is over', async () => {
    gateway.answers({
      'GET /jobs/j1?wait=30': () => ({ body: FAILED }),
      'GET /jobs/j1': () => ({ body: HELD }),
    });
    expect((await cli(['jobs', 'wait', 'j1'])).code).toBe(1);
    const late = await cli(['jobs', 'wait', 'j1', '--timeout', '0']);
    expect(late).toMatchObject({ code: 1, stderr: expect.stringContaining('jobs wait j1') });
  });

  test('get and cancel', async () => {
    gateway.answers({
      'GET /jobs/j1': () => ({ body: HELD }),
      'DELETE /jobs/j1': () => refusal(409, 'TOO_LATE', { job_id: 'j1' }),
    });
    expect((await cli(['jobs', 'get', 'j1'])).stdout).toContain('delayed, FLOOD_WAIT until t, 1 try');
    expect(await cli(['jobs', 'cancel', 'j1'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('TOO_LATE'),
    });
  });
});

test('status shows the problem and what to do', async () => {
  const body = {
    status: 'ok',
    authorized: true,
    state: 'peer_limited',
    reason: 'PEER_FLOOD',
    next_action: 'see @SpamBot',
    user_info: { id: 7, first_name: 'Alice', last_name: null, username: null, phone_number: null },
    flood_wait_until: null,
    pending: { waiting: 0, delayed: 3, active: 0 },
  };
  gateway.answers({ 'GET /telegram/user/status/alice?live=true': () => ({ body }) });
  expect((await cli(['status', 'alice', '--live'])).stdout.split('\n')).toEqual([
    'account:      alice',
    'signed in:    yes, as Alice (7)',
    'state:        peer_limited, PEER_FLOOD',
    'what to do:   see @SpamBot',
    'queue:        0 waiting, 3 delayed, 0 active',
    '',
  ]);
});

test.each([
  ['logout', 'disconnect', { user_id: 'alice', logout: true }],
  ['pause', 'pause', { user_id: 'alice' }],
  ['resume', 'resume', { user_id: 'alice' }],
])('%s', async (command, path, body) => {
  gateway.answers({
    [`POST /telegram/user/${path}`]: () => ({ body: { status: 'ok', state: 'ready', job_id: 'j' } }),
  });
  expect((await cli([command, 'alice'])).code).toBe(0);
  expect(gateway.heard[0]?.body).toEqual(body);
});
