import { parseSettings } from '@gateway/runtime';
import { describe, expect, test } from 'vitest';
import { useRealQueues } from '../testing/real-queues.ts';

const queues = useRealQueues();

const PAGE = 'https://app.example.com';
const KEY = 'a-key';
const SEND = '/telegram/user/send';

function api(environment: Record<string, string>) {
  return queues.api(parseSettings(environment));
}

function preflight({ request }: ReturnType<typeof api>, path: string, origin: string, method = 'POST') {
  return request(path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type,idempotency-key,prefer',
    },
  });
}

describe.each([{ API_KEYS: KEY }, {}] as Record<string, string>[])('CORS_ORIGINS, with %j', (keys) => {
  const environment = { ...keys, CORS_ORIGINS: `${PAGE}, http://localhost:5173/` };
  const headers = { origin: PAGE, ...(keys['API_KEYS'] !== undefined && { authorization: `Bearer ${KEY}` }) };

  test.each([
    SEND,
    '/telegram/user/send/batch',
    '/jobs/x',
    '/message_stream',
    '/telegram/accounts',
    '/healthz',
    '/openapi.json',
  ])('a preflight for %s needs no key and allows what a page needs', async (path) => {
    const answer = await preflight(api(environment), path, PAGE);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(answer.headers.get('access-control-allow-methods')).toMatch(/GET.*POST.*DELETE/);
    for (const header of [
      'authorization',
      'x-api-key',
      'content-type',
      'idempotency-key',
      'prefer',
      'last-event-id',
    ])
      expect(answer.headers.get('access-control-allow-headers')?.toLowerCase()).toContain(header);
    expect(answer.headers.get('vary')).toContain('Origin');
    expect(await answer.text()).toBe('');
  });

  test('a page can read answers, errors too, and their headers', async () => {
    const { call } = api(environment);
    const good = await call('/telegram/user/status/user1', { headers });
    expect(good.status).toBe(200);
    const bad = await call(SEND, { headers, body: {} });
    expect(bad.status).toBe(400);
    const lost = await call('/telegram/nothing', { headers });
    expect(lost.status).toBe(404);
    for (const { headers: given } of [good, bad, lost]) {
      expect(given.get('access-control-allow-origin')).toBe(PAGE);
      expect(given.get('access-control-expose-headers')).toMatch(/Location.*Retry-After.*X-Request-Id/);
      expect(given.get('vary')).toContain('Origin');
      expect(given.has('access-control-allow-credentials')).toBe(false);
    }
  });

  test.each([
    'https://evil.example',
    'https://app.example.com.evil.example',
    'http://app.example.com',
    'null',
  ])('a preflight from %s is refused, and the hint is true', async (origin) => {
    const refused = await preflight(api(environment), SEND, origin);
    expect(refused.status).toBe(403);
    expect(refused.headers.has('access-control-allow-origin')).toBe(false);
    const body = (await refused.json()) as { code: string; message: string };
    expect(body).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('CORS_ORIGINS') });
    if (origin === 'null') return;
    // Doing what the hint says helps.
    const followed = await preflight(api({ ...environment, CORS_ORIGINS: origin }), SEND, origin);
    expect(followed.status).toBe(204);
  });
});

test('without CORS_ORIGINS no answer has CORS headers', async () => {
  const { call } = api({ API_KEYS: KEY });
  const answer = await call('/telegram/user/status/user1', { headers: { origin: PAGE, 'x-api-key': KEY } });
  expect(answer.status).toBe(200);
  expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
});

test('with API keys and `*` every page may call', async () => {
  const answer = await preflight(api({ API_KEYS: KEY, CORS_ORIGINS: '*' }), SEND, 'https://any.example');
  expect(answer.status).toBe(204);
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
});

test.each(['/admin/queues', '/console', '/console/sandbox/accounts'])(
  '%s is for its own pages',
  async (path) => {
    const answer = await preflight(api({ API_KEYS: KEY, CORS_ORIGINS: PAGE }), path, PAGE);
    expect(answer.headers.has('access-control-allow-origin')).toBe(false);
  },
);

test('an OPTIONS request that is no preflight is 405 as before', async () => {
  const { request } = api({ CORS_ORIGINS: PAGE });
  expect((await request(SEND, { method: 'OPTIONS', headers: { origin: PAGE } })).status).toBe(405);
});

test('without keys the refusal of a foreign page names what helps', async () => {
  const { call } = api({});
  const { status, body } = await call(SEND, { headers: { origin: PAGE }, body: {} });
  expect(status).toBe(403);
  expect(body['message']).toBe(`Pages of ${PAGE} may not call this API: add that origin to CORS_ORIGINS.`);
});

test.each([
  ['https://App.Example.com/', ['https://app.example.com']],
  ['https://app.example.com:443,http://x:80', ['https://app.example.com', 'http://x']],
  ['https://пример.рф', ['https://xn--e1afmkfd.xn--p1ai']],
  ['capacitor://localhost, http://[::1]:5173', ['capacitor://localhost', 'http://[::1]:5173']],
])('CORS_ORIGINS=%s means %j', (value, origins) => {
  expect(parseSettings({ CORS_ORIGINS: value }).CORS_ORIGINS).toEqual(origins);
});

test.each([
  'app.example.com',
  'https://app.example.com/path',
  'https://*.example.com',
  'null',
  'https://u:p@x',
  'https://',
])('CORS_ORIGINS=%s stops the start with a line that names it', (value) => {
  expect(() => parseSettings({ CORS_ORIGINS: value })).toThrow(/Bad setting: CORS_ORIGINS must be origins/);
});

test('CORS_ORIGINS=* without API_KEYS stops the start', () => {
  expect(() => parseSettings({ CORS_ORIGINS: '*' })).toThrow(
    /Bad setting: CORS_ORIGINS may be \* only with API_KEYS/,
  );
});
