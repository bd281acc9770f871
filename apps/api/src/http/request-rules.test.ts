import { Readable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { type FakeProducer, JOB_ID } from '../testing/fake-producer.ts';
import { rawRequest } from '../testing/raw-request.ts';
import { testApi } from '../testing/test-api.ts';

const SEND = '/telegram/user/send';
const MESSAGE = { user_id: 'user1', recipient_id: 'me', text: 'Привет! 👋' };
const ASYNC = { prefer: 'respond-async' };
const POST_PATHS = [
  SEND,
  '/telegram/user/auth/start',
  '/telegram/user/auth/resend',
  '/telegram/user/auth/cancel',
  '/telegram/user/auth/verify',
  '/telegram/user/disconnect',
];

function untouched(producer: FakeProducer): void {
  expect([producer.sent, producer.added, producer.tries]).toEqual([[], [], []]);
}

describe('paths and methods', () => {
  test.each([
    '/',
    '/telegram',
    '/telegram/user/send/',
    '/telegram/user/nothing',
    '/jobs',
    '/healthz/',
    '/telegram/user/status/..',
  ])('GET %s is 404 with the error body', async (path) => {
    const { status, body } = await testApi().call(path);
    expect(status).toBe(404);
    expect(body).toEqual({
      status: 'error',
      code: 'NOT_FOUND',
      message: 'There is nothing at this path.',
      kind: 'permanent',
      request_id: expect.any(String),
    });
  });

  test.each<[string, string, string]>([
    ...POST_PATHS.map((path): [string, string, string] => ['GET', path, 'POST']),
    ['DELETE', SEND, 'POST'],
    ['OPTIONS', SEND, 'POST'],
    ['POST', '/telegram/user/status/user1', 'GET, HEAD'],
    ['PUT', `/jobs/${JOB_ID}`, 'GET, HEAD, DELETE'],
    ['POST', '/healthz', 'GET, HEAD'],
  ])('%s %s is 405 with Allow: %s', async (method, path, allow) => {
    const { status, body, headers } = await testApi().call(path, { method });
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe(allow);
    expect(body).toMatchObject({ status: 'error', code: 'METHOD_NOT_ALLOWED' });
  });
});

describe('common headers', () => {
  test.each(['a', 'Req-1.2_3', 'x'.repeat(128)])(
    'X-Request-Id %s is kept, in header and error body',
    async (id) => {
      const { headers, body } = await testApi().call('/nothing', { headers: { 'x-request-id': id } });
      expect(headers.get('x-request-id')).toBe(id);
      expect(body['request_id']).toBe(id);
    },
  );

  test.each(['', 'a b', 'x'.repeat(129), '<script>', 'a,b'])('X-Request-Id %j is replaced', async (id) => {
    const { headers, body } = await testApi().call('/nothing', { headers: { 'x-request-id': id } });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(body['request_id']).toBe(headers.get('x-request-id'));
  });

  test.each(['/healthz', '/nothing', '/telegram/user/status/user1'])(
    '%s is for nobody to keep or to guess the type of',
    async (path) => {
      const { headers } = await testApi().call(path);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-type')).toBe('application/json');
    },
  );
});

describe('bodies', () => {
  test.each(['application/json', 'Application/JSON; Charset="UTF-8"', 'application/json;charset=utf-8; x=y'])(
    'content type %s is taken',
    async (type) => {
      const { status } = await testApi().call(SEND, {
        body: MESSAGE,
        headers: { 'content-type': type, ...ASYNC },
      });
      expect(status).toBe(202);
    },
  );

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'application/json; charset=utf-16',
    '',
  ])('content type %j is 415', async (type) => {
    const { producer, call } = testApi();
    const { status, body } = await call(SEND, { body: MESSAGE, headers: { 'content-type': type } });
    expect(status).toBe(415);
    expect(body).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
    untouched(producer);
  });

  test('a compressed body is 415', async () => {
    const { status } = await testApi().call(SEND, { body: MESSAGE, headers: { 'content-encoding': 'gzip' } });
    expect(status).toBe(415);
  });

  test.each([
    '',
    ' ',
    '{',
    '{"a":}',
    '{"a":1,}',
    "{'a':1}",
    '{"a":1} x',
    'undefined',
    '['.repeat(200_000),
    '{"a":'.repeat(50_000),
  ])('malformed JSON is 400 MALFORMED_JSON (%#)', async (body) => {
    const { producer, call } = testApi();
    const answer = await call(SEND, { method: 'POST', body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'MALFORMED_JSON' });
    untouched(producer);
  });

  test('invalid UTF-8 is 400 MALFORMED_JSON', async () => {
    const { request } = testApi();
    const body = Buffer.concat([
      Buffer.from('{"user_id":"user1","recipient_id":"me","text":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}'),
    ]);
    const response = await request(SEND, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'MALFORMED_JSON' });
  });

  test.each(['null', '[]', '"text"', '1', 'true', `${'['.repeat(64)}${']'.repeat(64)}`])(
    'JSON that is no object is 400 VALIDATION (%#)',
    async (body) => {
      const answer = await testApi().call(SEND, { body });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({
        code: 'VALIDATION',
        message: 'The body must be a JSON object',
        issues: [{ path: 'body', message: 'must be a JSON object' }],
      });
    },
  );

  test('a body of 256 KiB is read, a byte more is 413', async () => {
    const { call } = testApi();
    const bytes = (length: number) => JSON.stringify({ ...MESSAGE, text: 'x' }).padEnd(length);
    expect((await call(SEND, { body: bytes(256 * 1024), headers: ASYNC })).status).toBe(202);
    const { status, body } = await call(SEND, { body: bytes(256 * 1024 + 1), headers: ASYNC });
    expect(status).toBe(413);
    expect(body).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });

  test('a body without end is read no further than the limit', async () => {
    const { request } = testApi();
    let pulled = 0;
    let cancelled = false;
    const body = new Readable({
      read() {
        pulled += 1;
        // Just more than the limit, and no end: an answer comes for this much or never.
        if (pulled <= 17) this.push(Buffer.alloc(16 * 1024, ' '));
      },
      destroy(error, callback) {
        cancelled = true;
        callback(error);
      },
    });
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
    const response = await request(SEND, init);
    expect(response.status).toBe(413);
    expect(pulled).toBeLessThan(20);
    await response.text();
    await vi.waitFor(() => expect(cancelled).toBe(true));
  });

  test('an announced length over the limit is 413 before anything is read', async () => {
    const { status } = await testApi().call(SEND, {
      body: MESSAGE,
      headers: { 'content-length': String(256 * 1024 + 1) },
    });
    expect(status).toBe(413);
  });

  test('a body that breaks off is 400, and nothing of it is taken', async () => {
    const { producer, logger, url } = testApi();
    const logged = vi.spyOn(logger, 'info');
    const head = `POST ${SEND} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n`;
    const answer = await rawRequest(await url, head + JSON.stringify(MESSAGE), true);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    const line = { status: 400, code: 'MALFORMED_JSON', hungUp: true };
    await vi.waitFor(() => expect(logged).toHaveBeenCalledWith(expect.objectContaining(line), 'request'));
    untouched(producer);
  });

  test('__proto__ pollutes nothing', async () => {
    const { producer, call } = testApi();
    const body =
      '{"user_id":"user1","recipient_id":"me","text":"x","__proto__":{"silent":true,"polluted":1}}';
    await call(SEND, { body, headers: ASYNC });
    expect('polluted' in {}).toBe(false);
    expect(producer.sent[0]?.job.silent).toBeUndefined();
  });

  test('of a field that is given twice the last counts', async () => {
    const { producer, call } = testApi();
    await call(SEND, {
      body: '{"user_id":"user1","recipient_id":"me","text":"a","text":"b"}',
      headers: ASYNC,
    });
    expect(producer.sent[0]?.job.text).toBe('b');
  });
});

test('an unexpected error is 500 without detail', async () => {
  const { producer, call } = testApi();
  producer.away = { from: 'send', error: new Error('secret detail') };
  const { status, body } = await call(SEND, { body: MESSAGE });
  expect(status).toBe(500);
  expect(body).toEqual({
    status: 'error',
    code: 'INTERNAL',
    message: 'The gateway failed unexpectedly.',
    kind: 'retryable',
    request_id: expect.any(String),
  });
});
