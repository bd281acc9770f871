import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../env/api-client.ts';
import { Stack } from '../env/stack.ts';

const ALICE = '+9996623001';
const BOB = '+9996623002';

describe('outages and restarts', () => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    stack = await Stack.start();
    alice = await stack.signIn('alice', ALICE);
    bob = await stack.signIn('bob', BOB);
  });
  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
  });

  async function texts(): Promise<string[]> {
    return (await stack.control.messages({ from: alice, to: bob })).map(({ text }) => text);
  }

  test('an unfinished login survives a restart of API, worker, Redis and the sandbox', async () => {
    const phone = '+9996613010';
    expect((await stack.api.startSignIn('patient', phone)).status).toBe(200);
    await Promise.all([stack.apiProcess.end(), stack.worker.end(), stack.sandbox.end('SIGKILL')]);
    await stack.redis.stop('SIGTERM');
    await stack.redis.resume();
    await stack.startSandbox();
    await Promise.all([stack.startApi(), stack.startWorker()]);
    expect((await stack.api.status('patient')).body.state).toBe('code_sent');
    expect(await stack.api.verify('patient', { phone_code: '11111' })).toMatchObject({
      status: 200,
      body: { status: 'authorized' },
    });
  });

  test('a restarted worker sends without a new sign-in', async () => {
    await stack.worker.end();
    await stack.startWorker();
    expect(await stack.api.send('alice', BOB, 'after a restart')).toMatchObject({
      status: 200,
      body: { success: true },
    });
  });

  test('a killed worker loses, doubles and reorders nothing', async () => {
    const wanted = Array.from({ length: 60 }, (_, index) => `killed ${index}`);
    const jobs: string[] = [];
    for (const [index, text] of wanted.entries()) {
      jobs.push((await stack.api.send('alice', BOB, text, { Prefer: 'respond-async' })).body.job_id);
      if (index === 30) await stack.worker.end('SIGKILL');
    }
    await stack.startWorker();
    await expect
      .poll(async () => (await stack.api.get(`/jobs/${jobs.at(-1)}`)).body.state, { timeout: 30_000 })
      .toBe('completed');
    expect((await texts()).filter((text) => text.startsWith('killed'))).toEqual(wanted);
  });

  test('while Telegram is away sends wait, and are sent in order when it is back', async () => {
    await stack.sandbox.end('SIGKILL');
    const held = await stack.api.send('alice', BOB, 'waits 1', { Prefer: 'wait=1' });
    expect(held).toMatchObject({ status: 202, body: { status: 'queued' } });
    await stack.api.send('alice', BOB, 'waits 2', { Prefer: 'respond-async' });
    await expect
      .poll(async () => (await stack.api.get(`/jobs/${held.body.job_id}`)).body, { timeout: 30_000 })
      .toMatchObject({
        state: 'delayed',
        reason: 'TELEGRAM_UNAVAILABLE',
      });
    // A network failure never makes an account appear signed out.
    expect((await stack.api.status('alice')).body).toMatchObject({
      authorized: true,
      flood_wait_until: null,
    });
    await stack.startSandbox();
    await expect
      .poll(async () => (await texts()).slice(-2), { timeout: 40_000 })
      .toEqual(['waits 1', 'waits 2']);
  });

  test('without Redis every call is a 503, and everything continues when it is back', async () => {
    await stack.redis.stop();
    for (const call of [
      () => stack.api.send('alice', BOB, 'x'),
      () => stack.api.startSignIn('late', '+9996623003'),
      () => stack.api.status('alice'),
    ]) {
      expect(await call()).toMatchObject({ status: 503, body: { code: 'QUEUE_UNAVAILABLE' } });
    }
    expect((await stack.api.get('/healthz')).status).toBe(200);
    expect((await stack.api.get('/readyz')).status).toBe(503);
    await stack.redis.resume();
    await expect.poll(async () => (await stack.api.get('/readyz')).status, { timeout: 20_000 }).toBe(200);
    expect(await stack.api.send('alice', BOB, 'Redis is back', { Prefer: 'wait=30' })).toMatchObject({
      status: 200,
    });
  });

  test.each(['paused', 'frozen'])(
    'what is answered 503 while Redis is %s is not sent later, nor is a code, save where the answer says so',
    async (how) => {
      const redis = new Redis(stack.redis.url);
      redis.on('error', () => {}); // Redis ends before the connection does.
      const phone = how === 'paused' ? '+9996613011' : '+9996613012';
      const answers = new Map<string, ApiAnswer>();
      const post = async (text: string, key?: string) => {
        const headers = { Prefer: 'respond-async', ...(key !== undefined && { 'Idempotency-Key': key }) };
        const answer = await stack.api.send('alice', BOB, text, headers);
        answers.set(text, answer);
        return answer;
      };
      const posts: Promise<unknown>[] = [];
      for (let at = 0; at < 8; at += 1) posts.push(post(`${how} before ${at}`));
      if (how === 'paused') await redis.call('CLIENT', 'PAUSE', '4500', 'ALL');
      else stack.redis.signal('SIGSTOP');
      for (let at = 0; at < 8; at += 1)
        posts.push(post(`${how} after ${at}`, at % 2 === 0 ? `${how} ${at}` : undefined));
      const code = stack.api.startSignIn(`${how}-code`, phone);
      await Promise.all([...posts, code]);
      for (const answer of await Promise.all(
        ['once', 'twice'].map(() => post(`${how} under one key`, `${how} key`)),
      ))
        expect(answer).toMatchObject({
          status: 503,
          body: { code: 'QUEUE_UNAVAILABLE', kind: 'retryable', retry_after: 1 },
        });
      if (how === 'frozen') stack.redis.signal('SIGCONT');
      await expect.poll(async () => (await stack.api.get('/readyz')).status, { timeout: 20_000 }).toBe(200);
      const last = await stack.api.send('alice', BOB, `${how} last`, { Prefer: 'wait=30' });
      expect(last.status).toBe(200);
      const sent = await texts();
      for (const [text, { status, body }] of answers) {
        const times = sent.filter((each) => each === text).length;
        if (status === 202) expect(times, text).toBe(1);
        else
          expect([text, status, body.code, body.kind === 'unknown_outcome' ? 0 : times]).toEqual([
            text,
            503,
            'QUEUE_UNAVAILABLE',
            0,
          ]);
      }
      const { status, body } = await code;
      expect([status, body.code]).toEqual([503, 'QUEUE_UNAVAILABLE']);
      if (body.kind === 'retryable') await expect(stack.control.code(phone)).rejects.toThrow();
      const again = await stack.api.send('alice', BOB, `${how} under one key`, {
        'Idempotency-Key': `${how} key`,
      });
      expect(again.status).toBe(200);
      redis.disconnect();
    },
    60_000,
  );

  test('after Redis has lost its data, accounts are 503, not signed out, until the worker has published them', async () => {
    const redis = new Redis(stack.redis.url);
    await redis.flushall();
    redis.disconnect();
    const seen = new Set<number>();
    await expect
      .poll(
        async () => {
          const [sent, status, listed] = await Promise.all([
            stack.api.send('alice', 'me', 'after a loss', { Prefer: 'wait=30' }),
            stack.api.status('alice'),
            stack.api.get('/telegram/accounts'),
          ]);
          expect(status.status === 503 || status.body.state === 'ready').toBe(true);
          expect(listed.status === 503 || listed.body.total > 1).toBe(true);
          seen.add(sent.status);
          return sent.status;
        },
        { timeout: 30_000, interval: 5 },
      )
      .toBe(200);
    expect(seen).toEqual(new Set([503, 200]));
    expect((await stack.api.send('nobody', 'me', 'x')).status).toBe(401);
  });

  test('no worker: an interactive call is a 503, and its job is withdrawn', async () => {
    await stack.worker.end();
    const phone = '+9996623004';
    expect(await stack.api.startSignIn('no-worker', phone)).toMatchObject({
      status: 503,
      body: { code: 'WORKER_UNAVAILABLE' },
    });
    expect((await stack.api.get('/readyz')).status).toBe(503);
    await stack.startWorker();
    expect((await stack.api.status('no-worker')).body.state).toBe('none');
    await expect(stack.control.code(phone)).rejects.toThrow();
  });

  test('a session ended from another device is noticed at the next send, and stored until disconnect', async () => {
    const phone = '+9996623005';
    const id = await stack.signIn('carol', phone);
    await stack.control.revoke(id);
    const refused = await stack.api.send('carol', BOB, 'am I there?');
    expect(refused).toMatchObject({ status: 401, body: { code: 'NOT_AUTHORIZED' } });
    expect((await stack.api.status('carol')).body).toMatchObject({
      authorized: false,
      state: 'revoked',
      reason: expect.any(String),
      next_action: expect.any(String),
    });
    const sessions = join(stack.dataDir, 'telegram_sessions');
    expect(await readdir(sessions)).toContain('carol.session');
    expect((await stack.api.post('/telegram/user/disconnect', { user_id: 'carol' })).body).toMatchObject({
      status: 'ok',
    });
    expect(await readdir(sessions)).not.toContain('carol.session');
    await stack.signIn('carol', phone);
  });

  test('disconnect logs out at Telegram, fails queued messages, and may be repeated', async () => {
    const phone = '+9996623006';
    const id = await stack.signIn('dave', phone);
    await stack.control.fault({ user_id: id, method: 'messages.sendMessage', error: 'FLOOD_WAIT_600' });
    const queued = await stack.api.send('dave', BOB, 'never', { Prefer: 'wait=5' });
    expect(queued.status).toBe(202);
    const later = await stack.api.post('/telegram/user/send', {
      user_id: 'dave',
      recipient_id: BOB,
      text: 'never either',
      send_at: new Date(Date.now() + 3_600_000).toISOString(),
    });
    const gone = await stack.api.post('/telegram/user/disconnect', { user_id: 'dave' });
    expect(gone).toMatchObject({
      status: 200,
      body: { status: 'ok', message: 'Disconnected', job_id: expect.any(String) },
    });
    for (const { body } of [queued, later])
      await expect
        .poll(async () => (await stack.api.get(`/jobs/${body.job_id}`)).body)
        .toMatchObject({ state: 'failed', error: { code: 'ACCOUNT_DISCONNECTED' } });
    expect((await stack.api.status('dave')).body).toMatchObject({
      authorized: false,
      state: 'none',
      user_info: null,
    });
    expect((await stack.api.post('/telegram/user/disconnect', { user_id: 'dave' })).status).toBe(200);
    expect((await stack.api.send('dave', BOB, 'x')).status).toBe(401);
  });

  test('an account limited by PEER_FLOOD holds its sends until a person resumes it', async () => {
    const phone = '+9996623007';
    const id = await stack.signIn('erin', phone);
    await stack.control.fault({ user_id: id, method: 'messages.sendMessage', error: 'PEER_FLOOD' });
    const kept = await stack.api.send('erin', BOB, 'kept 1', { Prefer: 'wait=30' });
    expect(kept).toMatchObject({
      status: 202,
      body: { status: 'queued', state: 'delayed', reason: 'PEER_FLOOD' },
    });
    await stack.api.send('erin', BOB, 'kept 2', { Prefer: 'respond-async' });
    expect((await stack.api.status('erin')).body).toMatchObject({
      state: 'peer_limited',
      reason: 'PEER_FLOOD',
      next_action: expect.stringContaining('SpamBot'),
      pending: { waiting: 0, delayed: 2 },
    });
    expect((await stack.api.post('/telegram/user/resume', { user_id: 'erin' })).body).toMatchObject({
      status: 'ok',
      state: 'ready',
    });
    await expect
      .poll(async () => (await stack.control.messages({ from: id })).map(({ text }) => text))
      .toEqual(['kept 1', 'kept 2']);
  });
});
