import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../env/api-client.ts';
import type { Stack } from '../env/stack.ts';
import { BOB, useStack } from '../env/use-stack.ts';

const CAROL = '+9996627063';

/** Actions that name a message by the job that sends it. */
describe('An action with the job_id of a send', () => {
  const product = useStack({ SEND_WAIT_MS: '15000', JOB_RETENTION: '6s' });
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    ({ stack, alice, bob } = product());
    await stack.signIn('carol', CAROL);
  });
  beforeEach(async () => {
    await stack.control.clearFaults();
    await stack.api.post('/telegram/user/resume', { user_id: 'alice' });
  });

  const LATER = { Prefer: 'respond-async' };
  const send = async (text: string, more: object = {}): Promise<string> => {
    const request = { user_id: 'alice', recipient_id: BOB, text, ...more };
    return (await stack.api.post('/telegram/user/send', request, LATER)).body.job_id;
  };
  const act = (path: string, more: object, headers = {}): Promise<ApiAnswer> =>
    stack.api.post(`/telegram/user/message/${path}`, { user_id: 'alice', ...more }, headers);
  const ended = async (jobId: string) => (await stack.api.get(`/jobs/${jobId}?wait=30`)).body;
  const hold = (path: 'pause' | 'resume') => stack.api.post(`/telegram/user/${path}`, { user_id: 'alice' });
  const shown = async (text: string) =>
    (await stack.control.messages({ from: alice })).filter((message) => message.text === text);

  test('waits for that job, and runs directly behind it, before later sends', async () => {
    await hold('pause');
    const first = await send('first');
    const second = await send('second');
    const react = await act('react', { job_id: first, emoji: '👍' }, LATER);
    const edit = await act('edit', { job_id: first, text: 'first, edited' }, LATER);
    expect(react).toMatchObject({ status: 202, body: { state: 'delayed', reason: 'DEPENDENCY' } });
    expect((await stack.api.get(`/jobs/${edit.body.job_id}`)).body).toMatchObject({
      state: 'delayed',
      reason: 'DEPENDENCY',
      retry_at: null,
    });
    expect((await stack.api.status('alice')).body.pending).toMatchObject({ waiting: 0, delayed: 4 });
    const lists = await stack.api.get('/telegram/accounts/alice/sends');
    expect(lists.body.pending).toHaveLength(4);
    await hold('resume');
    const jobs = [first, react.body.job_id, edit.body.job_id, second];
    const ends = await Promise.all(jobs.map(ended));
    expect(ends.map(({ state }) => state)).toEqual(['completed', 'completed', 'completed', 'completed']);
    const times = ends.map(({ finished_at }) => finished_at);
    expect(times).toEqual(times.toSorted());
    expect(await shown('first, edited')).toMatchObject([{ reactions: [{ emoji: ['👍'] }] }]);
  });

  test('runs before later jobs of the chat that the worker has fetched already', async () => {
    const { id } = await stack.control.createChat({ title: 'Slow', kind: 'group', members: [alice, bob] });
    const recipient_id = String(id);
    const slow = { user_id: alice, method: 'messages.sendMessage', error: 'SLOWMODE_WAIT_2' };
    await stack.control.fault({ ...slow, peer: id });
    const first = await send('slow', { recipient_id });
    const second = await send('behind', { recipient_id });
    const edit = await act('edit', { job_id: first, text: 'slow, edited' }, LATER);
    await expect.poll(async () => (await stack.api.get(`/jobs/${second}`)).body.reason).toBe('SLOWMODE_WAIT');
    const ends = await Promise.all([first, edit.body.job_id, second].map(ended));
    expect(ends.map(({ state }) => state)).toEqual(['completed', 'completed', 'completed']);
    const times = ends.map(({ finished_at }) => finished_at);
    expect(times).toEqual(times.toSorted());
  });

  test('holds nobody before: a send with `send_at` keeps it waiting, and other sends go on', async () => {
    const job_id = await send('much later', { send_at: new Date(Date.now() + 3_600_000).toISOString() });
    const pin = await act('pin', { job_id }, { Prefer: 'wait=1' });
    expect(pin).toMatchObject({ status: 202, body: { state: 'delayed', reason: 'DEPENDENCY' } });
    expect(await ended(await send('meanwhile'))).toMatchObject({ state: 'completed' });
    await stack.api.request('DELETE', `/jobs/${job_id}`, undefined, {});
    expect(await ended(pin.body.job_id)).toMatchObject({
      state: 'failed',
      error: { code: 'DEPENDENCY_FAILED', dependency: { job_id, code: 'CANCELLED' } },
    });
  });

  test('each takes the messages of the job: one of them, or all', async () => {
    const parts = 'a long text '.repeat(700);
    const job_id = await send(parts);
    const { message_ids } = (await ended(job_id)).result;
    expect(message_ids.length).toBeGreaterThan(1);
    expect(await act('pin', { job_id })).toMatchObject({ status: 200, body: { message_id: message_ids[0] } });
    expect(await act('unpin', { job_id, recipient_id: BOB })).toMatchObject({
      body: { message_id: message_ids[0] },
    });
    const forward = await act('forward', { job_id, to_recipient_id: 'me' }, LATER);
    const react = await act('react', { job_id: forward.body.job_id, emoji: '❤' });
    const forwarded = (await ended(forward.body.job_id)).result.message_ids;
    expect(forwarded).toHaveLength(message_ids.length);
    expect(react).toMatchObject({ status: 200, body: { message_id: forwarded[0] } });
    expect(await act('delete', { job_id })).toMatchObject({ status: 200, body: { deleted: message_ids } });
  });

  test('fails where that job fails, and a retry of that job does not revive it', async () => {
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'USER_IS_BLOCKED' });
    await hold('pause');
    const job_id = await send('refused');
    const edit = await act('edit', { job_id, text: 'x' }, LATER);
    const chained = await act('delete', { job_id }, LATER);
    await hold('resume');
    for (const { body } of [edit, chained])
      expect(await ended(body.job_id)).toMatchObject({
        state: 'failed',
        error: { code: 'DEPENDENCY_FAILED', dependency: { job_id, code: 'RECIPIENT_REFUSED' } },
      });
    expect(await act('edit', { job_id, text: 'y' })).toMatchObject({
      status: 409,
      body: {
        code: 'DEPENDENCY_FAILED',
        dependency: { code: 'RECIPIENT_REFUSED' },
        job_id: expect.any(String),
      },
    });
    const { ended: lately } = (await stack.api.get('/telegram/accounts/alice/sends')).body;
    for (const { body } of [edit, chained]) {
      expect(lately).toContainEqual(expect.objectContaining({ job_id: body.job_id, can_retry: false }));
      expect(await stack.api.post(`/jobs/${body.job_id}/retry`, undefined)).toMatchObject({
        status: 409,
        body: { code: 'TOO_LATE', message: expect.stringContaining('retry that job') },
      });
    }
    await stack.api.post(`/jobs/${job_id}/retry`, undefined);
    expect(await ended(job_id)).toMatchObject({ state: 'completed' });
    expect((await stack.api.get(`/jobs/${edit.body.job_id}`)).body.state).toBe('failed');
    expect(await act('react', { job_id, emoji: '👍' })).toMatchObject({ status: 200 });
    expect(await shown('refused')).toHaveLength(1);
  });

  test('can be cancelled while it waits, and the others that wait go on', async () => {
    await hold('pause');
    const job_id = await send('kept');
    const gone = await act('delete', { job_id }, LATER);
    const kept = await act('react', { job_id, emoji: '👍' }, LATER);
    const cancelled = await stack.api.request('DELETE', `/jobs/${gone.body.job_id}`, undefined, {});
    expect(cancelled.body.state).toBe('cancelled');
    await hold('resume');
    expect(await ended(kept.body.job_id)).toMatchObject({ state: 'completed' });
    expect(await shown('kept')).toMatchObject([{ reactions: [{ emoji: ['👍'] }] }]);
  });

  test('survives kill -9 of the worker, and runs once', async () => {
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'FLOOD_WAIT_2' });
    const job_id = await send('over a crash');
    const edit = await act('edit', { job_id, text: 'edited after a crash' }, LATER);
    const later = await send('behind the crash');
    await stack.worker.end('SIGKILL');
    await stack.startWorker();
    const ends = await Promise.all([job_id, edit.body.job_id, later].map(ended));
    expect(ends.map(({ state }) => state)).toEqual(['completed', 'completed', 'completed']);
    const times = ends.map(({ finished_at }) => finished_at);
    expect(times).toEqual(times.toSorted());
    expect(await shown('edited after a crash')).toHaveLength(1);
  });

  test('does not need that job any more once it has ended', async () => {
    const job_id = await send('soon forgotten');
    await ended(job_id);
    await stack.control.fault({ user_id: alice, method: 'messages.editMessage', error: 'FLOOD_WAIT_4' });
    const edit = await act('edit', { job_id, text: 'edited late' }, LATER);
    await expect
      .poll(
        async () => {
          await ended(await send('another', { recipient_id: 'me' }));
          return (await stack.api.get(`/jobs/${job_id}`)).status;
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe(404);
    await expect.poll(() => shown('edited late'), { timeout: 20_000 }).toHaveLength(1);
    expect(edit.status).toBe(202);
  });

  test('an Idempotency-Key recognises a repeat, and another job is another request', async () => {
    const keyed = { 'Idempotency-Key': 'a key', ...LATER };
    await hold('pause');
    const job_id = await send('keyed');
    const first = await act('pin', { job_id }, keyed);
    const again = await act('pin', { job_id }, keyed);
    expect(again).toMatchObject({ status: 202, body: { job_id: first.body.job_id } });
    expect(await act('pin', { job_id: await send('other') }, keyed)).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_MISMATCH' },
    });
  });

  test('in a batch, each action for itself', async () => {
    const job_id = await send('of a batch');
    const { body } = await stack.api.post('/telegram/user/batch', {
      actions: [
        { type: 'message.react', user_id: 'alice', job_id, emoji: '👍' },
        { type: 'message.pin', user_id: 'alice', job_id: 'none' },
      ],
    });
    expect(body.jobs).toMatchObject([
      { job_id: expect.any(String) },
      { status: 'error', code: 'JOB_NOT_FOUND' },
    ]);
    expect(await ended(body.jobs[0].job_id)).toMatchObject({ state: 'completed' });
  });

  test('is 404 for a job that is none, is another account’s or sends nothing, and 400 for another chat', async () => {
    const job_id = await send('of Alice');
    await ended(job_id);
    const pin = (await act('pin', { job_id })).body.job_id;
    for (const other of ['none', pin])
      expect(await act('react', { job_id: other, emoji: '👍' })).toMatchObject({
        status: 404,
        body: { code: 'JOB_NOT_FOUND' },
      });
    expect(await act('react', { job_id, emoji: '👍', user_id: 'carol' })).toMatchObject({ status: 404 });
    // The form of the second does not tell, so the worker finds out.
    for (const recipient_id of [CAROL, 'me'])
      expect(await act('react', { job_id, emoji: '👍', recipient_id })).toMatchObject({
        status: 400,
        body: { issues: [{ path: 'recipient_id' }] },
      });
    expect(await act('react', { job_id, emoji: '👍', recipient_id: String(bob) })).toMatchObject({
      status: 200,
    });
    expect(await act('pin', { message_id: 1 })).toMatchObject({ status: 400 });
  });

  test('may name the chat by another name, which Telegram then tells', async () => {
    const dave = await stack.control.createAccount({
      phone: '+9996627064',
      first_name: 'Dave',
      username: 'dave_of_jobs',
    });
    const job_id = await send('to Dave', { recipient_id: '@dave_of_jobs' });
    const edited = await act('edit', { job_id, recipient_id: '+9996627064', text: 'to Dave, edited' });
    expect(edited).toMatchObject({ status: 200 });
    expect(await shown('to Dave, edited')).toMatchObject([{ to_id: dave }]);
    await stack.control.createAccount({ phone: '+9996627065', first_name: 'Eve' });
    expect(await act('delete', { job_id, recipient_id: '+9996627065' })).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION', issues: [{ path: 'recipient_id' }] },
    });
    expect(await act('pin', { job_id, recipient_id: '+12025550123' })).toMatchObject({
      status: 404,
      body: { code: 'RECIPIENT_NOT_FOUND' },
    });
    expect(await shown('to Dave, edited')).toHaveLength(1);
  });
});
