import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Stack } from '../env/stack.ts';
import { ALICE, BOB, useStack } from '../env/use-stack.ts';

const ADMIN = { Authorization: `Basic ${Buffer.from('admin:a password').toString('base64')}` };
const QUEUES = '/admin/queues/api/queues';

describe('Bull Board at `/admin/queues`', () => {
  const product = useStack({
    ADMIN_USER: 'admin',
    ADMIN_PASSWORD: 'a password',
    WEBHOOK_ALLOW_PRIVATE: 'true',
  });
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    ({ stack, alice, bob } = product());
    await stack.control.addContacts(alice, [bob]);
  });
  beforeEach(async () => {
    await stack.control.clearFaults();
    await stack.api.post('/telegram/user/resume', { user_id: 'alice' });
  });

  const get = (path: string) => stack.api.get(path, ADMIN);
  const put = (path: string, headers = {}) =>
    stack.api.request('PUT', path, undefined, { ...ADMIN, ...headers });
  const aliceQueue = `${QUEUES}/${encodeURIComponent('alice:send')}`;
  const state = async (jobId: string) => (await stack.api.get(`/jobs/${jobId}`)).body.state;
  const texts = async () => (await stack.control.messages({ from: alice, to: bob })).map(({ text }) => text);
  const queue = async (text: string) =>
    (await stack.api.send('alice', BOB, text, { Prefer: 'respond-async' })).body.job_id;

  test('HTTP basic, ADMIN_USER and ADMIN_PASSWORD', async () => {
    for (const path of ['/admin/queues', QUEUES, '/admin/queues/account/alice']) {
      const response = await fetch(stack.api.url + path, { redirect: 'manual' });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain('Basic');
    }
    const page = await fetch(`${stack.api.url}/admin/queues`, { headers: ADMIN });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(await page.text()).not.toMatch(/(?:src|href)="https?:/);
    const slash = await fetch(`${stack.api.url}/admin/queues/`, { headers: ADMIN, redirect: 'manual' });
    expect(slash.headers.get('location')).toBe('/admin/queues');
  });

  test('control queues, webhooks, and the accounts with the most messages; any account by name', async () => {
    await stack.api.send('alice', '@nobody_has_this', 'will fail');
    const names = async () => (await get(QUEUES)).body.queues.map(({ name }: { name: string }) => name);
    await expect.poll(names, { interval: 500 }).toContain('alice:send');
    expect(await names()).toEqual(expect.arrayContaining(['webhooks', 'shard-0:control', 'shard-3:control']));
    const pinned = await fetch(`${stack.api.url}/admin/queues/account/bob`, {
      headers: ADMIN,
      redirect: 'manual',
    });
    expect(pinned.headers.get('location')).toBe('/admin/queues/queue/bob%3Asend');
    expect(await names()).toContain('bob:send');
    expect((await get('/admin/queues/account/nobody')).status).toBe(404);
  });

  test('data and results redacted: no text, no code hash, no phone number', async () => {
    const failed = await stack.api.post('/telegram/user/send', {
      user_id: 'alice',
      recipient_id: '+79991112233',
      text: 'a secret text',
      callback_url: 'http://user:hidden-password@127.0.0.1:9/?token=hidden-token',
    });
    const spaced = await stack.api.send('alice', '+7 999 555-44-33', 'another');
    const started = await stack.api.startSignIn('carol', '+9996627403');
    const shown = JSON.stringify([
      (await get(`${QUEUES}?activeQueue=${encodeURIComponent('alice:send')}`)).body,
      (await get(`${aliceQueue}/${failed.body.job_id}`)).body,
      (await get(`${aliceQueue}/${spaced.body.job_id}`)).body,
      (await get(`${QUEUES}?activeQueue=webhooks`)).body,
      ...(await Promise.all(
        [0, 1, 2, 3].map(
          async (shard) =>
            (await get(`${QUEUES}?activeQueue=${encodeURIComponent(`shard-${shard}:control`)}`)).body,
        ),
      )),
    ]);
    expect(shown).toContain(failed.body.job_id);
    expect(shown).toContain(started.body.job_id);
    expect(shown).toContain('(13 characters)');
    for (const secret of [
      'a secret text',
      '1112233',
      '555-44-33',
      'hidden-',
      started.body.phone_code_hash,
      ALICE.slice(1),
      '9996627403',
    ])
      expect(shown).not.toContain(secret);
  });

  test.each([
    ['nested 100,000 deep', `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400, 'VALIDATION'],
    ['of more than 256 KiB', ' '.repeat(300_000), 413, 'PAYLOAD_TOO_LARGE'],
    ['that is no JSON', '{', 400, 'MALFORMED_JSON'],
  ])('a body %s is refused', async (_what, body, status, code) => {
    const path = `${stack.api.url}${aliceQueue}/pause`;
    const answer = await fetch(path, {
      method: 'PUT',
      headers: { ...ADMIN, 'sec-fetch-site': 'same-origin' },
      body,
    });
    expect([answer.status, (await answer.json()).code]).toEqual([status, code]);
  });

  test('says why a job and its account wait, until when, and after how many tries', async () => {
    // Bob's account, so that no other test waits with it.
    const bobQueue = `${QUEUES}/${encodeURIComponent('bob:send')}`;
    const enqueue = async (text: string) =>
      (await stack.api.send('bob', 'me', text, { Prefer: 'respond-async' })).body.job_id;
    const shown = async (jobId: string) => {
      const { body } = await get(`${QUEUES}?activeQueue=${encodeURIComponent('bob:send')}`);
      const queueShown = body.queues.find(({ name }: { name: string }) => name === 'bob:send');
      return { queue: queueShown, job: queueShown.jobs.find(({ id }: { id: string }) => id === jobId) };
    };
    await fetch(`${stack.api.url}/admin/queues/account/bob`, { headers: ADMIN, redirect: 'manual' });
    await stack.control.fault({ user_id: bob, method: 'messages.sendMessage', error: 'FLOOD_WAIT_600' });
    const held = await enqueue('held');
    await expect.poll(() => state(held)).toBe('delayed');
    const { body: view } = await stack.api.get(`/jobs/${held}`);
    const wait = { reason: 'FLOOD_WAIT', until: view.retry_at, tries: 0 };
    const flood = await shown(held);
    expect(flood.job.data.waits).toEqual(wait);
    expect(flood.job.name).toBe(`send · waits: FLOOD_WAIT until ${view.retry_at}, tries: 0`);
    expect(flood.queue.description).toContain(`Held: FLOOD_WAIT until ${view.retry_at}`);
    expect((await get(`${bobQueue}/${held}`)).body.job.data.waits).toEqual(wait);
    await stack.api.post('/telegram/user/pause', { user_id: 'bob' });
    const paused = await shown(held);
    expect(paused.queue.isPaused).toBe(true);
    expect(paused.queue.description).toContain('Stopped: PAUSED');
    expect(paused.job.data.waits).toEqual({ reason: 'PAUSED', until: null, tries: 0 });
  });

  test('retry sends a failed message once, under its own id', async () => {
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'USER_IS_BLOCKED' });
    const { job_id } = (await stack.api.send('alice', BOB, 'at last')).body;
    expect(await state(job_id)).toBe('failed');
    expect((await put(`${aliceQueue}/${job_id}/retry`)).status).toBe(204);
    expect((await stack.api.get(`/jobs/${job_id}?wait=30`)).body.state).toBe('completed');
    expect((await texts()).filter((text) => text === 'at last')).toHaveLength(1);
    expect((await put(`${aliceQueue}/${job_id}/retry`)).status).toBe(409);
  });

  test('retry all keeps the order, and skips messages that must not be retried', async () => {
    await put(`${aliceQueue}/pause`);
    const cancelled = await queue('cancelled');
    expect((await put(`${aliceQueue}/${cancelled}/clean`)).status).toBe(204);
    await put(`${aliceQueue}/resume`);
    const all = ['one', 'two', 'three', 'four'];
    for (const text of all) {
      await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'USER_IS_BLOCKED' });
      await stack.api.send('alice', BOB, text);
    }
    const answer = await put(`${aliceQueue}/retry/failed`);
    expect(answer.status).toBe(200);
    expect(answer.body.skipped).toBeGreaterThan(0);
    await expect.poll(async () => (await texts()).slice(-4)).toEqual(all);
    expect(await state(cancelled)).toBe('cancelled');
    expect((await put(`${aliceQueue}/retry/completed`)).status).toBe(409);
    expect((await put(`${QUEUES}/pause`)).status).toBe(409);
  });

  test('a removed message that is posted again under its key is not sent', async () => {
    const post = async () =>
      stack.api.post(
        '/telegram/user/send',
        { user_id: 'alice', recipient_id: BOB, text: 'keyed' },
        { 'Idempotency-Key': 'board-1' },
      );
    const first = await post();
    await stack.api.send('alice', BOB, 'since then');
    expect((await put(`${aliceQueue}/${first.body.job_id}/clean`)).status).toBe(204);
    const again = await post();
    expect(again.status).toBe(200);
    expect(again.body.telegram_message_id).toBe(first.body.telegram_message_id);
    expect((await texts()).filter((text) => text === 'keyed')).toHaveLength(1);
  });

  test('pause holds messages in order until resume; remove cancels a waiting message', async () => {
    expect((await put(`${aliceQueue}/pause`)).status).toBe(200);
    expect((await stack.api.status('alice')).body.reason).toBe('PAUSED');
    const jobs = [await queue('first'), await queue('removed'), await queue('last')];
    expect((await put(`${aliceQueue}/${jobs[1]}/clean`)).status).toBe(204);
    expect(await state(jobs[1] ?? '')).toBe('cancelled');
    expect((await put(`${aliceQueue}/${jobs[1]}/retry`)).status).toBe(409);
    expect((await put(`${aliceQueue}/resume`)).status).toBe(200);
    await expect.poll(async () => (await texts()).slice(-2)).toEqual(['first', 'last']);
  });

  test('promote sends a message with a send_at now', async () => {
    const { job_id } = (
      await stack.api.post('/telegram/user/send', {
        user_id: 'alice',
        recipient_id: BOB,
        text: 'early',
        send_at: new Date(Date.now() + 3_600_000).toISOString(),
      })
    ).body;
    expect((await put(`${aliceQueue}/${job_id}/promote`)).status).toBe(204);
    expect((await stack.api.get(`/jobs/${job_id}?wait=30`)).body.state).toBe('completed');
    expect((await texts()).at(-1)).toBe('early');
  });

  test('adding, changing and emptying are refused, because they would break promises', async () => {
    await put(`${aliceQueue}/pause`);
    const jobId = await queue('kept');
    const add = await stack.api.request(
      'POST',
      `${aliceQueue}/add`,
      { name: 'send', data: {}, options: {} },
      ADMIN,
    );
    const change = await stack.api.request(
      'PATCH',
      `${aliceQueue}/${jobId}/update-data`,
      { jobData: {} },
      ADMIN,
    );
    for (const { status } of [
      add,
      change,
      await put(`${aliceQueue}/empty`),
      await put(`${aliceQueue}/obliterate`),
      await put(`${aliceQueue}/clean/wait`),
      await put(`${QUEUES}/${encodeURIComponent('shard-0:control')}/pause`),
    ])
      expect(status).toBeGreaterThanOrEqual(400);
    expect(await state(jobId)).toBe('delayed');
    await put(`${aliceQueue}/resume`);
    expect((await stack.api.get(`/jobs/${jobId}?wait=30`)).body.state).toBe('completed');
  });

  test('another site cannot use its buttons through a browser', async () => {
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { Origin: 'null' },
    ]) {
      expect((await put(`${aliceQueue}/pause`, headers)).status).toBe(403);
    }
    expect((await put(`${aliceQueue}/pause`, { 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect(stack.apiProcess.output).toContain('"audit":"board"');
  });
});
