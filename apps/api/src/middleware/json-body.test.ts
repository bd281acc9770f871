import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { useRealQueues } from '../testing/real-queues.ts';
import { READY } from '../testing/views.ts';
import { parseJson } from './parse-json.ts';

const queues = useRealQueues();

const MIB = 1024 * 1024;
const SEND = '/telegram/user/send';
const BATCH = `${SEND}/batch`;
const MESSAGE = { user_id: 'user1', recipient_id: 'me', text: 'x' };
const REPLY = { user_id: 'user1', messages: [{ role: 'assistant', content: 'x' }] };
/** A message of an account that may send. */
const acceptable = async () => ({ ...MESSAGE, user_id: await queues.owner.newAccount(READY) });
const HALF = 'must be well-formed UTF-16: it holds half a surrogate pair';

const nested = (levels: number, open = '[', close = ']') => open.repeat(levels) + close.repeat(levels);
const POST_PATHS = [
  SEND,
  BATCH,
  `${SEND}/preview`,
  '/message_stream',
  '/telegram/user/import',
  '/telegram/user/export',
  '/telegram/user/pace',
  ...['start', 'resend', 'cancel', 'verify', 'qr'].map((step) => `/telegram/user/auth/${step}`),
  ...['pause', 'resume', 'disconnect'].map((verb) => `/telegram/user/${verb}`),
];

describe('a body of great depth', () => {
  const TOO_DEEP = { path: 'body', message: 'must not be nested more than 64 levels deep' };

  test.each(POST_PATHS)('%s refuses it', async (path) => {
    for (const deep of [nested(65, '{"a":', '').replace(/$/, `1${'}'.repeat(65)}`), nested(100_000)]) {
      const body = deep.startsWith('[') ? `{"user_id":"user1","x":${deep}}` : deep;
      const { status, body: answer } = await queues.api().call(path, { body });
      expect([status, answer['code'], answer['issues']]).toEqual([400, 'VALIDATION', [TOO_DEEP]]);
    }
  });

  test('64 levels are read, and go to the assistant; brackets in strings do not count', async () => {
    const body = { ...REPLY, extra: JSON.parse(nested(63)) as unknown, note: '[{'.repeat(5_000) };
    const { status } = await queues.api().request('/message_stream', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    expect(status).toBe(200);
  });

  test.each([
    ['a broken one', nested(100_000, '[', '}')],
    ['one of objects', nested(40_000, '{"a":', '}')],
    ['one behind an escape', `{"user_id":"\\"","x":${nested(65)}}`],
  ])('%s is refused as well', async (_name, body) => {
    const { status, body: answer } = await queues.api().call(SEND, { body });
    expect([status, answer['issues']]).toEqual([400, [TOO_DEEP]]);
  });
});

describe('a body that takes long to parse', () => {
  const many = (count: number, piece: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => piece(index)).join(',');

  test.each([
    ['six hundred thousand names', `{${many(600_000, (index) => `"${index}":1`)}}`, 50_000],
    ['four million numbers', `{"messages":[${'1,'.repeat(4_000_000)}1]}`, 2_000_000],
    ['sixty thousand numbers', `{"messages":[${'1,'.repeat(60_000)}1]}`, 50_000],
    ['names of a megabyte', `{${many(20_000, (index) => `"${index}${'x'.repeat(100)}":1`)}}`, 50_000],
  ])('%s are refused before they are parsed', async (_name, body, most) => {
    const { status, body: answer } = await queues.api().call(BATCH, { body });
    const message = `must not hold more than ${most} values and field names: send less in one request`;
    expect([status, answer['issues']]).toEqual([400, [{ path: 'body', message }]]);
  });

  const ids = Array.from({ length: 100 }, (_, index) => index + 1);
  const photo = { type: 'photo', from: { recipient_id: '@channel', message_id: 7 } };

  test.each([
    ['deletes of 100 messages', { type: 'message.delete', message_ids: ids }],
    ['albums of 10', { type: 'send', media: Array.from({ length: 10 }, () => photo) }],
  ])('a batch of 1,000 %s is accepted whole', async (_name, fields) => {
    const { user_id, recipient_id } = await acceptable();
    const action = { ...fields, user_id, recipient_id };
    const actions = Array.from({ length: 1_000 }, () => action);
    const { status, body } = await queues.api().call('/telegram/user/batch', { body: { actions } });
    expect([status, body['message']]).toEqual([202, undefined]);
    expect(body['jobs']).toHaveLength(1_000);
  });

  test('an action with too many values is an error in its place', async () => {
    const message = await acceptable();
    const action = { ...message, type: 'send' };
    const large = { ...action, entities: Array.from({ length: 60_000 }, () => 1) };
    const { status, body } = await queues
      .api()
      .call('/telegram/user/batch', { body: { actions: [action, large] } });
    const issue = {
      path: 'action',
      message: 'must not hold more than 50000 values and field names: send less in one request',
    };
    expect([status, body['jobs']]).toMatchObject([
      202,
      [{ job_id: expect.any(String) }, { code: 'VALIDATION', issues: [issue] }],
    ]);
  });

  test('a batch of 8 MiB is accepted whole', async () => {
    const text = 'привет '.repeat(600);
    const message = await acceptable();
    const messages = Array.from({ length: 1_000 }, () => ({ ...message, text }));
    const json = JSON.stringify({ messages });
    const bytes = Buffer.byteLength(json);
    expect(bytes).toBeGreaterThan(7 * MIB);
    const full = await queues.api().call(BATCH, { body: json + ' '.repeat(8 * MIB - bytes) });
    expect(full.status).toBe(202);
    expect(full.body['jobs']).toHaveLength(1_000);
  });

  test('other requests run meanwhile', async () => {
    const { call } = queues.api();
    const message = await acceptable();
    const messages = Array.from({ length: 1_000 }, () => ({
      ...message,
      text: '*b* `c` '.repeat(900),
      parse_mode: 'html',
    }));
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const { status } = await call(BATCH, { body: { messages } });
    clearInterval(timer);
    expect(status).toBe(202);
    // The whole takes more than 100 ms: it makes room at least every 10.
    expect(turns).toBeGreaterThan(5);
  });
});

describe('parsing', () => {
  const whole = (json: string): unknown => {
    try {
      return JSON.parse(json);
    } catch {
      return 'malformed';
    }
  };
  const ours = async (json: string) => {
    // Long enough to be parsed item by item.
    const parsed = await parseJson(Buffer.from(json + ' '.repeat(300_000))).catch(() => null);
    return parsed === null ? 'malformed' : parsed.value;
  };

  test.each([
    '{"messages":[]}',
    '{"messages":[ ]}',
    '{"messages":[1]}',
    '{"messages":[1,]}',
    '{"messages":[,1]}',
    '{"messages":[,]}',
    '{"messages":[1,2],"messages":[3]}',
    '{"a":[[1],{"b":[2,"],["]}],"c":"[1,2]","d":{"e":[1,2]}}',
    '{"a":[1}',
    '{"a":[{]}',
    '{"a":[1]]}',
    '{"a":[1]',
    '[[1,2],[3]]',
    '[]',
    '"x"',
    '7',
    '{"__proto__":[1],"constructor":[{"__proto__":2}]}',
    '{"a":["\\"],[",1e400,-0]}',
    '{"a":[1] "b":2}',
    '{"a":[1 2]}',
    '{} {}',
  ])('%s is what JSON.parse makes of it', async (json) => {
    expect(await ours(json)).toEqual(whole(json));
  });

  test('any JSON is, whole or damaged', async () => {
    const json = fc
      .tuple(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })),
        fc.nat(),
        fc.constantFrom('', ',', ']', '[', '"', '{'),
      )
      .map(([value, at, put]) => {
        const text = JSON.stringify(value);
        return text.slice(0, at % (text.length + 1)) + put + text.slice(at % (text.length + 1));
      });
    await fc.assert(
      fc.asyncProperty(json, async (text) => {
        expect(await ours(text)).toEqual(whole(text));
      }),
      { numRuns: 200 },
    );
  });
});

describe('half a surrogate pair', () => {
  test.each([
    [SEND, { ...MESSAGE, text: 'a\ud83d' }, 'text'],
    [SEND, { ...MESSAGE, callback_url: 'https://example.org/\udc4b' }, 'callback_url'],
    [SEND, { ...MESSAGE, recipient_id: '@a\ud83dbc' }, 'recipient_id'],
    [`${SEND}/preview`, { text: '\udc4b\ud83d' }, 'text'],
    [
      '/message_stream',
      { ...REPLY, messages: [{ role: 'assistant', content: 'a\ud83d' }] },
      'messages.0.content',
    ],
    [
      '/message_stream',
      { ...REPLY, messages: [{ role: 'user', content: [{ type: 'text', text: '\ud83d' }] }] },
      'messages.0.content.0.text',
    ],
    ['/message_stream', { ...REPLY, messages: [{ role: '\ud83d', content: '' }] }, 'messages.0.role'],
    ['/message_stream', { ...REPLY, stop: ['\udfff'] }, 'stop.0'],
    ['/message_stream', { ...REPLY, tools: [{ function: { '\ud800': 1 } }] }, 'tools.0.function.\ufffd'],
    ['/telegram/user/auth/verify', { user_id: 'user1', password: 'p\ud83d' }, 'password'],
    ['/telegram/user/auth/verify', { user_id: 'user1', phone_code: '1\ud83d' }, 'phone_code'],
    ['/telegram/user/auth/start', { user_id: 'user1', phone_number: '+7999\ud83d' }, 'phone_number'],
    ['/telegram/user/auth/start', { user_id: '\ud83d', phone_number: '+79991234567' }, 'user_id'],
    ['/telegram/user/import', { user_id: 'user1', session: '\ud83d', exclusive: true }, 'session'],
    ['/telegram/user/export', { user_id: 'user1', passphrase: `${'x'.repeat(20)}\ud83d` }, 'passphrase'],
  ])('%s %j is refused at %s', async (path, body, at) => {
    const answer = await queues.api().call(path, { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'VALIDATION', issues: [{ path: at, message: HALF }] });
  });

  test('in a batch only its own message is refused', async () => {
    const { call } = queues.api();
    const message = await acceptable();
    const bad = { ...message, callback_url: 'https://a.b/\ud83d' };
    const { body } = await call(BATCH, { body: { messages: [message, bad, message] } });
    const issues = [{ path: 'callback_url', message: HALF }];
    expect(body['jobs']).toMatchObject([
      { job_id: expect.any(String) },
      { issues },
      { job_id: expect.any(String) },
    ]);
  });

  test('a whole pair, written in halves or not, is none', async () => {
    const headers = { prefer: 'respond-async' };
    const { user_id } = await acceptable();
    for (const text of ['"\\ud83d\\udc4b"', '"\\uD83D\\uDC4B"', '"👋"', '"\\\\ud83d"']) {
      const body = `{"user_id":"${user_id}","recipient_id":"me","text":${text}}`;
      expect((await queues.api().call(SEND, { body, headers })).status).toBe(202);
    }
  });
});

describe('odd JSON', () => {
  const OUTER = { user_id: 'user1', recipient_id: 'me', text: 'x', messages: REPLY.messages };
  const put = (member: string) => `${JSON.stringify(OUTER).slice(0, -1)},${member}}`;

  test.each([
    '"__proto__":{"user_id":"other"}',
    '"constructor":{"prototype":1}',
    '"user_id":"user2"',
    '"text":"y","text":7',
    '"reply_to":1e400',
    '"reply_to":-0',
    `"reply_to":${'9'.repeat(400)}`,
    '"n":-1e-400',
    '"":1',
    '"a.b.c":{"":[]}',
    '"toString":null,"hasOwnProperty":1',
    `"${'x'.repeat(60_000)}":1`,
    '"\\u0000":"\\u0000"',
  ])('%s is accepted or refused, and never an internal error', async (member) => {
    for (const path of POST_PATHS) {
      const { request } = queues.api();
      const answer = await request(path, {
        method: 'POST',
        body: put(member),
        headers: { 'content-type': 'application/json', prefer: 'respond-async' },
      });
      const text = await answer.text();
      expect([path, answer.status, text.includes('"INTERNAL"')]).toEqual([path, answer.status, false]);
      expect(answer.status).toBeLessThan(500);
    }
  });

  test('a field of the prototype is none of the request', async () => {
    const body = '{"__proto__":{"text":"x"},"user_id":"user1","recipient_id":"me"}';
    const { status, body: answer } = await queues.api().call(SEND, { body });
    expect(status).toBe(400);
    expect(answer['issues']).toContainEqual({
      path: 'text',
      message: 'is required, or else media, location, contact or poll',
    });
  });
});
