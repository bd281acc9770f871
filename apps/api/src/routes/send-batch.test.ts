import { GatewayError } from '@gateway/contracts';
import { parseSettings } from '@gateway/runtime';
import { describe, expect, test } from 'vitest';
import { body } from '../testing/a-send.ts';
import { JOB_ID } from '../testing/fake-producer.ts';
import { testApi } from '../testing/test-api.ts';

const BATCH = '/telegram/user/send/batch';

function messages(...texts: string[]) {
  return { messages: texts.map((text) => ({ ...body, text })) };
}

test('messages are queued in their order, and answered with their jobs', async () => {
  const { producer, call } = testApi();
  const answer = await call(BATCH, { body: messages('1', '2', '3') });
  const job = { job_id: JOB_ID };
  expect(answer).toMatchObject({ status: 202, body: { status: 'queued', jobs: [job, job, job] } });
  expect(producer.sent.map(({ data }) => data['text'])).toEqual(['1', '2', '3']);
});

test('a message that cannot be accepted is answered in its place; the others are queued', async () => {
  const { producer, call } = testApi();
  producer.refusals.set('full', new GatewayError('QUEUE_FULL', undefined, { retryAfter: 5 }));
  const { jobs } = (
    await call(BATCH, {
      body: {
        messages: [
          { ...body, text: 'good' },
          { ...body, text: '' },
          'not a message',
          { ...body, text: '**x', parse_mode: 'markdown' },
          { ...body, text: 'full' },
          { ...body, text: 'good too' },
        ],
      },
    })
  ).body;
  expect(jobs).toEqual([
    { job_id: JOB_ID },
    expect.objectContaining({
      status: 'error',
      code: 'VALIDATION',
      issues: [expect.objectContaining({ path: 'text' })],
    }),
    expect.objectContaining({ status: 'error', code: 'VALIDATION' }),
    expect.objectContaining({ status: 'error', code: 'VALIDATION' }),
    expect.objectContaining({ status: 'error', code: 'QUEUE_FULL', kind: 'retryable', retry_after: 5 }),
    { job_id: JOB_ID },
  ]);
  expect(producer.sent.map(({ data }) => data['text'])).toEqual(['good', 'good too']);
});

test('an account that is not signed in is said of each of its messages', async () => {
  const { producer, call } = testApi();
  producer.view = { ...producer.view, state: 'none' };
  const answer = await call(BATCH, { body: messages('1', '2') });
  expect(answer).toMatchObject({
    status: 202,
    body: { jobs: [{ code: 'NOT_AUTHORIZED' }, { code: 'NOT_AUTHORIZED' }] },
  });
  expect(producer.sent).toEqual([]);
});

test('a key is refused the accounts that are not its own, message by message', async () => {
  const { producer, call } = testApi({ API_KEYS: parseSettings({ API_KEYS: 'k:user1' }).API_KEYS });
  const answer = await call(BATCH, {
    body: { messages: [body, { ...body, user_id: 'user2' }] },
    headers: { authorization: 'Bearer k' },
  });
  expect(answer).toMatchObject({
    status: 202,
    body: { jobs: [{ job_id: JOB_ID }, { status: 'error', code: 'FORBIDDEN' }] },
  });
  expect(producer.sent).toHaveLength(1);
});

test('an Idempotency-Key holds for the whole: each message has one of its own, by its place', async () => {
  const { producer, call } = testApi();
  await call(BATCH, { body: messages('1', '2'), headers: { 'idempotency-key': 'k' } });
  const [first, second] = producer.sent.map(({ key }) => key?.idempotencyKey);
  expect(first).not.toBe(second);
  await call(BATCH, { body: messages('1', '2'), headers: { 'idempotency-key': 'k' } });
  expect(producer.sent.slice(2).map(({ key }) => key?.idempotencyKey)).toEqual([first, second]);
});

describe('a batch is refused as a whole', () => {
  test.each([
    [{}, 'messages'],
    [{ messages: [] }, 'messages'],
    [{ messages: 'x' }, 'messages'],
    [{ messages: Array.from({ length: 1_001 }, () => 0) }, 'messages'],
    [{ messages: [0], more: 1 }, ''],
  ])('where it is no batch: %#', async (batch, path) => {
    const answer = await testApi().call(BATCH, { body: batch });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION', issues: [{ path: expect.stringContaining(path) }] },
    });
  });

  test('where Redis is away', async () => {
    const { producer, call } = testApi();
    producer.away = {
      from: 'enqueueMany',
      error: new GatewayError('QUEUE_UNAVAILABLE', undefined, { retryAfter: 1 }),
    };
    const answer = await call(BATCH, { body: messages('1') });
    expect(answer).toMatchObject({ status: 503, body: { code: 'QUEUE_UNAVAILABLE' } });
  });
});

describe('a batch of long texts is placed in parts', () => {
  const long = Array.from({ length: 4 }, (_, index) => ({
    ...body,
    text: `*a* ${index} `.repeat(8_000),
    parse_mode: 'markdown',
  }));

  /** Counts the parts; the queue fails from the part `failing` on. */
  function api(failing = Infinity) {
    const { producer, call } = testApi();
    const place = producer.enqueueMany.bind(producer);
    const parts: number[] = [];
    producer.enqueueMany = async (sends, admission) => {
      parts.push(sends.length);
      if (parts.length >= failing) throw new GatewayError('QUEUE_UNAVAILABLE');
      return place(sends, admission);
    };
    return { producer, call, parts };
  }

  test('in its order', async () => {
    const { producer, call, parts } = api();
    const answer = await call(BATCH, { body: { messages: [long[0], 0, ...long.slice(1)] } });
    expect(parts.length).toBeGreaterThan(1);
    expect(producer.sent.map(({ data }) => String(data['text']).slice(0, 3))).toEqual([
      'a 0',
      'a 1',
      'a 2',
      'a 3',
    ]);
    const job = { job_id: JOB_ID };
    expect(answer.body).toMatchObject({ jobs: [job, { code: 'VALIDATION' }, job, job, job] });
  });

  test('and fails as a whole where its first part does', async () => {
    const { producer, call } = api(1);
    expect(await call(BATCH, { body: { messages: long } })).toMatchObject({ status: 503 });
    expect(producer.sent).toEqual([]);
  });

  test('and says of each message whether it was placed, where a later part fails', async () => {
    const { producer, call } = api(2);
    const answer = await call(BATCH, { body: { messages: long } });
    expect(answer).toMatchObject({
      status: 202,
      body: { jobs: { 0: { job_id: JOB_ID }, 3: { status: 'error', code: 'QUEUE_UNAVAILABLE' } } },
    });
    expect(producer.sent.length).toBeLessThan(4);
  });
});
