import { request, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { openConsumerRedis } from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../env/api-client.ts';
import { type Document, expectDocumented } from '../env/documented.ts';
import { Stack } from '../env/stack.ts';
import { limitedKey } from './every-route/limited-key.ts';
import { routesOf, type Route } from './every-route/routes.ts';

const KIB = 1024;
/** Bytes that a body may have, where it is not 256 KiB. */
const LIMITS: Record<string, number> = {
  '/telegram/user/batch': 8 * KIB * KIB,
  '/telegram/user/send/batch': 8 * KIB * KIB,
};
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const JSON_TYPE = { 'content-type': 'application/json' };
/** Probes add queries of their own. */
const TAKES_ANY_QUERY = new Set(['/healthz', '/readyz', '/metrics', '/message_stream']);
const OF_BOB = { Authorization: 'Bearer of-bob' };

/** Rules that every route keeps. The routes are those of the API's own document, so a new route is tested too. */
describe('Every route', () => {
  let stack: Stack;
  let document: Document;
  let routes: Route[];
  let redis: ReturnType<typeof openConsumerRedis>;

  beforeAll(async () => {
    stack = await Stack.start({
      API_KEYS: 'everything,of-bob:bob',
      WEBHOOK_SECRET: 'a secret of 16 characters',
      WEBHOOK_ALLOW_PRIVATE: 'true',
    });
    document = (await stack.api.get('/openapi.json')).body;
    routes = routesOf(document);
    stack.api.headers = { Authorization: 'Bearer everything' };
    redis = openConsumerRedis(stack.redis.address, silentLogger());
    await stack.signIn('alice', '+9996627411');
  });
  afterAll(async () => {
    redis.disconnect();
    await stack[Symbol.asyncDispose]();
  });

  const withBody = () => routes.filter(({ body }) => body !== undefined);

  async function ask(route: Route, body: string | Uint8Array, headers: Record<string, string>) {
    const response = await fetch(stack.api.url + route.path, {
      method: route.method,
      headers: { ...stack.api.headers, ...headers },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  /** Sends the head and this much of the body, and reads the answer without sending more. */
  async function upload(route: Route, headers: Record<string, string>, body: string): Promise<ApiAnswer> {
    const asked = request(stack.api.url + route.path, {
      method: route.method,
      headers: { ...stack.api.headers, ...JSON_TYPE, ...headers },
      agent: false,
    });
    asked.flushHeaders();
    asked.write(body);
    const answered = await new Promise<IncomingMessage>((resolve, reject) => {
      asked.on('response', resolve).on('error', reject);
    });
    const answer = {
      status: answered.statusCode ?? 0,
      headers: new Headers(answered.headers as Record<string, string>),
      body: await json(answered),
    };
    asked.destroy();
    return answer;
  }

  function expectRefusal({ name }: Route, answer: ApiAnswer, status: number, code: string): void {
    expectDocumented(document, name, status, answer);
    expect(answer.body.code, name).toBe(code);
  }

  /** Jobs and attempts in Redis, which a refused request leaves as they were. */
  const traces = async () =>
    (await redis.keys('*')).filter((key) => /^\{tries|:(control|send):0/.test(key)).sort();

  test('an unknown path is 404, below a known one too', async () => {
    const known = new Set(routes.map(({ path }) => path));
    // What follows a user_id, or stands in the place of one, is part of it.
    const closed = [...known].filter(
      (path) => !path.endsWith('{user_id}') && !known.has(`${path}/{user_id}`),
    );
    const below = closed.map((path) => `${path}/nothing/here`);
    const slashed = closed.filter((path) => !path.endsWith('}')).map((path) => `${path}/`);
    for (const path of ['/', '/telegram', '/jobs', '/telegram/user/nothing', ...below, ...slashed]) {
      const { status, body } = await stack.api.get(path);
      expect([path, status, body]).toEqual([
        path,
        404,
        {
          status: 'error',
          code: 'NOT_FOUND',
          message: 'There is nothing at this path.',
          kind: 'permanent',
          request_id: expect.any(String),
        },
      ]);
    }
  });

  test('another method is 405, and `Allow` lists the methods of the path', async () => {
    for (const [path, operations] of Object.entries<object>(document.paths)) {
      const methods = Object.keys(operations).map((method) => method.toUpperCase());
      const allowed = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
      for (const method of METHODS.filter((each) => !methods.includes(each))) {
        const answer = await stack.api.request(method, path, undefined, {});
        const name = `${method} ${path}`;
        expect([name, answer.status, answer.body.code]).toEqual([name, 405, 'METHOD_NOT_ALLOWED']);
        expect([name, answer.headers.get('allow')?.split(', ').toSorted()]).toEqual([
          name,
          allowed.toSorted(),
        ]);
      }
    }
  });

  test('a body of another content type, or a compressed one, is 415, and leaves no trace', async () => {
    const before = await traces();
    for (const route of withBody()) {
      const text = JSON.stringify(route.body);
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/jsonp',
        'application/json; charset=utf-16',
        '',
      ])
        expectRefusal(route, await ask(route, text, { 'content-type': type }), 415, 'UNSUPPORTED_MEDIA_TYPE');
      const compressed = await ask(route, text, { ...JSON_TYPE, 'content-encoding': 'gzip' });
      expectRefusal(route, compressed, 415, 'UNSUPPORTED_MEDIA_TYPE');
    }
    expect(await traces()).toEqual(before);
  });

  test('malformed JSON is 400 MALFORMED_JSON, JSON of another kind is 400 VALIDATION, and leaves no trace', async () => {
    const before = await traces();
    for (const route of withBody()) {
      const text = JSON.stringify(route.body);
      const invalidUtf8 = Buffer.from(text.replace('{"', '{"Ã'), 'latin1');
      for (const body of ['', `${text} x`, invalidUtf8])
        expectRefusal(route, await ask(route, body, JSON_TYPE), 400, 'MALFORMED_JSON');
      for (const body of ['null', `[${text}]`, '"text"'])
        expectRefusal(route, await ask(route, body, JSON_TYPE), 400, 'VALIDATION');
    }
    expect(await traces()).toEqual(before);
  });

  test('a field that the document does not name is refused by name; only /message_stream passes it on', async () => {
    expect(
      withBody()
        .filter(({ isStrict }) => !isStrict)
        .map(({ path }) => path),
    ).toEqual(['/message_stream']);
    for (const route of withBody().filter(({ isStrict }) => isStrict)) {
      const answer = await stack.api.post(route.path, { ...route.body, colour: 'red' });
      expectRefusal(route, answer, 400, 'VALIDATION');
      expect(answer.body.issues, route.name).toContainEqual({
        path: 'colour',
        message: 'is not a field of this request',
      });
    }
  });

  test('a field of a query that the document does not name is refused by name', async () => {
    const before = await traces();
    const strict = routes.filter(({ path }) => !TAKES_ANY_QUERY.has(path));
    expect(strict.length).toBeGreaterThan(50);
    for (const route of strict) {
      const path = route.path.replace('{user_id}', 'alice').replace(/\{\w+\}/g, 'me');
      const answer = await stack.api.request(route.method, `${path}?limitt=1`, route.body, {});
      expectRefusal(route, answer, 400, 'VALIDATION');
      expect(answer.body.issues, route.name).toContainEqual({
        path: 'limitt',
        message: 'is not a field of this request',
      });
    }
    expect(await traces()).toEqual(before);
  });

  test('the same Idempotency-Key with another request is 422 IDEMPOTENCY_MISMATCH, or the error of the message', async () => {
    await stack.api.post('/telegram/user/pause', { user_id: 'alice' });
    const keyed = routes.filter(({ parameters }) => parameters.includes('IdempotencyKey'));
    expect(keyed.length).toBeGreaterThanOrEqual(3);
    for (const route of keyed) {
      const headers = { ...JSON_TYPE, Prefer: 'respond-async', 'Idempotency-Key': `key of ${route.path}` };
      const repeat = async (change: (body: string) => string) => {
        const response = await fetch(stack.api.url + route.path, {
          method: 'POST',
          headers: { ...stack.api.headers, ...headers },
          body: change(JSON.stringify(route.body)),
        });
        // A reply's stream goes on until its message is out.
        const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
        if (isStream) await response.body?.cancel();
        return {
          status: response.status,
          headers: response.headers,
          body: isStream ? null : await response.json(),
        };
      };
      for (let times = 0; times < 2; times += 1)
        expect((await repeat((body) => body)).status, route.name).toBeLessThan(300);
      const body = JSON.stringify(route.body);
      const changes = [
        (given: string) =>
          /"(text|content)":/.test(given)
            ? given.replaceAll(/"(text|content)":"/g, '"$1":"other ')
            : given.replaceAll(/"(message_ids?)":(\[?)/g, '"$1":$29'),
        (given: string) =>
          given.replaceAll(
            /"recipient_id":"[^"]*"/g,
            `"recipient_id":"${/chat\/(join|leave)/.test(route.path) ? '@else' : 'me'}"`,
          ),
      ].filter((change) => change(body) !== body);
      // Some actions name only the chat.
      expect(changes.length, route.name).toBe(/\/chat\/(read|join|leave)$/.test(route.path) ? 1 : 2);
      for (const change of changes) {
        const answer = await repeat(change);
        if (answer.status === 202)
          expect(answer.body.jobs, route.name).toMatchObject(
            answer.body.jobs.map(() => ({ status: 'error', code: 'IDEMPOTENCY_MISMATCH' })),
          );
        else expectRefusal(route, answer, 422, 'IDEMPOTENCY_MISMATCH');
      }
    }
  });

  test('a job or delivery that does not exist is 404, and so is one of an account that the key may not use', async () => {
    const message = { user_id: 'alice', recipient_id: 'me', text: 'x', callback_url: 'http://127.0.0.1:1/' };
    await stack.api.post('/telegram/user/resume', { user_id: 'alice' });
    const { job_id } = (await stack.api.post('/telegram/user/send', message, { Prefer: 'wait=30' })).body;
    const list = `/webhooks/deliveries?job_id=${job_id}`;
    await expect.poll(async () => (await stack.api.get(list)).body.deliveries).toHaveLength(1);
    const [delivery] = (await stack.api.get(list)).body.deliveries;
    const webhook = { url: 'http://127.0.0.1:1/', user_ids: ['alice'], events: ['message.new'] };
    const { webhook_id } = (await stack.api.post('/webhooks', webhook)).body;
    const kinds: Record<string, [code: string, existing: string]> = {
      JobId: ['JOB_NOT_FOUND', job_id],
      DeliveryId: ['NOT_FOUND', delivery.id],
      WebhookId: ['WEBHOOK_NOT_FOUND', webhook_id],
    };
    for (const [parameter, [code, existing]] of Object.entries(kinds)) {
      const named = routes.filter(({ parameters }) => parameters.includes(parameter));
      expect(named.length).toBeGreaterThanOrEqual(2);
      for (const route of named) {
        const at = (id: string, headers = {}) =>
          stack.api.request(route.method, route.path.replace(/\{\w+\}/, id), undefined, headers);
        const missing = await at(existing.replace(/01/, '02'));
        expectRefusal(route, missing, 404, code);
        for (const answer of [await at('none'), await at(existing, OF_BOB)]) {
          expectRefusal(route, answer, 404, code);
          expect({ ...answer.body, request_id: '' }).toEqual({ ...missing.body, request_id: '' });
        }
      }
    }
  });

  test('a body of the limit is read; a byte more, announced or in chunks, is 413 and leaves no trace', async () => {
    const before = await traces();
    for (const route of withBody()) {
      const limit = LIMITS[route.path] ?? 256 * KIB;
      expectRefusal(route, await ask(route, '{}'.padEnd(limit), JSON_TYPE), 400, 'VALIDATION');
      for (const over of [
        await upload(route, { 'content-length': `${limit + 1}` }, ''),
        await upload(route, { 'transfer-encoding': 'chunked' }, '{}'.padEnd(limit + 1)),
      ]) {
        expectRefusal(route, over, 413, 'PAYLOAD_TOO_LARGE');
        expect(over.body.message, route.name).toMatch(limit === 256 * KIB ? 'over 256 KiB' : 'over 8 MiB');
      }
    }
    expect(await traces()).toEqual(before);
  });

  describe('A limited key', () => limitedKey(() => ({ stack, routes })));
});
