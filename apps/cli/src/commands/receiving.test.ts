import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeGateway, refusal } from '../testing/fake-gateway.ts';
import { runCli } from '../testing/run-cli.ts';

const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
const AT = '2026-11-28T12:00:00Z';
const BOB = { id: '42', title: 'Bob' };
const TEAM = { id: '-1001234567890', title: 'Team' };
const MESSAGE = {
  message_id: 7,
  date: AT,
  direction: 'in',
  chat: BOB,
  sender: { id: '42', name: 'Bob' },
  text: 'Hi\u001b[2J',
  media: null,
  service: null,
};
const WEBHOOK = {
  webhook_id: 'wh_1',
  url: 'https://x.org/hook',
  user_ids: null,
  events: ['message.new'],
  filter: {},
  state: 'active',
  lag: 3,
  last_error: { at: 't', event_id: 'alice:1', status: 500, message: 'the receiver answered 500' },
  created_at: 't',
};

let gateway: FakeGateway;
beforeAll(async () => {
  gateway = await FakeGateway.start();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const cli = (...args: string[]) => runCli(args, { url: gateway.url });

test("tail prints an account's events in words, and its error ends it", async () => {
  const event = (type: string, more: object) => [type, { type, seq: 4, occurred_at: AT, ...more }];
  const told = [
    event('message.new', { message: MESSAGE }),
    event('message.new', {
      message: { ...MESSAGE, chat: TEAM, text: '', media: { type: 'photo', file_name: null } },
      caught_up: true,
    }),
    event('message.edited', { message: { ...MESSAGE, direction: 'out', text: 'Hello' } }),
    event('message.deleted', { chat: BOB, message_ids: [7, 8] }),
    event('message.read', { chat: BOB, up_to: 9 }),
    event('message.reaction', { chat: TEAM, message_id: 7, reactions: [{ emoji: '👍', count: 2 }] }),
    event('updates.gap', { chat: null, reason: 'off' }),
    [
      'chat.typing',
      { type: 'chat.typing', seq: null, occurred_at: AT, chat: BOB, sender: null, action: 'typing' },
    ],
    ['error', { status: 'error', code: 'EVENTS_GONE', message: 'Gone.', kind: 'permanent' }],
  ];
  gateway.answers({
    'GET /jobs/alice': () => refusal(404, 'JOB_NOT_FOUND'),
    'GET /telegram/accounts/alice/updates?after=3': () => ({
      body: told.map(([name, data]) => `event: ${String(name)}\ndata: ${JSON.stringify(data)}\n\n`).join(''),
    }),
  });
  const run = await cli('tail', 'alice', '--after', '3');
  expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('EVENTS_GONE: Gone.') });
  expect(
    run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(new RegExp(TIME), 'TIME')),
  ).toEqual([
    '     4 ← TIME  Bob: Hi\uFFFD[2J  #7',
    '     4 ← TIME  Team, Bob: [photo]  #7 (caught up)',
    '     4 → TIME  Bob (edited): Hello  #7',
    '     4 · TIME  Bob: deleted #7, #8',
    '     4 · TIME  Bob: the other side has read up to #9',
    '     4 · TIME  Team: reactions to #7: 👍 2',
    '     4 · TIME  events are missing here: off',
    '  live · TIME  Bob: somebody: typing',
  ]);
});

test('receive takes a filter; --everything takes it away', async () => {
  const status = { status: 'ok', receiving: { enabled: true, last_seq: 4 } };
  gateway.answers({ 'POST /telegram/user/receive': () => ({ body: status }) });
  const filter = [
    '--chat-type',
    'private',
    'group',
    '--except-chat',
    '42',
    '--direction',
    'in',
    '--mentions-only',
  ];
  expect(await cli('receive', 'alice', ...filter)).toMatchObject({
    code: 0,
    stdout: '✓ alice receives, from event 5 on\n',
  });
  await cli('receive', 'alice', '--everything');
  await cli('receive', 'alice', '--off');
  expect(gateway.heard.map(({ body }) => body)).toEqual([
    {
      user_id: 'alice',
      enabled: true,
      filter: {
        chat_types: ['private', 'group'],
        except_chat_ids: ['42'],
        direction: 'in',
        mentions_only: true,
      },
    },
    { user_id: 'alice', enabled: true, filter: {} },
    { user_id: 'alice', enabled: false },
  ]);
  expect((await cli('receive', 'alice', '--everything', '--chat', '42')).code).toBe(2);
});

test('webhooks are created, listed, shown, tested, paused, resumed and deleted', async () => {
  gateway.answers({
    'POST /webhooks': ({ body }) => ({ status: 201, body: { ...WEBHOOK, ...body, secret: 'whsec_x' } }),
    'GET /webhooks': () => ({ body: { status: 'ok', webhooks: [WEBHOOK] } }),
    'GET /webhooks/wh_1': () => ({ body: { ...WEBHOOK, filter: { direction: 'in' } } }),
    'DELETE /webhooks/wh_1': () => ({ body: { status: 'ok', webhook_id: 'wh_1' } }),
    'POST /webhooks/wh_1/pause': () => ({ body: { ...WEBHOOK, state: 'paused' } }),
    'POST /webhooks/wh_1/resume': () => ({ body: WEBHOOK }),
    'POST /webhooks/wh_1/test': () => ({
      body: { status: 'ok', delivered: false, http_status: 500, error: 'the receiver answered 500', ms: 5 },
    }),
  });
  const url = 'https://x.org/hook';
  const created = await cli('webhooks', 'create', url, '--account', 'alice', '--chat', '42');
  expect(created).toMatchObject({ code: 0, stdout: expect.stringContaining('secret: whsec_x') });
  expect(gateway.heard[0]?.body).toEqual({
    url: 'https://x.org/hook',
    user_ids: ['alice'],
    events: ['message.new'],
    filter: { chat_ids: ['42'] },
  });
  const listed = await cli('webhooks', 'list');
  expect(listed.stdout).toContain('wh_1  https://x.org/hook (active, 3 behind)');
  expect(listed.stdout).toContain('alice:1: the receiver answered 500');
  expect((await cli('webhooks', 'show', 'wh_1')).stdout).toContain('only {"direction":"in"}');
  const tested = await cli('webhooks', 'test', 'wh_1');
  expect(tested).toMatchObject({ code: 1, stdout: expect.stringContaining('answered 500') });
  for (const [name, said] of [
    ['pause', 'is paused'],
    ['resume', 'goes on, 3 behind'],
    ['delete', 'is deleted'],
  ] as const)
    expect((await cli('webhooks', name, 'wh_1')).stdout).toContain(said);
});

test('webhooks deliveries lists what was posted, and replay posts it again', async () => {
  const delivery = {
    status: 'ok',
    id: 'd:1',
    type: 'job',
    user_id: 'alice',
    job_id: 'j1',
    url: 'https://x.org/hook',
    state: 'failed',
    attempts: [{ at: 't', status: 500, error: 'the receiver answered 500', ms: 5 }],
    created_at: 't',
    next_attempt_at: null,
  };
  gateway.answers({
    'GET /webhooks/deliveries?user_id=alice&state=failed&limit=1': () => ({
      body: { status: 'ok', deliveries: [delivery], cursor: 'd:1' },
    }),
    'POST /webhooks/deliveries/d%3A1/replay': () => ({ status: 202, body: delivery }),
  });
  const listed = await cli('webhooks', 'deliveries', 'alice', '--state', 'failed', '--limit', '1');
  expect(listed.stdout).toBe(
    'd:1\n  t  https://x.org/hook (failed, tries: 1, the receiver answered 500)\n(more: --before d:1)\n',
  );
  expect(await cli('webhooks', 'replay', 'd:1')).toMatchObject({ code: 0 });
});

test('pace sets the pace, and to whom the account may write; what is not given stays', async () => {
  const set = {
    status: 'ok',
    message: 'Pace set',
    pace: { per_minute: 5 },
    replies_only: { within_hours: 24 },
  };
  const bodies: unknown[] = [];
  gateway.answers({
    'POST /telegram/user/pace': ({ body }) => {
      bodies.push(body);
      return { body: set };
    },
  });
  expect(await cli('pace', 'alice', '--replies-only', '24')).toMatchObject({
    code: 0,
    stdout: '✓ alice: pace {per_minute:5}; writes to people who wrote within 24 h\n',
  });
  await cli('pace', 'alice', 'server', '--replies-only', 'off');
  expect(bodies).toEqual([
    { user_id: 'alice', replies_only: { within_hours: 24 } },
    { user_id: 'alice', replies_only: false },
    { user_id: 'alice', pace: null },
  ]);
  for (const args of [[], ['fast'], ['--replies-only', 'a day']])
    expect((await cli('pace', 'alice', ...args)).code, args.join(' ')).toBe(2);
});
