import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';
import { operationsOf, type Operation } from './fuzz/operations.ts';
import { valuesOf } from './fuzz/values.ts';

/** Bodies per operation. For more: `VALUES=2000 npm test -- openapi-values`. */
const VALUES = Number(process.env['VALUES'] ?? 20);
const SEED = 20_240_115;
const AT_ONCE = 8;

/** Faults that the schemas do not express: of markup, sessions, the sent length, two fields that exclude each other. */
const BEYOND_A_SCHEMA =
  /^(media\.\d+\.)?text (is not valid (markdown|html)|must not be empty: it is nothing but markup|must be at most 4096)|^media\.\d+\.(\w+ must be absent where |type cannot be in this album|thumbnail_upload_id must be an upload of at most)|^session |^poll\.correct_option must be at most \d: |^(message_ids?|recipient_id|job_id|row|column|data|poll\.multiple) (is needed|must be absent) where |^for_everyone must be true in a channel|^messages\.\d+\.content must not be empty/;

describe('What the OpenAPI document allows', () => {
  let stack: Stack;
  let operations: Operation[];
  const ajv = addFormats.default(new Ajv2020({ strict: false }));

  beforeAll(async () => {
    stack = await Stack.start({ LOG_LEVEL: 'warn', AUTH_WAIT_MS: '1000' });
    operations = operationsOf((await stack.api.get('/openapi.json')).body);
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  const bodyOf = (path: string) => {
    const body = operations.find((operation) => operation.method === 'POST' && operation.path === path)?.body;
    if (!body) throw new Error(`${path} takes no body`);
    return body;
  };

  test('the API accepts', { timeout: 120_000 + VALUES * 500 }, async () => {
    const wrong: string[] = [];
    const asked: { path: string; body: unknown }[] = [];
    for (const [index, { method, path, body: schema }] of operations.entries()) {
      if (method !== 'POST' || schema === null) continue;
      const isAllowed = ajv.compile(schema);
      const values = fc
        .sample(valuesOf(schema), { numRuns: VALUES * 2, seed: SEED + index })
        .filter((value) => isAllowed(value))
        .slice(0, VALUES);
      expect(values.length, path).toBeGreaterThan(5);
      asked.push(...values.map((body) => ({ path, body })));
    }
    const callers = Array.from({ length: AT_ONCE }, async () => {
      for (let next = asked.pop(); next !== undefined; next = asked.pop()) {
        const { path, body } = next;
        const answer = await stack.api.post(path, body, { Prefer: 'respond-async' });
        const refusals = answer.status === 202 ? answer.body.jobs : [answer.body];
        for (const refused of refusals ?? [])
          if (
            ['VALIDATION', 'MALFORMED_JSON'].includes(refused.code) &&
            !BEYOND_A_SCHEMA.test(refused.message)
          )
            wrong.push(`${path} ${JSON.stringify(body).slice(0, 500)}: ${refused.message}`);
      }
    });
    await Promise.all(callers);
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  const MESSAGE = { user_id: 'nobody', recipient_id: 'me', text: 'x' };
  const PHONES = ['+79991234567', '+1 415-555-2671', '+44.20.7946.0958'];
  const FIELDS: [name: string, values: unknown[], refused: unknown[]][] = [
    [
      'user_id',
      ['a', 'alice@example.org', '+79991234567', '...', 'x'.repeat(64)],
      ['', '.', '..', 'a/b', 'иван', 'x'.repeat(65)],
    ],
    [
      'recipient_id',
      [
        'me',
        'ME',
        'self',
        '@durov',
        'durov',
        '987654321',
        987654321,
        '-123456',
        -123456,
        '-1001234567890',
        -1001234567890,
        'https://t.me/durov',
        't.me/durov',
        'https://t.me/durov/123',
        'https://t.me/s/durov',
        'https://t.me/c/1234567890/456',
        'https://t.me/durov?start=1',
        'https://t.me/durov/7/123?comment=5',
        'https://telegram.me/durov',
        't.me/@durov',
        'tg://resolve?domain=durov&post=1',
        'tg://resolve?domain=durov',
        'tg://user?id=987654321',
        ...PHONES,
      ],
      [
        '',
        '0',
        0,
        '007',
        1.5,
        '@a',
        'https://t.me/share',
        'https://t.me/share?url=x',
        'https://telegram.me/joinchat/AAAA',
        'https://t.me/+abcdef',
        '+0123456',
        '-1000000000000',
        2 ** 50,
      ],
    ],
    [
      'callback_url',
      ['https://example.org/a?b=c#d', 'http://127.0.0.1:8080/hook', 'http://localhost', null],
      ['', 'ftp://a.b', 'example.org', 'https://', 'http://999.1.1.1/', 'http://a b/'],
    ],
    ['text', ['x', '👋', ' x ', 'ㅤ'], ['', ' \n', '\u200b', '\u0000', '\u0333', '\u2800\ufeff']],
    [
      'send_at',
      ['2024-01-15T12:00:00Z', '2024-01-15T12:00:00.123+05:30', null],
      ['tomorrow', '2024-13-01T00:00:00Z', '2024-01-15T12:00:00'],
    ],
    ['parse_mode', ['markdown', 'html', 'none', null], ['rtf', 1]],
    ['reply_to', [1, 2_147_483_647, null], [0, -1, 1.5, 2 ** 31, '1']],
  ];

  test.each(FIELDS)(
    '%s: what is right is right for both, what is wrong for both wrong',
    async (name, values, refused) => {
      const isAllowed = ajv.compile(bodyOf('/telegram/user/send'));
      for (const [value, expected] of [
        ...values.map((each) => [each, true]),
        ...refused.map((each) => [each, false]),
      ]) {
        const body = { ...MESSAGE, [name]: value };
        const answer = await stack.api.post('/telegram/user/send', body);
        const isAccepted = answer.body.code !== 'VALIDATION';
        expect([value, isAllowed(body), isAccepted]).toEqual([value, expected, expected]);
      }
    },
  );

  test('phone_number, and fields that need one another', async () => {
    const check = async (path: string, body: object, expected: boolean) => {
      const answer = await stack.api.post(path, { user_id: 'nobody', ...body });
      const isAllowed = ajv.validate(bodyOf(path), { user_id: 'nobody', ...body });
      expect([body, isAllowed, answer.body.code !== 'VALIDATION']).toEqual([body, expected, expected]);
    };
    const start = '/telegram/user/auth/start';
    for (const phone_number of ['+999', '79991234567', '+0999999999', 'x', ''])
      await check(start, { phone_number }, false);
    const verify = '/telegram/user/auth/verify';
    for (const body of [{}, { phone_code: null }, { phone_code: null, password: null }, { phone_code: ' ' }])
      await check(verify, body, false);
    for (const body of [{ phone_code: '12345' }, { phone_code: 12345, password: null }, { password: 'p' }])
      await check(verify, body, true);
    const stream = '/message_stream';
    const messages = [{ role: 'assistant', content: 'x' }];
    for (const more of [{}, { recipient_id: null }])
      await check(stream, { messages, send_to_telegram: true, ...more }, false);
    await check(stream, { messages, send_to_telegram: true, recipient_id: 'me' }, true);
  });
});
