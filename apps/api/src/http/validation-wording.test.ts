import { ACTIONS } from '@gateway/actions';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { OPERATIONS } from '../openapi/operations.ts';
import { NamedSchemas } from '../openapi/schemas.ts';
import { useRealQueues } from '../testing/real-queues.ts';

const queues = useRealQueues();

const ODD = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  2 ** 53,
  Infinity,
  '',
  ' ',
  'x',
  '\ud83d',
  'x'.repeat(70_000),
  [],
  [1],
  [{}],
  {},
  { x: 1 },
];

/** Words that only zod's own messages use. */
const RAW = /Invalid|expected|received|Too (small|big)|Unrecognized|NaN|undefined|\[object/;

type Json = Record<string, unknown>;

/** The value with every field, at every depth, exchanged for each odd value once. */
function* mutations(value: unknown, schema: Json): Generator {
  yield* ODD;
  const properties = { ...(schema['properties'] as Record<string, Json> | undefined) };
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    yield { ...value, no_such_field: 1 };
    for (const [name, inner] of Object.entries(properties))
      for (const odd of mutations((value as Json)[name], inner)) yield { ...value, [name]: odd };
  }
  if (Array.isArray(value))
    for (const odd of mutations(value[0], { ...(schema['items'] as Json | undefined) })) yield [odd];
  for (const alternative of (schema['anyOf'] as Json[] | undefined) ?? [])
    if (alternative['type'] === 'object') yield* mutations({}, alternative);
}

/** The schema of a request as JSON Schema, without references. */
function inlineSchema(schema: z.ZodType): Json {
  const schemas = new NamedSchemas();
  const root = schemas.convert(schema, 'input');
  const named = schemas.all() as Record<string, Json>;
  const inline = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(inline);
    if (typeof part !== 'object' || part === null) return part;
    const { $ref, ...others } = part as Json;
    if (typeof $ref === 'string') return inline({ ...named[$ref.replace(/.*\//, '')], ...others });
    return Object.fromEntries(Object.entries(others).map(([name, inner]) => [name, inline(inner)]));
  };
  return inline(root) as Json;
}

describe('wording', () => {
  const requests = OPERATIONS.flatMap(({ method, path, request }) =>
    request === undefined ? [] : [[`${method} ${path}`, path, request] as const],
  );

  test.each(requests)('%s: no message is raw zod', async (_name, path, { schema, examples }) => {
    const { call } = queues.api();
    const [example] = Object.values(examples);
    const wrong: string[] = [];
    const seen = new Set<string>();
    for (const body of mutations(example, inlineSchema(schema))) {
      const raw = schema.safeParse(body);
      if (raw.success || body === undefined) continue;
      const key = JSON.stringify(raw.error.issues.map(({ path: at, message }) => [at, message]));
      if (seen.has(key)) continue;
      seen.add(key);
      const answer = await call(path, { body: JSON.stringify(body) ?? 'null' });
      const issues = (answer.body['issues'] ?? []) as { path: string; message: string }[];
      for (const { path: at, message } of issues)
        if (at === '' || RAW.test(message) || !/^(must|is|may|has|phone_code or)\b/.test(message))
          wrong.push(`${at}: ${message}`);
    }
    expect(seen.size).toBeGreaterThan(3);
    expect(wrong).toEqual([]);
  });

  const MESSAGE = { user_id: 'user1', recipient_id: 'me', text: 'x' };
  const REPLY_TO = 'must be the id of a message in that chat, 1 to 2147483647; leave it out for no reply';
  test.each([
    ['/telegram/user/auth/verify', { user_id: 'user1' }, 'phone_code', 'is needed, or password'],
    ['/telegram/user/send', { ...MESSAGE, reply_to: 0 }, 'reply_to', REPLY_TO],
    ['/telegram/user/send', { ...MESSAGE, reply_to: -5 }, 'reply_to', REPLY_TO],
    ['/telegram/user/send', { ...MESSAGE, reply_to: 2 ** 31 }, 'reply_to', REPLY_TO],
    ['/telegram/user/send', { ...MESSAGE, reply_to: 2 ** 53 }, 'reply_to', REPLY_TO],
    ['/telegram/user/send', { ...MESSAGE, reply_to: 1.5 }, 'reply_to', 'must be a whole number'],
    [
      '/telegram/user/send/batch',
      [MESSAGE],
      'body',
      'must be a JSON object with the list in it: {"messages":[…]}',
    ],
    ['/telegram/user/send/batch', { messages: MESSAGE }, 'messages', 'must be a list of messages'],
    ['/telegram/user/send', [MESSAGE], 'body', 'must be a JSON object'],
    ['/telegram/user/pace', { user_id: 'user1', pace: { burst: 0 } }, 'pace.burst', 'must be at least 1'],
    [
      '/telegram/user/pace',
      { user_id: 'user1', pace: { bursts: 1 } },
      'pace.bursts',
      'is not a field of this request',
    ],
    [
      '/telegram/user/pace',
      { user_id: 'user1', pace: 'fast' },
      'pace',
      'must be off, careful, or an object with rules',
    ],
    ['/telegram/user/pace', { user_id: 'user1' }, 'pace', 'is required, or else replies_only'],
  ])('%s %j: %s %s', async (path, body, at, message) => {
    const answer = await queues.api().call(path, { body });
    expect(answer.body).toMatchObject({ code: 'VALIDATION', issues: [{ path: at, message }] });
    expect(answer.body['message']).toBe(`${at === 'body' ? 'The body' : at} ${message}`);
  });

  test.each(
    [
      '/telegram/accounts',
      '/telegram/accounts/user1/sends',
      '/telegram/accounts/user1/history',
      '/webhooks/deliveries',
      '/jobs/x',
      '/telegram/user/status/user1',
    ].flatMap((path) =>
      ['', 'x', '0', '-1', '1.5', '1e99', '99999'].map(
        (value) =>
          `${path}?limit=${value}&hours=${value}&wait=${value}&live=${value}&state=${value}&q=${'q'.repeat(65)}&after=%2F&user_id=${value}`,
      ),
    ),
  )('%s: no message is raw zod', async (target) => {
    const { body } = await queues.api().call(target);
    for (const { path: at, message } of (body['issues'] ?? []) as { path: string; message: string }[])
      expect([at, message]).toEqual([expect.stringMatching(/./), expect.stringMatching(/^(must|is|may)\b/)]);
    expect(JSON.stringify(body['issues'] ?? '')).not.toMatch(RAW);
  });

  test('a message of a batch that is no object is told so in its place', async () => {
    const { body } = await queues.api().call('/telegram/user/send/batch', { body: { messages: [[], 7] } });
    const issues = [{ path: 'message', message: 'must be a JSON object' }];
    expect(body['jobs']).toMatchObject([{ issues }, { issues }]);
  });
});

describe('null for an optional field', () => {
  const requests = OPERATIONS.flatMap(({ method, path, request }) =>
    request === undefined ? [] : [[`${method} ${path}`, request] as const],
  );

  test.each(requests)('%s: means absent, and the document says so', (_name, { schema, examples }) => {
    const [example] = Object.values(examples) as Json[];
    const { properties, required } = inlineSchema(schema) as {
      properties: Record<string, Json>;
      required: string[];
    };
    for (const [name, property] of Object.entries(properties)) {
      // A pace or a proxy of null is that of the server.
      if (required.includes(name) || name === 'pace' || name === 'proxy') continue;
      const { [name]: _left, ...without } = { ...example };
      const absent = schema.safeParse(without);
      // Where it is needed beside another one, null is refused as absence is.
      expect([name, schema.safeParse({ ...without, [name]: null })]).toEqual([name, absent]);
      const accepts = z.fromJSONSchema(withoutPatterns(property));
      expect([name, accepts.safeParse(null).success]).toEqual([name, true]);
    }
  });

  test.each(['Markdown', 'MARKDOWN', 'HTML', 'Html', 'None', 'NONE'])(
    'parse_mode %s is taken',
    (parse_mode) => {
      const message = { user_id: 'a', recipient_id: 'me', text: 'x', parse_mode };
      expect(ACTIONS.send.request.parse(message).parse_mode).toBe(parse_mode.toLowerCase());
    },
  );
});

/** What zod cannot convert: it compiles patterns without their `u` flag, and knows neither `not` nor conditions. */
const UNKNOWN_TO_ZOD = new Set(['pattern', 'not', 'if', 'else']);

function withoutPatterns(schema: Json): Json {
  return JSON.parse(JSON.stringify(schema, (key, value) => (UNKNOWN_TO_ZOD.has(key) ? undefined : value)));
}
