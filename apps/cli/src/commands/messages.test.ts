import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeGateway } from '../testing/fake-gateway.ts';
import { runCli } from '../testing/run-cli.ts';

let gateway: FakeGateway;
beforeAll(async () => {
  gateway = await FakeGateway.start();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const cli = (args: string[]) => runCli(args, { url: gateway.url });

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
    const self = {
      id: '7',
      type: 'private',
      title: 'Alice',
      username: 'alice',
      unread: 0,
      last_message: null,
    };
    const body = { status: 'ok', chats: [chat, self], next: '1.2.3' };
    gateway.answers({
      'GET /telegram/accounts/alice/chats?limit=5&before=x': () => ({ body }),
      'GET /telegram/user/status/alice': () => ({ body: { status: 'ok', user_info: { id: 7 } } }),
    });
    const args = ['chats', 'alice', '--limit', '5', '--before', 'x'];
    const run = await cli(args);
    expect(run.stdout).toBe(
      `-5  Team (group, 2 unread)\n  ${shown}\n7  Saved Messages (private)\n(more: --before 1.2.3)\n`,
    );
    expect((await cli([...args, '--lang', 'ru'])).stdout).toContain('7  Избранное (');
    expect(JSON.parse((await cli([...args, '--json'])).stdout)).toEqual(body);
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
    const sent = { status: 'ok', success: true, message_id: 5, date: '2024-01-15T12:00:00Z', job_id: 'j1' };
    gateway.answers({ 'POST /telegram/user/send': () => ({ body: sent }) });
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
