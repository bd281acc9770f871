import { beforeAll, expect, test } from 'vitest';
import { readEvents } from '../../../apps/api/src/testing/read-events.ts';
import type { ApiAnswer } from '../../env/api-client.ts';
import {
  compileSchema,
  type Document,
  expectDocumented as expectAnswerDocumented,
  requestExamples,
  resolved,
  responseOf,
} from '../../env/documented.ts';
import type { Stack } from '../../env/stack.ts';
import { ALICE, BOB, type AliceAndBob } from '../../env/use-stack.ts';

const TO_BOB = { user_id: 'alice', recipient_id: BOB };
const ACCOUNT = { user_id: 'alice' };

/** Compares real answers of a real stack with the document of their operation and status. */
export const openapi = (product: () => AliceAndBob) => {
  let stack: Stack;
  let document: Document;

  beforeAll(async () => {
    ({ stack } = product());
    document = (await stack.api.get('/openapi.json')).body;
  });

  const expectDocumented = (operation: string, status: number, answer: ApiAnswer) =>
    expectAnswerDocumented(document, operation, status, answer);

  /** Checks the data of an operation's server-sent events. */
  const eventSchema = (operation: string) =>
    compileSchema(document, responseOf(document, operation, 200).content['text/event-stream'].schema);

  async function post(path: string, body: unknown, status: number, headers = {}): Promise<ApiAnswer> {
    const answer = await stack.api.post(path, body, headers);
    expectDocumented(`post ${path}`, status, answer);
    return answer;
  }

  test('all schemas compile, and all examples are valid', () => {
    // Many answers share a schema, and compiling takes long.
    const compiled = new Set<string>();
    const compile = (schema: object) => {
      const text = JSON.stringify(schema);
      if (!compiled.has(text)) compileSchema(document, schema);
      compiled.add(text);
    };
    const expectValid = (schema: object, example: unknown) => {
      const check = compileSchema(document, schema);
      check(example);
      expect(check.errors, JSON.stringify(example)).toBeNull();
    };
    for (const operations of Object.values<object>(document.paths)) {
      for (const { requestBody, responses } of Object.values(operations)) {
        for (const response of Object.values<Document>(responses))
          for (const { schema, example } of Object.values<Document>(
            resolved(document, response).content ?? {},
          )) {
            compile(schema);
            if (example !== undefined) expectValid(schema, example);
          }
        const json = resolved(document, requestBody)?.content['application/json'];
        if (json === undefined) continue;
        for (const example of requestExamples(json)) expectValid(json.schema, example);
      }
    }
    for (const schema of Object.values<Document>(document.components.schemas))
      for (const example of schema.examples ?? []) expectValid(schema, example);
  });

  test('documents the answers to sending', async () => {
    const path = '/telegram/user/send';
    await post(path, { ...TO_BOB, text: 'out' }, 200, { Prefer: 'wait=30' });
    await post(path, { ...TO_BOB, text: 'x '.repeat(3_000) }, 200, { Prefer: 'wait=30' });
    const once = { Prefer: 'wait=30', 'Idempotency-Key': 'once' };
    const [first, repeat] = [
      await post(path, { ...TO_BOB, text: 'once' }, 200, once),
      await post(path, { ...TO_BOB, text: 'once' }, 200, once),
    ];
    expect(first.headers.get('Idempotent-Replayed')).toBeNull();
    expect(repeat.headers.get('Idempotent-Replayed')).toBe('true');
    expect(repeat.body).toEqual(first.body);
    await post(path, { ...TO_BOB, text: 'later' }, 202, { Prefer: 'respond-async' });
    await post(path, { ...TO_BOB, text: '' }, 400);
    await post(path, { ...TO_BOB, user_id: 'nobody', text: 'x' }, 401);
    await post(path, { ...TO_BOB, text: 'x' }, 401, { Authorization: 'Bearer wrong' });
    await post(path, { ...TO_BOB, text: 'x' }, 403, { Authorization: 'Bearer of-bob' });
    await post(path, { ...TO_BOB, recipient_id: '@nobody_at_all', text: 'x' }, 404, { Prefer: 'wait=30' });
    await post('/telegram/user/send/batch', { messages: [{ ...TO_BOB, text: 'in a batch' }, {}] }, 202);
    await post('/telegram/user/send/batch', { messages: [] }, 400);
  });

  test('documents the answers of lists', async () => {
    await stack.api.send('alice', BOB, 'listed');
    expectDocumented('get /telegram/accounts', 200, await stack.api.get('/telegram/accounts'));
    expectDocumented('get /telegram/accounts', 400, await stack.api.get('/telegram/accounts?limit=x'));
    for (const what of ['sends', 'history']) {
      const operation = `get /telegram/accounts/{user_id}/${what}`;
      expectDocumented(operation, 200, await stack.api.get(`/telegram/accounts/alice/${what}`));
      const ofBob = { Authorization: 'Bearer of-bob' };
      expectDocumented(operation, 403, await stack.api.get(`/telegram/accounts/alice/${what}`, ofBob));
    }
    const path = '/telegram/user/send/preview';
    await post(path, { text: '<b>bold</b>', parse_mode: 'html' }, 200);
    await post(path, { text: '' }, 400);
    await stack.control.fault({ method: 'messages.sendMessage', error: 'USER_IS_BLOCKED' });
    const { job_id } = (await stack.api.send('alice', BOB, 'again')).body;
    const retry = 'post /jobs/{job_id}/retry';
    expectDocumented(retry, 202, await stack.api.post(`/jobs/${job_id}/retry`, {}));
    await stack.api.get(`/jobs/${job_id}?wait=30`);
    expectDocumented(retry, 409, await stack.api.post(`/jobs/${job_id}/retry`, {}));
  });

  test('documents the answers about jobs', async () => {
    await post('/telegram/user/pause', ACCOUNT, 200);
    const { body } = await post('/telegram/user/send', { ...TO_BOB, text: 'held' }, 202);
    const job = `/jobs/${body.job_id}`;
    const operation = '/jobs/{job_id}';
    expectDocumented(`get ${operation}`, 200, await stack.api.get(job));
    expectDocumented(`delete ${operation}`, 200, await stack.api.request('DELETE', job, undefined, {}));
    await post('/telegram/user/resume', ACCOUNT, 200);
    const sent = await post('/telegram/user/send', { ...TO_BOB, text: 'gone' }, 200, { Prefer: 'wait=30' });
    const late = `/jobs/${sent.body.job_id}`;
    expectDocumented(`delete ${operation}`, 409, await stack.api.request('DELETE', late, undefined, {}));
    expectDocumented(`get ${operation}`, 200, await stack.api.get(`${late}?wait=1`));
    expectDocumented(`get ${operation}`, 400, await stack.api.get(`${late}?wait=x`));
    const stream = await fetch(`${stack.api.url}${late}/events`, { headers: stack.api.headers });
    expect(stream.status).toBe(200);
    const check = eventSchema(`get ${operation}/events`);
    const events = readEvents(await stream.text());
    expect(events).toHaveLength(1);
    check(events[0]?.data);
    expect(check.errors).toBeNull();
    const again = { 'Last-Event-ID': events[0]?.id ?? '' };
    expect((await stack.api.get(`${late}/events`, again)).status).toBe(204);
    expect(responseOf(document, `get ${operation}/events`, 204)).toBeDefined();
  });

  test('documents the answers about accounts, signing in and health', async () => {
    const start = '/telegram/user/auth/start';
    const dave = '+9996627114';
    await stack.control.fault({ phone: dave, method: 'auth.sendCode', error: 'FLOOD_WAIT_300' });
    await post(start, { user_id: 'dave', phone_number: dave }, 429);
    await post(start, { user_id: 'carol', phone_number: '+9996627113' }, 200);
    await post('/telegram/user/auth/verify', { user_id: 'carol', phone_code: '99999' }, 400);
    await post('/telegram/user/auth/cancel', { user_id: 'carol' }, 200);
    await post('/telegram/user/auth/verify', { user_id: 'carol', phone_code: '22222' }, 409);
    await post(start, { user_id: 'alice', phone_number: ALICE }, 409);
    const qr = '/telegram/user/auth/qr';
    const watch = `get ${qr}/{user_id}`;
    const code = await post(qr, { user_id: 'erin' }, 200);
    await post(qr, { user_id: 'alice' }, 409);
    expectDocumented(watch, 409, await stack.api.get(`${qr}/never-seen`));
    expectDocumented(watch, 400, await stack.api.get(`${qr}/not%20allowed`));
    const stream = fetch(`${stack.api.url}${qr}/erin`, { headers: stack.api.headers });
    await stack.control.scan(code.body.url, '+9996627115');
    const check = eventSchema(`get ${qr}/{user_id}`);
    for (const { data } of readEvents(await (await stream).text())) {
      check(data);
      expect(check.errors, JSON.stringify(data)).toBeNull();
    }
    const status = 'get /telegram/user/status/{user_id}';
    expectDocumented(status, 200, await stack.api.status('alice', '?live=true'));
    expectDocumented(status, 200, await stack.api.status('never-seen'));
    expectDocumented(status, 400, await stack.api.status('not allowed'));
    await post('/telegram/user/pace', { ...ACCOUNT, pace: { per_minute: 600 } }, 200);
    await post('/telegram/user/disconnect', { user_id: 'bob' }, 200);
    expectDocumented('get /healthz', 200, await stack.api.get('/healthz'));
    expectDocumented('get /readyz', 200, await stack.api.get('/readyz'));
  });
};
