import { Readable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { rawRequest } from '../testing/raw-request.ts';
import { useRealQueues } from '../testing/real-queues.ts';
import { READY } from '../testing/views.ts';

const queues = useRealQueues();

const SEND = '/telegram/user/send';
const MESSAGE = { user_id: 'user1', recipient_id: 'me', text: 'Привет! 👋' };
const ASYNC = { prefer: 'respond-async' };

/** A message of an account that may send. */
const acceptable = async () => ({ ...MESSAGE, user_id: await queues.owner.newAccount(READY) });

test('a path of dots is 404', async () => {
  expect((await queues.api().call('/telegram/user/status/..')).status).toBe(404);
});

describe('common headers', () => {
  test.each(['a', 'Req-1.2_3', 'x'.repeat(128)])(
    'X-Request-Id %s is kept, in header and error body',
    async (id) => {
      const { headers, body } = await queues.api().call('/nothing', { headers: { 'x-request-id': id } });
      expect(headers.get('x-request-id')).toBe(id);
      expect(body['request_id']).toBe(id);
    },
  );

  test.each(['', 'a b', 'x'.repeat(129), '<script>', 'a,b'])('X-Request-Id %j is replaced', async (id) => {
    const { headers, body } = await queues.api().call('/nothing', { headers: { 'x-request-id': id } });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(body['request_id']).toBe(headers.get('x-request-id'));
  });

  test.each(['/healthz', '/nothing', '/telegram/user/status/user1'])(
    '%s is for nobody to keep or to guess the type of',
    async (path) => {
      const { headers } = await queues.api().call(path);
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
      const { status } = await queues.api().call(SEND, {
        body: await acceptable(),
        headers: { 'content-type': type, ...ASYNC },
      });
      expect(status).toBe(202);
    },
  );

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
    const answer = await queues.api().call(SEND, { method: 'POST', body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'MALFORMED_JSON' });
  });

  test.each(['null', '[]', '"text"', '1', 'true', `${'['.repeat(64)}${']'.repeat(64)}`])(
    'JSON that is no object is 400 VALIDATION (%#)',
    async (body) => {
      const answer = await queues.api().call(SEND, { body });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({
        code: 'VALIDATION',
        message: 'The body must be a JSON object',
        issues: [{ path: 'body', message: 'must be a JSON object' }],
      });
    },
  );

  test('a body without end is read no further than the limit', async () => {
    const { request } = queues.api();
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
    await vi.waitFor(() => expect(cancelled).toBe(true), { timeout: 10_000 });
  });

  test('a body that breaks off is 400, and nothing of it is taken', async () => {
    const { logger, url } = queues.api();
    const message = await acceptable();
    const logged = vi.spyOn(logger, 'info');
    const head = `POST ${SEND} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n`;
    const answer = await rawRequest(await url, head + JSON.stringify(message), true);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    const line = { status: 400, code: 'MALFORMED_JSON', hungUp: true };
    await vi.waitFor(() => expect(logged).toHaveBeenCalledWith(expect.objectContaining(line), 'request'), {
      timeout: 10_000,
    });
    expect(await queues.producer.pending(message.user_id)).toMatchObject({ waiting: 0 });
  });

  test('__proto__ pollutes nothing', async () => {
    const body =
      '{"user_id":"user1","recipient_id":"me","text":"x","__proto__":{"silent":true,"polluted":1}}';
    const answer = await queues.api().call(SEND, { body, headers: ASYNC });
    expect(answer).toMatchObject({ status: 400, body: { issues: [{ path: '__proto__' }] } });
    expect('polluted' in {}).toBe(false);
  });

  test('of a field that is given twice the last counts', async () => {
    const { user_id } = await acceptable();
    const body = `{"user_id":"${user_id}","recipient_id":"me","text":"a","text":"b"}`;
    await queues.api().call(SEND, { body, headers: ASYNC });
    expect((await queues.owner.fetch(user_id)).data['text']).toBe('b');
  });
});

test('an unexpected error is 500 without detail', async () => {
  const message = await acceptable();
  await queues.owner.damageView(message.user_id, 'secret detail');
  const { status, body } = await queues.api().call(SEND, { body: message });
  expect(status).toBe(500);
  expect(body).toEqual({
    status: 'error',
    code: 'INTERNAL',
    message: 'The gateway failed unexpectedly.',
    kind: 'retryable',
    request_id: expect.any(String),
  });
});
