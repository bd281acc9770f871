import { GatewayError, type AccountState } from '@gateway/contracts';
import { describe, expect, test } from 'vitest';
import { FAILED, hold, JOB, JOB_ID, READY, SENT } from '../testing/fake-producer.ts';
import { testApi } from '../testing/test-api.ts';

const SEND = '/telegram/user/send';
const body = { user_id: 'user1', recipient_id: '987654321', text: 'Привет! 👋' };
const ANSWERED = {
  status: 'ok',
  success: true,
  message_id: 123,
  date: '2024-01-15T12:00:00Z',
  job_id: JOB_ID,
};

describe('what is queued', () => {
  test('is the message, as it was given', async () => {
    const { producer, call } = testApi();
    await call(SEND, {
      body: { ...body, reply_to: 5, silent: true, link_preview: false },
      headers: { 'x-request-id': 'r1' },
    });
    const { text } = body;
    const job = {
      userId: 'user1',
      recipient: '987654321',
      text,
      replyTo: 5,
      silent: true,
      linkPreview: false,
      requestId: 'r1',
    };
    expect(producer.sent).toEqual([{ job, idempotencyKey: undefined }]);
  });

  test('takes the recipient as a number too, and previews links by default', async () => {
    const { producer, call } = testApi();
    await call(SEND, { body: { ...body, recipient_id: -1001234567890 } });
    expect(producer.sent[0]?.job).toMatchObject({ recipient: '-1001234567890', linkPreview: true });
    expect(producer.sent[0]?.job).not.toHaveProperty('silent');
  });
});

describe('a message with a time of its own', () => {
  test('is queued for that time, and answered at once', async () => {
    const { producer, call } = testApi();
    const at = Date.now() + 3_600_000;
    const answer = await call(SEND, { body: { ...body, send_at: new Date(at).toISOString() } });
    expect(answer).toMatchObject({
      status: 202,
      body: { state: 'delayed', reason: 'SEND_AT', retry_at: new Date(at).toISOString() },
    });
    expect(producer.sent).toMatchObject([{ sendAt: at }]);
    expect(producer.waits).toEqual([]);
  });

  test('is sent now where that time is over', async () => {
    const { producer, call } = testApi();
    await call(SEND, { body: { ...body, send_at: '2020-01-01T03:00:00+03:00' } });
    expect(producer.waits).toHaveLength(1);
  });
});

describe('a text that is too long for one message', () => {
  test('is queued with where it is cut', async () => {
    const { producer, call } = testApi();
    await call(SEND, { body: { ...body, text: `${'x'.repeat(4_000)} ${'y'.repeat(4_000)}` } });
    expect(producer.sent[0]?.job.cuts).toEqual([4_001]);
  });
});

test.each([
  [{ ...READY, state: 'peer_limited' as const, reason: 'PEER_FLOOD' }, 'PEER_FLOOD'],
  [{ ...READY, reason: 'PAUSED' }, 'PAUSED'],
  [{ ...READY, state: 'flood_wait' as const, reason: 'PAUSED', hold: hold('FLOOD_WAIT', 60_000) }, 'PAUSED'],
])(
  'a send of an account that a person must resume is kept, and answered at once: %#',
  async (view, reason) => {
    const { producer, call } = testApi();
    producer.view = view;
    const answer = await call(SEND, { body });
    expect(answer).toMatchObject({ status: 202, body: { state: 'delayed', reason } });
    expect(answer.body).not.toHaveProperty('retry_at');
    expect(producer.waits).toEqual([]);
  },
);

test('a flood wait that is longer than messages are kept is waited with: the message is about to fail', async () => {
  const { producer, call } = testApi({ SEND_MAX_WAIT: 60_000 });
  producer.view = { ...READY, state: 'flood_wait', hold: hold('FLOOD_WAIT', 3_600_000) };
  producer.onWait = () => {
    producer.jobs.set(JOB_ID, FAILED);
    return { end: 'finished' };
  };
  expect((await call(SEND, { body })).status).toBe(403);
});

describe('the answer', () => {
  test('is 200 with the message id where the send ends within the wait', async () => {
    const { producer, call } = testApi({ SEND_WAIT_MS: 7_000 });
    producer.onWait = () => {
      producer.jobs.set(JOB_ID, SENT);
      return { end: 'finished' };
    };
    const answer = await call(SEND, { body });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(ANSWERED);
    expect(producer.waits).toEqual([7_000]);
    expect(producer.openWaits).toBe(0);
  });

  test('is 202 with the way to the job where it does not', async () => {
    const { producer, call } = testApi();
    const answer = await call(SEND, { body });
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ status: 'queued', job_id: JOB_ID, state: 'waiting' });
    expect(answer.headers.get('location')).toBe(`/jobs/${JOB_ID}`);
    expect(producer.openWaits).toBe(0);
  });

  test('is 200 where the end was not told but is there', async () => {
    const { producer, call } = testApi();
    producer.jobs.set(JOB_ID, SENT);
    expect((await call(SEND, { body })).body).toEqual(ANSWERED);
  });

  test('says active while it is being sent', async () => {
    const { producer, call } = testApi();
    producer.jobs.set(JOB_ID, { ...JOB, state: 'active' });
    expect((await call(SEND, { body })).body).toMatchObject({ state: 'active' });
  });

  test('is the error of the job, with its id, where it failed', async () => {
    const { producer, call } = testApi();
    producer.jobs.set(JOB_ID, FAILED);
    producer.onWait = () => ({ end: 'finished' });
    const answer = await call(SEND, { body });
    expect(answer.status).toBe(403);
    expect(answer.body).toEqual({
      status: 'error',
      code: 'RECIPIENT_REFUSED',
      message: 'Telegram says no.',
      kind: 'permanent',
      rpc_error: 'USER_IS_BLOCKED',
      job_id: JOB_ID,
      request_id: expect.any(String),
    });
    expect(producer.openWaits).toBe(0);
  });

  test('is 202 at once, until when and why, where the account is held for longer than the wait', async () => {
    const { producer, call } = testApi();
    const flood = hold('FLOOD_WAIT', 60_000);
    producer.view = { ...READY, state: 'flood_wait', hold: flood };
    const answer = await call(SEND, { body });
    expect(answer.status).toBe(202);
    const retry_at = new Date(flood.until).toISOString();
    expect(answer.body).toEqual({
      status: 'queued',
      job_id: JOB_ID,
      state: 'delayed',
      reason: 'FLOOD_WAIT',
      retry_at,
    });
    expect(producer.waits).toEqual([]);
  });

  test('waits out a hold that ends within the wait', async () => {
    const { producer, call } = testApi();
    producer.view = { ...READY, state: 'flood_wait', hold: hold('FLOOD_WAIT', 5_000) };
    producer.jobs.set(JOB_ID, SENT);
    expect((await call(SEND, { body })).status).toBe(200);
    expect(producer.waits).toEqual([10_000]);
  });

  test('is 202 as soon as the account is held while waiting', async () => {
    const { producer, call } = testApi();
    const flood = hold('FLOOD_WAIT', 60_000);
    producer.onWait = () => ({ end: 'held', hold: flood });
    const { body: answer } = await call(SEND, { body });
    expect(answer).toMatchObject({
      state: 'delayed',
      reason: 'FLOOD_WAIT',
      retry_at: new Date(flood.until).toISOString(),
    });
  });

  test('stays 202 where Redis goes away after the message was accepted', async () => {
    const { producer, call } = testApi();
    producer.away = { from: 'job', error: new GatewayError('QUEUE_UNAVAILABLE') };
    const answer = await call(SEND, { body });
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ status: 'queued', job_id: JOB_ID, state: 'waiting' });
  });

  test('is 503 where Redis is away before', async () => {
    const { producer, call } = testApi();
    producer.away = {
      from: 'send',
      error: new GatewayError('QUEUE_UNAVAILABLE', undefined, { retryAfter: 1 }),
    };
    const answer = await call(SEND, { body });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.body).toMatchObject({ code: 'QUEUE_UNAVAILABLE', kind: 'retryable', retry_after: 1 });
  });
});

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
    expect(producer.sent[0]?.idempotencyKey).toBe(key);
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

  test('with another body it is 422', async () => {
    const { producer, call } = testApi();
    producer.away = { from: 'send', error: new GatewayError('IDEMPOTENCY_MISMATCH') };
    const answer = await call(SEND, { body, headers: { 'idempotency-key': 'k' } });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
  });
});

describe('the account', () => {
  test.each<AccountState>([
    'none',
    'code_sent',
    'password_required',
    'qr_pending',
    'revoked',
    'banned',
    'duplicated',
  ])('in state %s is 401 and nothing is queued', async (state) => {
    const { producer, call } = testApi();
    producer.view = { ...READY, state };
    const answer = await call(SEND, { body });
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 'NOT_AUTHORIZED', kind: 'user_action' });
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(producer.sent).toEqual([]);
  });

  test('that is not well says why and what to do', async () => {
    const { producer, call } = testApi();
    producer.view = {
      ...READY,
      state: 'revoked',
      reason: 'The session was ended at Telegram.',
      next_action: 'Sign in again.',
    };
    const { body: answer } = await call(SEND, { body });
    expect(answer['message']).toBe(
      'This account is not signed in: The session was ended at Telegram. Sign in again.',
    );
  });

  test.each<AccountState>(['ready', 'flood_wait', 'peer_limited', 'frozen'])(
    'in state %s takes messages',
    async (state) => {
      const { producer, call } = testApi();
      producer.view = { ...READY, state };
      expect((await call(SEND, { body })).status).toBe(202);
    },
  );
});

test('a caller that hangs up ends the wait and not the message', async () => {
  const { producer, call } = testApi();
  const caller = new AbortController();
  producer.onWait = (_ms, signal) =>
    new Promise((resolve) => {
      signal?.addEventListener('abort', () => resolve({ end: 'timeout' }));
      caller.abort();
    });
  await call(SEND, { body, signal: caller.signal });
  expect(producer.sent).toHaveLength(1);
  expect(producer.withdrawn).toEqual([]);
  expect(producer.openWaits).toBe(0);
});

test('a process that stops answers waiting callers with 202', async () => {
  const { producer, call, stop } = testApi();
  producer.onWait = (_ms, signal) =>
    new Promise((resolve) => {
      signal?.addEventListener('abort', () => resolve({ end: 'timeout' }));
      stop.abort();
    });
  const answer = await call(SEND, { body });
  expect(answer.status).toBe(202);
  expect(answer.headers.get('connection')).toBe('close');
});
