import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readEvents } from '../../apps/api/src/testing/read-events.ts';
import { OpenStream } from '../env/event-source.ts';
import type { Stack } from '../env/stack.ts';
import { ALICE, BOB, useStack } from '../env/use-stack.ts';

const ALL = { Authorization: 'Bearer everything' };
const RETENTION_MS = 3_000;

describe('Jobs', () => {
  const settings = { API_KEYS: 'everything,of-bob:bob', JOB_RETENTION: `${RETENTION_MS}ms` };
  const product = useStack(settings, ALL);
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(() => {
    ({ stack, alice, bob } = product());
  });
  beforeEach(() => stack.control.clearFaults());

  async function queue(text: string): Promise<string> {
    const answer = await stack.api.send('alice', BOB, text, { Prefer: 'respond-async' });
    expect(answer.status).toBe(202);
    return answer.body.job_id;
  }
  const texts = async () => (await stack.control.messages({ from: alice, to: bob })).map(({ text }) => text);
  const cancel = (jobId: string, headers = {}) =>
    stack.api.request('DELETE', `/jobs/${jobId}`, undefined, headers);
  const resume = () => stack.api.post('/telegram/user/resume', { user_id: 'alice' });
  const pause = () => stack.api.post('/telegram/user/pause', { user_id: 'alice' });

  async function events(jobId: string, headers: Record<string, string> = {}) {
    const response = await fetch(`${stack.api.url}/jobs/${jobId}/events`, {
      headers: { ...ALL, ...headers },
    });
    return { status: response.status, events: readEvents(await response.text()) };
  }

  test('`attempts` counts the tries that reached Telegram', async () => {
    await stack.control.fault({
      phone: ALICE,
      method: 'messages.sendMessage',
      error: 'WORKER_BUSY_TOO_LONG_RETRY',
      times: 1,
    });
    const jobId = await queue('tried twice');
    expect((await stack.api.get(`/jobs/${jobId}?wait=30`)).body).toMatchObject({
      state: 'completed',
      attempts: 2,
    });
  });

  test('`GET /jobs/{job_id}` (`?wait=N` long-polls) shows a job with every field', async () => {
    const jobId = await queue('shown');
    const { status, body } = await stack.api.get(`/jobs/${jobId}?wait=30`);
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'ok',
      job_id: jobId,
      type: 'send',
      user_id: 'alice',
      state: 'completed',
      attempts: 1,
      created_at: expect.any(String),
      finished_at: expect.any(String),
      read_at: null,
      retry_at: null,
      reason: null,
      result: { message_id: expect.any(Number), date: expect.any(String) },
      error: null,
    });
  });

  test('`GET /jobs/{job_id}/events`: the same as SSE, one event a change, ends with the last; goes on after Last-Event-ID', async () => {
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'FLOOD_WAIT_2' });
    await pause();
    const jobId = await queue('watched');
    const stream = await OpenStream.open(`${stack.api.url}/jobs/${jobId}/events`, ALL);
    await expect.poll(() => stream.events.length).toBe(1);
    await resume();
    const told = await stream.ended;
    expect(told.map(({ data }) => data.reason)).toEqual(expect.arrayContaining(['PAUSED', 'FLOOD_WAIT']));
    expect(told.at(-1)).toMatchObject({
      event: 'job',
      data: { ...(await stack.api.get(`/jobs/${jobId}`)).body, state: 'completed' },
    });
    const again = await events(jobId, { 'Last-Event-ID': told[0]?.id ?? '' });
    expect(again.events).toEqual(told.slice(-1));
    expect((await events(jobId, { 'Last-Event-ID': told.at(-1)?.id ?? '' })).status).toBe(204);
  });

  test('HEAD of an event stream returns its headers, and leaves nothing open', async () => {
    const jobId = await queue('asked by HEAD');
    for (let count = 0; count < 20; count += 1) {
      const response = await fetch(`${stack.api.url}/jobs/${jobId}/events`, {
        method: 'HEAD',
        headers: stack.api.headers,
      });
      expect(response.headers.get('content-type')).toContain('text/event-stream');
    }
    await stack.api.get(`/jobs/${jobId}?wait=30`);
    expect(stack.apiProcess.output).not.toContain('MaxListeners');
  });

  test('`DELETE /jobs/{job_id}` cancels a waiting message', async () => {
    await pause();
    const [before, cancelled, after] = [
      await queue('before'),
      await queue('cancelled'),
      await queue('after'),
    ];
    const answer = await cancel(cancelled);
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'ok', job_id: cancelled, state: 'cancelled', result: null, error: null },
    });
    expect((await cancel(cancelled)).status).toBe(200);
    await resume();
    for (const jobId of [before, after]) {
      expect((await stack.api.get(`/jobs/${jobId}?wait=30`)).body.state).toBe('completed');
    }
    expect((await texts()).slice(-2)).toEqual(['before', 'after']);
    expect((await stack.api.get(`/jobs/${cancelled}`)).body).toMatchObject({ state: 'cancelled' });
  });

  test('`DELETE /jobs/{job_id}` cancels a held message, and one with a send_at', async () => {
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'FLOOD_WAIT_6' });
    const held = await queue('held');
    await expect.poll(async () => (await stack.api.get(`/jobs/${held}`)).body.state).toBe('delayed');
    expect(await cancel(held)).toMatchObject({ status: 200, body: { state: 'cancelled' } });

    const timed = await stack.api.post('/telegram/user/send', {
      user_id: 'alice',
      recipient_id: BOB,
      text: 'timed',
      send_at: new Date(Date.now() + 3_600_000).toISOString(),
    });
    expect(await cancel(timed.body.job_id)).toMatchObject({ status: 200, body: { state: 'cancelled' } });

    const next = await queue('next');
    expect((await stack.api.get(`/jobs/${next}?wait=30`)).body.state).toBe('completed');
    expect((await texts()).slice(-1)).toEqual(['next']);
    expect(await texts()).not.toContain('held');
  });

  test('`DELETE /jobs/{job_id}`: 409 `TOO_LATE` for a sent message', async () => {
    const jobId = await queue('out');
    await stack.api.get(`/jobs/${jobId}?wait=30`);
    expect(await cancel(jobId)).toMatchObject({ status: 409, body: { code: 'TOO_LATE', job_id: jobId } });
  });

  test('`DELETE /jobs/{job_id}`: either cancelled and not sent, or too late and sent', async () => {
    const jobs = await Promise.all(Array.from({ length: 20 }, (_, index) => queue(`race ${index}`)));
    const outcomes = await Promise.all(
      jobs.map(async (jobId) => [jobId, (await cancel(jobId)).status] as const),
    );
    for (const [jobId, status] of outcomes) {
      const { state } = (await stack.api.get(`/jobs/${jobId}?wait=30`)).body;
      expect([200, 409]).toContain(status);
      expect(state).toBe(status === 200 ? 'cancelled' : 'completed');
    }
    const out = (await texts()).filter((text) => text.startsWith('race'));
    expect(out).toHaveLength(outcomes.filter(([, status]) => status === 409).length);
  });

  test('a caller that waits for a cancelled send gets `CANCELLED`', async () => {
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', delay_ms: 2_000 });
    await queue('in front');
    const send = (prefer: string) =>
      stack.api.send('alice', BOB, 'taken back', { Prefer: prefer, 'Idempotency-Key': 'taken back' });
    const jobId = (await send('respond-async')).body.job_id;
    const waiting = send('wait=30');
    await cancel(jobId);
    expect(await waiting).toMatchObject({ status: 409, body: { code: 'CANCELLED', job_id: jobId } });
  });

  test('Results are kept `JOB_RETENTION`', async () => {
    const jobId = await queue('forgotten');
    await stack.api.get(`/jobs/${jobId}?wait=30`);
    expect((await stack.api.get(`/jobs/${jobId}`)).status).toBe(200);
    await expect
      .poll(async () => (await stack.api.get(`/jobs/${jobId}`)).status, { timeout: 4 * RETENTION_MS })
      .toBe(404);
  });
});
