import { describe, expect, test } from 'vitest';
import { body, REFUSED, SEND, SENT } from '../testing/a-send.ts';
import { useRealQueues } from '../testing/real-queues.ts';
import { READY } from '../testing/views.ts';

const queues = useRealQueues();

async function account() {
  const userId = await queues.owner.newAccount(READY);
  const { call } = queues.api();
  const send = (headers: Record<string, string>) =>
    call(SEND, { body: { ...body, user_id: userId }, headers });
  return { userId, send, fetch: () => queues.owner.fetch(userId) };
}

describe('Prefer', () => {
  test.each([
    ['wait=600', 'wait=60'],
    ['wait=soon', null],
  ])('%s is confirmed as %j', async (prefer, applied) => {
    const { send, fetch } = await account();
    const answer = send({ prefer });
    await (await fetch()).complete(SENT);
    expect((await answer).status).toBe(200);
    expect((await answer).headers.get('preference-applied')).toBe(applied);
  });

  test('respond-async is confirmed, and answered at once', async () => {
    const { send } = await account();
    const answer = await send({ prefer: 'respond-async' });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('preference-applied')).toBe('respond-async');
  });

  test('is confirmed in a failure too', async () => {
    const { send, fetch } = await account();
    const answer = send({ prefer: 'wait=30' });
    await (await fetch()).fail(REFUSED);
    expect((await answer).status).toBe(403);
    expect((await answer).headers.get('preference-applied')).toBe('wait=30');
  });
});

describe('Idempotency-Key', () => {
  const utf8 = (text: string) => Buffer.from(text).toString('latin1');

  test.each(['k', 'order 17/3', 'x'.repeat(200), 'ключ', '😀'.repeat(200)])(
    '%j leads to the same message',
    async (key) => {
      const { userId, send } = await account();
      const headers = { 'idempotency-key': utf8(key), prefer: 'respond-async' };
      const first = await send(headers);
      expect(first.body).toEqual({
        status: 'queued',
        job_id: queues.producer.sendJobId(userId, key),
        state: 'waiting',
      });
      expect((await send(headers)).body).toEqual(first.body);
    },
  );

  test.each(['', 'x'.repeat(201), 'ж'.repeat(201), 'a\tb'])('%j is refused by name', async (key) => {
    const { userId, send } = await account();
    const answer = await send({ 'idempotency-key': utf8(key) });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'VALIDATION', issues: [{ path: 'Idempotency-Key' }] });
    expect(await queues.producer.pending(userId)).toEqual({ waiting: 0, delayed: 0, active: 0 });
  });

  test.each([
    ['was sent', 200, { message_id: 123 }],
    ['failed', 403, { code: 'RECIPIENT_REFUSED' }],
  ])('a repeat of what %s long ago has the same outcome at once', async (how, status, outcome) => {
    const { send, fetch } = await account();
    const headers = { 'idempotency-key': 'k', prefer: 'respond-async' };
    await send(headers);
    const job = await fetch();
    await (how === 'failed' ? job.fail(REFUSED) : job.complete(SENT));
    expect(await send(headers)).toMatchObject({ status, body: { ...outcome, job_id: job.jobId } });
  });
});
