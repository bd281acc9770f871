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

describe('reading', () => {
  const message = {
    message_id: 7,
    date: '2024-01-15T12:00:00Z',
    direction: 'in',
    sender: { id: '9', name: 'Bob' },
    text: 'two\nlines \u001b[31m',
    media: { type: 'photo', file_name: null },
    service: null,
  };
  const shown = '7  2024-01-15T12:00:00Z  Bob: [photo] two\n    lines \uFFFD[31m';

  test('chats lists the chats with their last message', async () => {
    const chat = { id: '-5', type: 'group', title: 'Team', username: null, unread: 2, last_message: message };
    const body = { status: 'ok', chats: [chat], next: '1.2.3' };
    gateway.answers({ 'GET /telegram/accounts/alice/chats?limit=5&before=x': () => ({ body }) });
    const run = await cli(['chats', 'alice', '--limit', '5', '--before', 'x']);
    expect(run.stdout).toBe(`-5  Team (group, 2 unread)\n  ${shown}\n(more: --before 1.2.3)\n`);
    expect(
      JSON.parse((await cli(['chats', 'alice', '--limit', '5', '--before', 'x', '--json'])).stdout),
    ).toEqual(body);
  });

  test('messages lists a chat, and passes on what to look for', async () => {
    const body = { status: 'ok', messages: [message], next: null };
    const path = '/telegram/accounts/alice/chats/%2B7999/messages?after=3&q=hi+there&topic_id=4';
    gateway.answers({ [`GET ${path}`]: () => ({ body }) });
    const run = await cli([
      'messages',
      'alice',
      '+7999',
      '--after',
      '3',
      '--search',
      'hi there',
      '--topic',
      '4',
    ]);
    expect(run).toMatchObject({ code: 0, stdout: `${shown}\n` });
  });

  test('contacts, resolve and phones', async () => {
    const contact = { id: '9', name: 'Bob', username: 'bob', phone_number: '+7999' };
    const resolved = { status: 'ok', id: '9', type: 'private', name: 'Bob', username: null };
    const registered = [
      { phone_number: '+7999', registered: true, id: '9' },
      { phone_number: '+7998', registered: null, id: null },
    ];
    gateway.answers({
      'GET /telegram/accounts/alice/contacts': () => ({
        body: { status: 'ok', contacts: [contact], next: null },
      }),
      'GET /telegram/accounts/alice/resolve?recipient_id=%40bob': () => ({ body: resolved }),
      'GET /telegram/accounts/alice/phones?phone=%2B7999&phone=%2B7998': () => ({
        body: { status: 'ok', phones: registered },
      }),
    });
    expect((await cli(['contacts', 'alice'])).stdout).toBe('9  Bob @bob  +7999\n');
    expect((await cli(['resolve', 'alice', '@bob'])).stdout).toBe('9  Bob (private)\n');
    expect((await cli(['phones', 'alice', '+7999', '+7998'])).stdout).toBe('+7999  9\n+7998  not known\n');
  });
});

describe('messages', () => {
  test.each<[args: string[], path: string, body: object]>([
    [['edit', 'alice', '@bob', '5', 'new'], 'edit', { recipient_id: '@bob', message_id: 5, text: 'new' }],
    [['edit', 'alice', '--job', 'j1', 'new'], 'edit', { job_id: 'j1', text: 'new' }],
    [['delete', 'alice', '@bob', '5', '6'], 'delete', { recipient_id: '@bob', message_ids: [5, 6] }],
    [['delete', 'alice', '--job', 'j1', '--only-for-me'], 'delete', { job_id: 'j1', for_everyone: false }],
    [
      ['forward', 'alice', '@bob', 'me', '5', '6', '--topic', '3'],
      'forward',
      { recipient_id: '@bob', to_recipient_id: 'me', message_ids: [5, 6], topic_id: 3 },
    ],
    [['forward', 'alice', 'me', '--job', 'j1'], 'forward', { to_recipient_id: 'me', job_id: 'j1' }],
    [['react', 'alice', '@bob', '5', '👍'], 'react', { recipient_id: '@bob', message_id: 5, emoji: ['👍'] }],
    [['react', 'alice', '--job', 'j1'], 'react', { job_id: 'j1', emoji: [] }],
    [['pin', 'alice', '--job', 'j1', '--silent'], 'pin', { job_id: 'j1', silent: true }],
    [['unpin', 'alice', '@bob', 'all'], 'unpin', { recipient_id: '@bob', all: true }],
    [['unpin', 'alice', '--job', 'j1'], 'unpin', { job_id: 'j1' }],
    [['press', 'alice', '--job', 'j1', '--data', 'yes'], 'press', { job_id: 'j1', data: 'yes' }],
  ])('%j', async (args, path, body) => {
    const done = { status: 'ok', success: true, job_id: 'j2', message_id: 5, deleted: [5], message_ids: [7] };
    gateway.answers({ [`POST /telegram/user/message/${path}`]: () => ({ body: done }) });
    expect(await cli(args)).toMatchObject({ code: 0, stderr: '' });
    expect(gateway.heard[0]?.body).toMatchObject({ user_id: 'alice', ...body });
  });

  test.each([
    [['edit', 'alice', '@bob']],
    [['edit', 'alice', '@bob', '5', 'two', 'words']],
    [['delete', 'alice', '--job', 'j1', '5']],
    [['forward', 'alice', '@bob', 'me']],
    [['forward', 'alice', '--job', 'j1']],
    [['pin', 'alice', '@bob']],
    [['send', 'alice', 'me', '--location', 'Berlin']],
    [['send', 'alice', 'me', '--poll', 'Tea?']],
    [['send', 'alice', 'me', '--contact', '+7999']],
    [['send', 'alice', 'me', 'x', '--typing', 'long']],
  ])('%j is bad usage', async (args) => {
    expect((await cli(args)).code).toBe(2);
  });

  test.each<[args: string[], body: object]>([
    [['--location', '-33.9, 151.2'], { location: { latitude: -33.9, longitude: 151.2 } }],
    [['--contact', '+7999', '--name', 'Eva'], { contact: { phone_number: '+7999', first_name: 'Eva' } }],
    [['--poll', 'Tea?', '--option', 'yes', 'no'], { poll: { question: 'Tea?', options: ['yes', 'no'] } }],
  ])('send %j has no text', async (args, body) => {
    gateway.answers({ [SEND]: () => ({ body: SENT }) });
    expect((await cli(['send', 'alice', 'me', ...args])).code).toBe(0);
    expect(gateway.heard[0]?.body).toEqual({ user_id: 'alice', recipient_id: 'me', ...body });
  });
});

describe('ask', () => {
  const stream = (...events: [string, object][]) => ({
    body: events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join(''),
  });

  test('prints the answer as it is written, and that it was sent', async () => {
    gateway.answers({
      'POST /message_stream': () =>
        stream(
          ['delta', { text: 'При' }],
          ['delta', { text: 'вет' }],
          ['message', { role: 'assistant', content: 'Привет' }],
          ['telegram', { state: 'queued', job_id: 'j1' }],
          ['telegram', { state: 'completed', message_id: 5 }],
          ['done', {}],
        ),
    });
    const run = await cli(['ask', 'alice', '@bob', 'Greet Bob']);
    expect(run).toMatchObject({ code: 0, stdout: 'Привет\n' });
    expect(run.stderr).toBe('… queued (job j1)\n✓ sent as message 5\n');
    expect(gateway.heard[0]?.body).toEqual({
      user_id: 'alice',
      recipient_id: '@bob',
      send_to_telegram: true,
      send_as_user: true,
      messages: [{ role: 'user', content: 'Greet Bob' }],
    });
  });

  test('a reply that was cut off is reported, and is code 1 unless it was sent', async () => {
    const message = { role: 'assistant', content: 'half', finish_reason: 'length' };
    const failed = { state: 'failed', code: 'ASSISTANT_INCOMPLETE', message: 'cut' };
    gateway.answers({
      'POST /message_stream': () =>
        stream(['delta', { text: 'half' }], ['message', message], ['telegram', failed], ['done', {}]),
    });
    const run = await cli(['ask', 'alice', '@bob', 'x']);
    expect(run).toMatchObject({ code: 1, stdout: 'half\n' });
    expect(run.stderr).toContain('the reply was cut off (length)');
    await cli(['ask', 'alice', '@bob', 'x', '--send-if-cut']);
    expect(gateway.heard.map(({ body }) => Reflect.get(body ?? {}, 'send_if_cut'))).toEqual([
      undefined,
      true,
    ]);
  });

  test('an error in the stream, or a failed message, is code 1', async () => {
    const error = { code: 'ASSISTANT_TIMEOUT', message: 'm', kind: 'retryable' };
    gateway.answers({ 'POST /message_stream': () => stream(['error', error]) });
    expect(await cli(['ask', 'alice', 'me', 'x'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ASSISTANT_TIMEOUT: m'),
    });
    const failed = { state: 'failed', code: 'PEER_FLOOD', message: 'm' };
    gateway.answers({ 'POST /message_stream': () => stream(['telegram', failed], ['done', {}]) });
    expect((await cli(['ask', 'alice', 'me', 'x', '--json'])).code).toBe(1);
  });
});
