import { GatewayApiError, GatewayClient, type Job, type OutgoingMessage } from '@gateway/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

const ALICE = '+9996622301';
const BOB = '+9996622302';
const CODE = '22222';
const PASSWORD = 'hunter2';

describe('the typed client', () => {
  let stack: Stack;
  let client: GatewayClient;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    stack = await Stack.start();
    client = new GatewayClient({ baseUrl: stack.api.url });
    bob = await stack.control.createAccount({
      phone: BOB,
      first_name: 'Bob',
      username: 'bob_example',
      password: PASSWORD,
      hint: 'the usual',
    });
    alice = await stack.signIn('alice', ALICE);
  });
  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
  });

  const arrived = async (text: string) =>
    (await stack.control.messages({ from: alice, to: bob })).filter((message) => message.text === text);
  const toBob = (text: string): OutgoingMessage => ({ user_id: 'alice', recipient_id: '@bob_example', text });

  test('signs an account in, with a wrong code and a two-factor password on the way', async () => {
    expect(await client.auth.start('bob', BOB)).toMatchObject({ status: 'code_sent', code_length: 5 });
    await expect(client.auth.verify('bob', { phone_code: '00000' })).rejects.toMatchObject({
      code: 'PHONE_CODE_INVALID',
      kind: 'user_action',
      requestId: expect.any(String),
    });
    expect(await client.auth.verify('bob', { phone_code: CODE })).toMatchObject({
      status: 'password_required',
      hint: 'the usual',
    });
    const answer = await client.auth.verify('bob', { password: PASSWORD });
    expect(answer).toMatchObject({ status: 'authorized', user: { id: bob, username: 'bob_example' } });
    expect(await client.status('bob', { live: true })).toMatchObject({ authorized: true, state: 'ready' });
  });

  test('signs an account in by a QR code', async () => {
    const phone = '+9996622304';
    await stack.control.createAccount({ phone, first_name: 'Dave' });
    const shown = await client.auth.startQr('dave');
    const seen: string[] = [];
    for await (const { event, data } of client.auth.watchQr('dave')) {
      seen.push(event);
      if (event !== 'qr') continue;
      expect(shown).toMatchObject(data);
      await stack.control.scan(data.url, phone);
    }
    expect(seen).toEqual(['qr', 'authorized']);
    expect(await client.status('dave')).toMatchObject({ state: 'ready', user_info: { first_name: 'Dave' } });
  });

  test('starts a sign-in and cancels it', async () => {
    await client.auth.start('carol', '+9996622303');
    expect(await client.auth.cancel('carol')).toMatchObject({ status: 'ok' });
    await expect(client.auth.verify('carol', { phone_code: CODE })).rejects.toMatchObject({
      code: 'AUTH_NOT_STARTED',
    });
  });

  test('sends with every field that a message may have', async () => {
    const first = await client.send(toBob('first'));
    expect(first).toMatchObject({ status: 'ok', success: true, message_id: expect.any(Number) });
    const second = await client.send({
      user_id: 'alice',
      recipient_id: bob,
      text: '<b>second</b>',
      parse_mode: 'html',
      silent: true,
      link_preview: false,
      split: false,
      send_at: new Date().toISOString(),
      ...(first.status === 'ok' && { reply_to: first.message_id }),
      callback_url: 'https://example.com/hook',
    });
    expect(second).toMatchObject({ status: expect.stringMatching(/^(ok|queued)$/) });
    await client.waitForJob(second.job_id);
    expect(await arrived('second')).toHaveLength(1);
  });

  test('a lost answer is requested again, and creates one message', async () => {
    let lost = 0;
    const lossy = new GatewayClient({
      baseUrl: stack.api.url,
      backoffMs: 1,
      async fetch(...call) {
        const response = await fetch(...call);
        await response.arrayBuffer();
        if (lost < 2) {
          lost += 1;
          throw new TypeError('fetch failed');
        }
        return fetch(...call);
      },
    });
    expect(await lossy.send(toBob('only once'))).toMatchObject({ status: 'ok', success: true });
    expect(lost).toBe(2);
    expect(await arrived('only once')).toHaveLength(1);
  });

  test('a batch reports each message; its jobs can be awaited, and a retry creates none twice', async () => {
    const messages = [toBob('batch 1'), toBob(''), toBob('batch 2')];
    const answer = await client.sendBatch(messages, { idempotencyKey: 'batch' });
    expect(answer.jobs).toMatchObject([
      { job_id: expect.any(String) },
      { status: 'error', code: 'VALIDATION' },
      { job_id: expect.any(String) },
    ]);
    expect((await client.sendBatch(messages, { idempotencyKey: 'batch' })).jobs).toEqual(answer.jobs);
    const ids = answer.jobs.flatMap((job) => ('code' in job ? [] : [job.job_id]));
    for (const id of ids) expect(await client.waitForJob(id)).toMatchObject({ state: 'completed' });
    expect(await arrived('batch 1')).toHaveLength(1);
    expect(await arrived('batch 2')).toHaveLength(1);
  });

  test('watches a job through a pause to its end', async () => {
    await client.pause('alice');
    const { job_id } = await client.send(toBob('after the pause'));
    const seen: Job[] = [];
    for await (const job of client.jobEvents(job_id)) {
      if (seen.push(job) === 1) await client.resume('alice');
    }
    expect(seen[0]).toMatchObject({ state: 'delayed', reason: 'PAUSED' });
    expect(seen.at(-1)).toMatchObject({ state: 'completed', result: { message_id: expect.any(Number) } });
    expect(await client.job(job_id)).toMatchObject({ state: 'completed' });
  });

  test('cancels a message that was not sent, and gets an error if it is too late', async () => {
    const send_at = new Date(Date.now() + 3_600_000).toISOString();
    const { job_id } = await client.send({ ...toBob('never'), send_at }, { respondAsync: true });
    expect(await client.cancel(job_id)).toMatchObject({ state: 'cancelled' });
    const sent = await client.send(toBob('gone'));
    await expect(client.cancel(sent.job_id)).rejects.toMatchObject({ status: 409, code: 'TOO_LATE' });
  });

  test('continues to listen to a job through a restart of the API', async () => {
    await client.pause('alice');
    const { job_id } = await client.send(toBob('over a restart'), { respondAsync: true });
    const patient = new GatewayClient({ baseUrl: stack.api.url, retries: 20, backoffMs: 200 });
    const states: string[] = [];
    const listening = (async () => {
      for await (const { state } of patient.jobEvents(job_id)) states.push(state);
    })();
    await expect.poll(() => states.length).toBeGreaterThan(0);
    await stack.apiProcess.end();
    await stack.startApi();
    await new GatewayClient({ baseUrl: stack.api.url }).resume('alice');
    await listening;
    expect(states.at(-1)).toBe('completed');
  });

  test('sets a pace, and removes it', async () => {
    expect(await client.pace('alice', { per_minute: 5 })).toMatchObject({ pace: { per_minute: 5 } });
    expect((await client.status('alice')).pace).toMatchObject({ mode: 'careful', rules: { per_minute: 5 } });
    expect(await client.pace('alice', null)).toMatchObject({ pace: null });
  });

  test('health follows the gateway', async () => {
    expect(await client.health()).toEqual({ ready: true, reason: null });
  });

  test('signs out; a send is then refused with what to do', async () => {
    expect(await client.disconnect('bob')).toMatchObject({ status: 'ok' });
    const refused = client.send({ user_id: 'bob', recipient_id: 'me', text: 'x' });
    await expect(refused).rejects.toBeInstanceOf(GatewayApiError);
    await expect(refused).rejects.toMatchObject({ status: 401, code: 'NOT_AUTHORIZED' });
  });
});
