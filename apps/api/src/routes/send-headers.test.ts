import { describe, expect, test } from 'vitest';
import { ANSWERED, body, SEND } from '../testing/a-send.ts';
import { FAILED, JOB_ID, SENT } from '../testing/fake-producer.ts';
import { testApi } from '../testing/test-api.ts';

describe('Prefer', () => {
  test.each([
    ['respond-async', [], 'respond-async'],
    ['wait=0', [], 'wait=0'],
    ['wait=3', [3_000], 'wait=3'],
    ['wait=600', [60_000], 'wait=60'],
    ['respond-async, wait=3', [3_000], 'respond-async, wait=3'],
    ['wait=soon', [10_000], null],
  ])('%s waits %j ms and is confirmed as %j', async (prefer, waits, applied) => {
    const { producer, call } = testApi();
    const answer = await call(SEND, { body, headers: { prefer } });
    expect(answer.status).toBe(202);
    expect(producer.waits).toEqual(waits);
    expect(answer.headers.get('preference-applied')).toBe(applied);
  });

  test('is confirmed in a failure too', async () => {
    const { producer, call } = testApi();
    producer.jobs.set(JOB_ID, FAILED);
    const answer = await call(SEND, { body, headers: { prefer: 'wait=3' } });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('preference-applied')).toBe('wait=3');
  });
});

describe('Idempotency-Key', () => {
  test.each(['k', 'order 17/3', 'x'.repeat(200)])('%j goes with the message', async (key) => {
    const { producer, call } = testApi();
    await call(SEND, { body, headers: { 'idempotency-key': key } });
    expect(producer.sent[0]?.key?.idempotencyKey).toBe(key);
  });

  test.each(['', 'x'.repeat(201), 'ключ'.replace(/./g, 'é')])('%j is refused by name', async (key) => {
    const { producer, call } = testApi();
    const answer = await call(SEND, { body, headers: { 'idempotency-key': key } });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'VALIDATION', issues: [{ path: 'Idempotency-Key' }] });
    expect(producer.sent).toEqual([]);
  });

  test('a repeat of what was sent long ago has the same result at once', async () => {
    const { producer, call } = testApi();
    producer.jobs.set(JOB_ID, SENT);
    const answer = await call(SEND, { body, headers: { 'idempotency-key': 'k', prefer: 'respond-async' } });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(ANSWERED);
    expect(producer.waits).toEqual([]);
  });

  test('a repeat of what failed has the same error at once', async () => {
    const { producer, call } = testApi();
    producer.jobs.set(JOB_ID, FAILED);
    expect((await call(SEND, { body, headers: { 'idempotency-key': 'k' } })).status).toBe(403);
    expect(producer.waits).toEqual([]);
  });
});
