import type { AccountState, AccountView } from '@gateway/contracts';
import { describe, expect, test } from 'vitest';
import { body, REFUSED, SEND, SENT } from '../testing/a-send.ts';
import { openWaits } from '../testing/open-waits.ts';
import { useRealQueues } from '../testing/real-queues.ts';
import { hold, READY } from '../testing/views.ts';

/** Longer than a test may take: an answer that comes has not waited for it. */
const NEVER = 600_000;

const queues = useRealQueues();

/** A new account, and a send of it that waits for its end; by default longer than a test. */
async function sending(view: AccountView, settings: { SEND_WAIT_MS?: number; SEND_MAX_WAIT?: number } = {}) {
  const { owner, producer } = queues;
  const userId = await owner.newAccount(view);
  const { call, stop } = queues.api({ SEND_WAIT_MS: NEVER, ...settings });
  return {
    userId,
    stop,
    send: (headers: Record<string, string> = {}) =>
      call(SEND, { body: { ...body, user_id: userId }, headers }),
    fetch: () => owner.fetch(userId),
    pending: () => producer.pending(userId),
  };
}

const NOTHING = { waiting: 0, delayed: 0, active: 0 };

test.each<[AccountView, string]>([
  [{ ...READY, state: 'peer_limited', reason: 'PEER_FLOOD' }, 'PEER_FLOOD'],
  [{ ...READY, reason: 'PAUSED' }, 'PAUSED'],
  [{ ...READY, state: 'flood_wait', reason: 'PAUSED', hold: hold('FLOOD_WAIT', 60_000) }, 'PAUSED'],
])(
  'a send of an account that a person must resume is kept, and answered at once: %#',
  async (view, reason) => {
    const { send, pending } = await sending(view);
    const answer = await send();
    expect(answer).toMatchObject({ status: 202, body: { state: 'delayed', reason } });
    expect(answer.body).not.toHaveProperty('retry_at');
    expect(await pending()).toMatchObject({ waiting: 1 });
  },
);

test('a flood wait that is longer than messages are kept is waited with: the message is about to fail', async () => {
  const view: AccountView = { ...READY, state: 'flood_wait', hold: hold('FLOOD_WAIT', 3_600_000) };
  const { send, fetch } = await sending(view, { SEND_MAX_WAIT: 60_000 });
  const answer = send();
  await (await fetch()).fail(REFUSED);
  expect((await answer).status).toBe(403);
});

describe('the answer', () => {
  test('is 200 with the message id where the send ends within the wait', async () => {
    const { send, fetch } = await sending(READY);
    const answer = send();
    const job = await fetch();
    await job.complete(SENT);
    expect(await answer).toMatchObject({ status: 200 });
    expect((await answer).body).toEqual({ status: 'ok', success: true, ...SENT, job_id: job.jobId });
  });

  test('is 202 with the way to the job where it does not', async () => {
    const { send, fetch } = await sending(READY, { SEND_WAIT_MS: 1 });
    const answer = await send();
    const { jobId } = await fetch();
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ status: 'queued', job_id: jobId, state: 'waiting' });
    expect(answer.headers.get('location')).toBe(`/jobs/${jobId}`);
  });

  test('says active while it is being sent', async () => {
    const { send, fetch } = await sending(READY);
    const key = { 'idempotency-key': 'k' };
    await send({ ...key, prefer: 'respond-async' });
    await fetch();
    expect((await send({ ...key, prefer: 'respond-async' })).body).toMatchObject({ state: 'active' });
  });

  test('is the error of the job, with its id, where it failed', async () => {
    const { send, fetch } = await sending(READY);
    const answer = send();
    const job = await fetch();
    await job.fail(REFUSED);
    expect((await answer).status).toBe(403);
    expect((await answer).body).toEqual({
      status: 'error',
      code: 'RECIPIENT_REFUSED',
      message: 'Telegram says no.',
      kind: 'permanent',
      rpc_error: 'USER_IS_BLOCKED',
      job_id: job.jobId,
      request_id: expect.any(String),
    });
  });

  test('is 202 at once, until when and why, where the account is held for longer than the wait', async () => {
    const flood = hold('FLOOD_WAIT', 2 * NEVER);
    const { send } = await sending({ ...READY, state: 'flood_wait', hold: flood });
    const answer = await send();
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({
      status: 'queued',
      job_id: expect.any(String),
      state: 'delayed',
      reason: 'FLOOD_WAIT',
      retry_at: new Date(flood.until).toISOString(),
    });
  });

  test('waits out a hold that ends within the wait', async () => {
    const { send, fetch } = await sending({
      ...READY,
      state: 'flood_wait',
      hold: hold('FLOOD_WAIT', NEVER / 2),
    });
    const answer = send();
    await (await fetch()).complete(SENT);
    expect((await answer).status).toBe(200);
  });

  test('is 202 as soon as the account is held while waiting', async () => {
    const { userId, send, fetch } = await sending(READY);
    const flood = hold('FLOOD_WAIT', 2 * NEVER);
    const answer = send();
    await fetch();
    await queues.owner.hold(userId, flood);
    expect((await answer).body).toMatchObject({
      state: 'delayed',
      reason: 'FLOOD_WAIT',
      retry_at: new Date(flood.until).toISOString(),
    });
  });

  test('is 202 where the process stops', async () => {
    const { send, fetch, stop } = await sending(READY);
    const answer = send();
    await fetch();
    stop.abort();
    expect((await answer).status).toBe(202);
    expect((await answer).headers.get('connection')).toBe('close');
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
    const { send, pending } = await sending({ ...READY, state });
    const answer = await send();
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 'NOT_AUTHORIZED', kind: 'user_action' });
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(await pending()).toEqual(NOTHING);
  });

  test('that cannot be read is 500 with what to do, and nothing is queued', async () => {
    const next_action = 'Operator: restore it.';
    const { send, pending } = await sending({
      ...READY,
      state: 'unreadable',
      reason: 'SESSION_UNREADABLE',
      next_action,
    });
    const answer = await send();
    expect(answer.status).toBe(500);
    expect(answer.body).toMatchObject({
      code: 'SESSION_UNREADABLE',
      kind: 'user_action',
      message: 'The stored session of this account cannot be read. Operator: restore it.',
    });
    expect(await pending()).toEqual(NOTHING);
  });

  test('that is not well says why and what to do', async () => {
    const { send } = await sending({
      ...READY,
      state: 'revoked',
      reason: 'The session was ended at Telegram.',
      next_action: 'Sign in again.',
    });
    expect((await send()).body['message']).toBe(
      'This account is not signed in: The session was ended at Telegram. Sign in again.',
    );
  });

  test.each<AccountState>(['ready', 'flood_wait', 'peer_limited', 'frozen'])(
    'in state %s takes messages',
    async (state) => {
      const { send } = await sending({ ...READY, state }, { SEND_WAIT_MS: 1 });
      expect((await send()).status).toBe(202);
    },
  );
});

test('a caller that hangs up ends the wait and not the message', async () => {
  const open = openWaits(queues.producer);
  const userId = await queues.owner.newAccount(READY);
  const caller = new AbortController();
  const answer = queues
    .api({ SEND_WAIT_MS: NEVER })
    .call(SEND, { body: { ...body, user_id: userId }, signal: caller.signal });
  await expect.poll(() => queues.producer.pending(userId)).toMatchObject({ waiting: 1 });
  caller.abort();
  await expect(answer).rejects.toThrow();
  await expect.poll(open).toBe(0);
  expect(await queues.producer.pending(userId)).toMatchObject({ waiting: 1 });
});
