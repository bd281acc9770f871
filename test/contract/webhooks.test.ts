import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Receiver } from '@gateway/webhooks/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

const SECRET = 'a secret of 16 characters';
const LIST = '/webhooks/deliveries';

const hmac = (text: string) => createHmac('sha256', SECRET).update(text).digest('hex');

/** The signatures that a call with this body must have. */
const signaturesOf = (headers: IncomingHttpHeaders, body: string) => {
  const time = String(headers['x-timestamp']);
  return {
    'x-signature': `sha256=${hmac(body)}`,
    'x-signature-v2': `t=${time},sha256=${hmac(`${time}.${body}`)}`,
  };
};

describe('Webhooks', () => {
  let receiver: Receiver;
  let events: Receiver;
  let stack: Stack;
  let alice: number;
  beforeAll(async () => {
    receiver = await Receiver.start();
    events = await Receiver.start();
    stack = await Stack.start({
      WEBHOOK_SECRET: SECRET,
      WEBHOOK_ALLOW_PRIVATE: 'true',
      EVENTS_CALLBACK_URL: events.url,
      API_KEYS: 'all,bobs:bob',
    });
    stack.api.headers = { 'X-API-Key': 'all' };
    alice = await stack.signIn('alice', '+9996627301');
  });
  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
    await events[Symbol.asyncDispose]();
  });

  const send = (more: object) =>
    stack.api.post('/telegram/user/send', {
      user_id: 'alice',
      recipient_id: 'me',
      text: 'x',
      callback_url: receiver.url,
      ...more,
    });
  const callOf = (jobId: string) => receiver.received.find(({ body }) => body.includes(jobId));

  test('`callback_url` gets the JSON of the ended job, with X-Signature', async () => {
    const { job_id } = (await send({})).body;
    await expect.poll(() => callOf(job_id)).toBeDefined();
    const call = callOf(job_id);
    expect(JSON.parse(call?.body ?? '')).toEqual((await stack.api.get(`/jobs/${job_id}`)).body);
    expect(call?.headers).toMatchObject(signaturesOf(call?.headers ?? {}, call?.body ?? ''));
    expect(receiver.received.filter(({ body }) => body.includes(job_id))).toHaveLength(1);
  });

  test('report a failed job and a cancelled one', async () => {
    const failed = await send({ recipient_id: '@nobody_has_this' });
    await expect.poll(() => callOf(failed.body.job_id)).toBeDefined();
    expect(JSON.parse(callOf(failed.body.job_id)?.body ?? '')).toMatchObject({
      state: 'failed',
      error: { code: 'RECIPIENT_NOT_FOUND' },
    });
    const timed = await send({ send_at: new Date(Date.now() + 3_600_000).toISOString() });
    await stack.api.request('DELETE', `/jobs/${timed.body.job_id}`, undefined, {});
    await expect.poll(() => callOf(timed.body.job_id)).toBeDefined();
    expect(JSON.parse(callOf(timed.body.job_id)?.body ?? '')).toMatchObject({ state: 'cancelled' });
  });

  test('report each end of a retried job', async () => {
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'USER_IS_BLOCKED' });
    const { job_id } = (await send({})).body;
    const states = () =>
      receiver.received
        .filter(({ body }) => body.includes(job_id))
        .map(({ body }) => (JSON.parse(body) as { state: string }).state);
    await expect.poll(states).toEqual(['failed']);
    expect((await stack.api.post(`/jobs/${job_id}/retry`, {})).status).toBe(202);
    await expect.poll(states).toEqual(['failed', 'completed']);
    const { deliveries } = (await stack.api.get('/webhooks/deliveries?user_id=alice')).body;
    const own = deliveries.filter((each: { job_id: string }) => each.job_id === job_id);
    expect(own).toHaveLength(2);
    expect((await stack.api.get(`/webhooks/deliveries/${encodeURIComponent(own[0].id)}`)).status).toBe(200);
  });

  test('are retried with backoff until they are accepted', async () => {
    receiver.answerWith(500);
    const { job_id } = (await send({})).body;
    const read = async () => (await stack.api.get(`${LIST}?job_id=${job_id}`)).body.deliveries[0];
    await expect
      .poll(read)
      .toMatchObject({ state: 'pending', attempts: [{ status: 500 }], next_attempt_at: expect.any(String) });
    await expect
      .poll(read, { timeout: 20_000 })
      .toMatchObject({ state: 'delivered', attempts: [{ status: 500 }, { status: 204 }] });
    const calls = receiver.received.filter(({ body }) => body.includes(job_id));
    expect(calls.map(({ headers }) => headers['x-webhook-attempt'])).toEqual(['1', '2']);
    expect(calls[0]?.body).toBe(calls[1]?.body);
  });

  test('account events (state changes) go to `EVENTS_CALLBACK_URL`', async () => {
    await stack.control.revoke(alice);
    await stack.api.status('alice', '?live=true');
    const told = () => events.received.map(({ body }) => JSON.parse(body));
    await expect.poll(told).toContainEqual(
      expect.objectContaining({
        type: 'account.state',
        user_id: 'alice',
        previous: 'ready',
        state: 'revoked',
      }),
    );
    expect(told().map(({ state }) => state)).toEqual(['code_sent', 'ready', 'revoked']);
    for (const { headers, body } of events.received)
      expect(headers).toMatchObject(signaturesOf(headers, body));
    await stack.signIn('alice', '+9996627301');
  });

  test('have a log that can be read and replayed, by keys for their own accounts', async () => {
    const { job_id } = (await send({})).body;
    await expect
      .poll(
        async () =>
          (await stack.api.get(`${LIST}?user_id=alice&state=delivered&limit=1`)).body.deliveries[0]?.job_id,
      )
      .toBe(job_id);
    const { id } = (await stack.api.get(`${LIST}?job_id=${job_id}`)).body.deliveries[0];
    expect((await stack.api.get(`${LIST}/${id}`)).body).toMatchObject({ id, job_id, state: 'delivered' });
    for (const [query, path] of [
      ['', 'user_id'],
      ['user_id=..', 'user_id'],
      ['user_id=alice&limit=0', 'limit'],
      ['user_id=alice&limit=1e9', 'limit'],
      ['user_id=alice&state=gone', 'state'],
    ])
      expect(await stack.api.get(`${LIST}?${query}`), query).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION', issues: [{ path }] },
      });
    const first = (await stack.api.get(`${LIST}?user_id=alice&limit=1`)).body;
    const rest = (await stack.api.get(`${LIST}?user_id=alice&limit=100&cursor=${first.cursor}`)).body;
    const whole = (await stack.api.get(`${LIST}?user_id=alice&limit=100`)).body;
    expect([...first.deliveries, ...rest.deliveries]).toEqual(whole.deliveries);
    for (const cursor of ['x', id.replace(/.$/, '_'), first.cursor])
      expect(await stack.api.get(`${LIST}?user_id=bob&cursor=${cursor}`), cursor).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION', issues: [{ path: 'cursor' }] },
      });
    const pending = await stack.api.get(`${LIST}?user_id=alice&state=pending`);
    expect(pending.body.deliveries).toEqual([]);
    const replayed = await stack.api.post(`${LIST}/${id}/replay`, undefined);
    expect(replayed.status).toBe(202);
    await expect.poll(() => receiver.received.filter(({ body }) => body.includes(job_id))).toHaveLength(2);
    const bobs = { 'X-API-Key': 'bobs' };
    expect((await stack.api.get(`${LIST}?job_id=${job_id}`, bobs)).body.deliveries).toEqual([]);
    expect((await stack.api.get(`${LIST}?user_id=alice`, bobs)).status).toBe(403);
  });
});
