import { GatewayError, type AccountState } from '@gateway/contracts';
import { describe, expect, test, vi } from 'vitest';
import { ANSWERED, body, SEND } from '../testing/a-send.ts';
import { FAILED, hold, JOB, JOB_ID, READY, SENT } from '../testing/fake-producer.ts';
import { testApi } from '../testing/test-api.ts';

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
      from: 'enqueue',
      error: new GatewayError('QUEUE_UNAVAILABLE', undefined, { retryAfter: 1 }),
    };
    const answer = await call(SEND, { body });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.body).toMatchObject({ code: 'QUEUE_UNAVAILABLE', kind: 'retryable', retry_after: 1 });
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

  test('that cannot be read is 500 with what to do, and nothing is queued', async () => {
    const { producer, call } = testApi();
    const next_action = 'Operator: restore it.';
    producer.view = { ...READY, state: 'unreadable', reason: 'SESSION_UNREADABLE', next_action };
    const answer = await call(SEND, { body });
    expect(answer.status).toBe(500);
    expect(answer.body).toMatchObject({
      code: 'SESSION_UNREADABLE',
      kind: 'user_action',
      message: 'The stored session of this account cannot be read. Operator: restore it.',
    });
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
  await expect(call(SEND, { body, signal: caller.signal })).rejects.toThrow();
  await vi.waitFor(() => expect(producer.openWaits).toBe(0));
  expect(producer.sent).toHaveLength(1);
  expect(producer.withdrawn).toEqual([]);
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
