import fc from 'fast-check';
import type { JsonSchema, Operation } from './operations.ts';

/** A request as bytes, also one that no client library would send. */
export interface FuzzRequest {
  method: string;
  target: string;
  headers: Record<string, string | string[]>;
  body: Uint8Array | null;
}

/** Names and values with which some requests pass the first checks. */
export interface Known {
  userIds: readonly string[];
  /** Accounts for calls that end an account. The others stay signed in, so that messages are accepted until the end. */
  mayEnd: readonly string[];
  recipients: readonly (string | number)[];
  jobIds: readonly string[];
  webhookIds: readonly string[];
  fileIds: readonly string[];
}

const ODD_STRINGS = [
  '',
  ' ',
  '\0',
  '..',
  '../../etc/passwd',
  '%00',
  '\u202E',
  '\uD800',
  '👨‍👩‍👧‍👦'.repeat(50),
  'x'.repeat(5_000),
  '__proto__',
  'constructor',
  '{{7*7}}',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  '**',
  '<b>',
  '```',
  '+'.repeat(64),
  '0',
  '-0',
  '1e400',
  '99999999999999999999999999',
  'null',
  '2024-13-45T99:99:99Z',
  'http://[::1]:0/',
  'file:///etc/passwd',
];
const ODD_NUMBERS = [0, -0, -1, 1.5, 1e308, 2 ** 31, 2 ** 53, 2 ** 53 + 2, -(2 ** 63), 1e21];

const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], { a: { b: {} } }, ...ODD_STRINGS, ...ODD_NUMBERS),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

/** Valid and invalid values of this kind. */
function valueOf(name: string, schema: JsonSchema, known: Known): fc.Arbitrary<unknown> {
  const like = likely(name, schema, known);
  return fc.oneof({ weight: 3, arbitrary: like }, { weight: 1, arbitrary: oddValue });
}

function likely(name: string, schema: JsonSchema, known: Known): fc.Arbitrary<unknown> {
  if (name === 'user_id') return fc.constantFrom<unknown>(...known.userIds);
  // Nobody listens there. Addresses of other machines must not be asked.
  if (name === 'proxy') return fc.constantFrom<unknown>(null, 'socks5://127.0.0.1:1');
  if (name === 'recipient_id') return fc.constantFrom<unknown>(...known.recipients);
  const [example] = schema.examples ?? [];
  if (example !== undefined) return fc.constant(example);
  const choices = schema.anyOf ?? schema.oneOf;
  // Those of an object only say which of its fields need one another.
  if (choices !== undefined && choices.length > 0 && schema.type !== 'object')
    return fc.oneof(...choices.map((choice) => likely(name, choice, known)));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (Array.isArray(schema.type))
    return fc.oneof(...schema.type.map((type) => likely(name, { ...schema, type }, known)));
  switch (schema.type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.integer({ min: 0, max: 1_000 });
    case 'array':
      return fc.array(likely('', schema.items ?? {}, known), { maxLength: 4 });
    case 'object':
      return objectOf(schema, known);
    case 'string':
      return fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 });
    default:
      return oddValue;
  }
}

function objectOf(schema: JsonSchema, known: Known): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {});
  // Of fields that need one another, the first alternative, which must not be null.
  const first = schema.anyOf?.[0] ?? schema.oneOf?.[0]?.anyOf?.[0];
  const chosen = first?.required ?? [];
  const required = new Set([...(schema.required ?? []), ...chosen]);
  const fields = properties.map(([name, inner]) =>
    (chosen.includes(name)
      ? valueOf(name, inner, known).filter((value) => value !== null)
      : valueOf(name, inner, known)
    ).chain((value) =>
      fc
        .nat({ max: 9 })
        .map((dice): [string, unknown][] =>
          dice === 0 || (!required.has(name) && dice < 8) ? [] : [[name, value]],
        ),
    ),
  );
  const stranger = fc
    .tuple(fc.nat({ max: 9 }), fc.constantFrom('x', '__proto__', 'toString', '', 'api_hash'), oddValue)
    .map(([dice, name, value]): [string, unknown][] => (dice === 0 ? [[name, value]] : []));
  return (
    fc
      .tuple(...fields, stranger)
      // Object.assign would not create a field named `__proto__`.
      .map((entries) => Object.fromEntries(entries.flat()))
  );
}

const encoder = new TextEncoder();

/** Valid JSON, and JSON broken in typical ways. */
function bytesOf(value: unknown, how: number): Uint8Array {
  const json = JSON.stringify(value) ?? '';
  switch (how) {
    case 0:
      return encoder.encode(json.slice(0, json.length / 2));
    case 1:
      return Buffer.concat([
        encoder.encode(json.slice(0, -1)),
        Buffer.from([0xc3, 0x28, 0xff]),
        Buffer.from('}'),
      ]);
    case 2:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), encoder.encode(json)]);
    case 3:
      return encoder.encode(json.replace('{', '{"user_id":1,"user_id":"a","text":"first",'));
    case 4:
      return encoder.encode(json.replace(/\d+/, '9'.repeat(400)));
    case 5:
      return encoder.encode('['.repeat(20_000) + ']'.repeat(20_000));
    case 6:
      return Buffer.from(json, 'utf16le');
    case 7:
      return encoder.encode(`${json}${json}`);
    case 8:
      return encoder.encode(json.replaceAll('"', "'"));
    case 9:
      return encoder.encode(`${json}${' '.repeat(300_000)}`);
    default:
      return encoder.encode(json);
  }
}

const oddHeaders = fc.constantFrom<Record<string, string | string[]>>(
  { 'idempotency-key': ['a', 'b'] },
  { 'idempotency-key': 'x'.repeat(300) },
  { prefer: 'wait=99999999999999, respond-async; x="' },
  { prefer: ',;=,"' },
  { 'x-request-id': '\tä'.repeat(10) },
  { 'x-request-id': 'x'.repeat(4_000) },
  { 'last-event-id': '"'.repeat(1_000) },
  { authorization: 'Bearer' },
  { authorization: `Basic ${'='.repeat(100)}` },
  { 'x-api-key': ['a', 'b'] },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'text/plain' },
  { 'content-type': ['application/json', 'text/plain'] },
  { 'content-encoding': 'gzip' },
  { 'accept-language': 'x'.repeat(1_000) },
  { range: 'bytes=0-0' },
  { 'x-http-method-override': 'DELETE' },
  { 'transfer-encoding': 'chunked' },
);

/** Operations after which an account sends nothing. */
const ENDS_ACCOUNTS = new Set([
  '/telegram/user/disconnect',
  '/telegram/user/proxy',
  '/telegram/user/export',
  '/telegram/user/import',
]);

/** Requests of one operation, from nearly valid to nonsense. None asks to wait, so all are answered soon. */
export function requestsOf(operation: Operation, all: Known): fc.Arbitrary<FuzzRequest> {
  const known = ENDS_ACCOUNTS.has(operation.path) ? { ...all, userIds: all.mayEnd } : all;
  const body =
    operation.body === null
      ? fc.constant(undefined)
      : fc.oneof(
          { weight: 6, arbitrary: objectOf(operation.body, known) },
          { weight: 1, arbitrary: oddValue },
        );
  return fc
    .record({
      body,
      how: fc.nat({ max: 40 }),
      odd: fc.option(oddHeaders, { freq: 5 }),
      method: fc.constantFrom(
        ...Array.from({ length: 20 }, () => operation.method),
        'PUT',
        'PATCH',
        'OPTIONS',
      ),
      target: targetOf(operation, known),
    })
    .map(({ body: value, how, odd, method, target }) => ({
      method,
      target,
      headers: {
        ...(value !== undefined && { 'content-type': 'application/json' }),
        prefer: 'respond-async',
        ...odd,
      },
      body: value === undefined || method === 'OPTIONS' ? null : bytesOf(value, how),
    }));
}

function targetOf({ path, parameters }: Operation, known: Known): fc.Arbitrary<string> {
  const text = fc.oneof(
    fc.constantFrom(...ODD_STRINGS.slice(1, 20)),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  );
  const given: Record<string, readonly (string | number)[]> = {
    job_id: known.jobIds,
    webhook_id: known.webhookIds,
    file_id: known.fileIds,
    user_id: known.userIds,
    recipient_id: known.recipients,
  };
  const parts = path.split(/\{(\w+)\}/).map((part, index) => {
    if (index % 2 === 0) return fc.constant(part);
    return fc
      .oneof(fc.constantFrom(...(given[part] ?? ['x']).map(String)), text)
      .map((value) => encodeURIComponent(value.toWellFormed()));
  });
  const queries = parameters
    .filter(({ in: where }) => where === 'query')
    .map(({ name }) =>
      fc.option(
        fc
          .oneof(
            fc.constantFrom('0', 'true', 'false', '-1', '1e9', 'x', '', ...(given[name] ?? []).map(String)),
            text,
          )
          .map((value) => `${name}=${encodeURIComponent(value.toWellFormed())}`),
        { nil: '' },
      ),
    );
  return fc
    .tuple(fc.tuple(...parts), fc.tuple(...queries), fc.constantFrom('', '', '', '/', '//x', '?a=%zz'))
    .map(([segments, query, end]) => {
      const search = query.filter((pair) => pair !== '').join('&');
      return segments.join('') + (search === '' ? end : `?${search}`);
    });
}
