import { GatewayClient } from '@gateway/client';
import { beforeAll, expect, test } from 'vitest';
import type { ApiAnswer } from '../../env/api-client.ts';
import type { Stack } from '../../env/stack.ts';
import { BOB, type AliceAndBob } from '../../env/use-stack.ts';

/** Lists of accounts, their messages and their history. */
export const listings = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  beforeAll(async () => {
    ({ stack, alice } = product());
    await stack.signIn('Zoe', '+9996628103');
  });

  const ofBob = { Authorization: 'Bearer of-bob' };
  const names = async (query: string, headers = {}) =>
    (await stack.api.get(`/telegram/accounts${query}`, headers)).body.accounts.map(
      ({ user_id }: { user_id: string }) => user_id,
    );
  const fail = async (text: string, error = 'USER_IS_BLOCKED') => {
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error });
    return (await stack.api.send('alice', BOB, text)).body.job_id;
  };

  test('lists the accounts that the key may use, in pages, filtered by part of their name', async () => {
    expect(await names('')).toEqual(['Zoe', 'alice', 'bob']);
    expect(await names('?q=ZO')).toEqual(['Zoe']);
    expect(await names('', ofBob)).toEqual(['bob']);
    const { body } = await stack.api.get('/telegram/accounts?limit=2');
    expect(body).toMatchObject({ total: 3, next: 'alice' });
    expect(await names(`?limit=2&after=${body.next}`)).toEqual(['bob']);
    const [first] = body.accounts;
    expect(first).toMatchObject({ user_id: 'Zoe', state: 'ready', pending: { waiting: 0 } });
    expect((await stack.api.get('/telegram/accounts?limit=0')).body.code).toBe('VALIDATION');
  });

  test('lists accounts by state, by need of a person, and by part of their phone number', async () => {
    await stack.api.post('/telegram/user/pause', { user_id: 'bob' });
    expect(await names('?needs_attention=true')).toEqual(['bob']);
    expect(await names('?state=ready&needs_attention=false')).toEqual(['Zoe', 'alice']);
    expect(await names('?state=banned')).toEqual([]);
    for (const q of ['628103', '%2B9996628103', '+9996628103', '%209996628103'])
      expect(await names(`?q=${q}`)).toEqual(['Zoe']);
    expect(await names('?q=628103', ofBob)).toEqual([]);
    await stack.api.post('/telegram/user/resume', { user_id: 'bob' });
    const client = new GatewayClient({ baseUrl: stack.api.url, apiKey: 'everything' });
    expect(await client.accounts.list({ state: 'ready', needs_attention: true })).toMatchObject({ total: 0 });
    expect((await client.accounts.list({ needs_attention: false, limit: 1 })).total).toBe(3);
  });

  test('lists accounts by whether messages wait: queued, held by a pause, or for their time', async () => {
    await stack.api.post('/telegram/user/pause', { user_id: 'bob' });
    const held = (await stack.api.send('bob', 'me', 'held', { Prefer: 'respond-async' })).body.job_id;
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const timed = (
      await stack.api.post('/telegram/user/send', {
        user_id: 'Zoe',
        recipient_id: 'me',
        text: 'x',
        send_at: later,
      })
    ).body.job_id;
    expect(await names('?has_waiting=true')).toEqual(['Zoe', 'bob']);
    expect(await names('?has_waiting=false')).toEqual(['alice']);
    expect(await names('?has_waiting=true&needs_attention=true')).toEqual(['bob']);
    expect(await names('?has_waiting=true&q=628103')).toEqual(['Zoe']);
    expect(await names('?has_waiting=true', ofBob)).toEqual(['bob']);
    const { body } = await stack.api.get('/telegram/accounts?has_waiting=true&limit=1');
    expect(body).toMatchObject({ total: 2, next: 'Zoe' });
    expect(await names('?has_waiting=true&limit=1&after=Zoe')).toEqual(['bob']);
    for (const job of [held, timed]) await stack.api.request('DELETE', `/jobs/${job}`, undefined, {});
    await stack.api.post('/telegram/user/resume', { user_id: 'bob' });
    expect(await names('?has_waiting=true')).toEqual([]);
  });

  test.each([
    ['state=asleep', 'state'],
    ['needs_attention=yes', 'needs_attention'],
    ['has_waiting=1', 'has_waiting'],
    ['q=' + 'x'.repeat(65), 'q'],
  ])('refuses ?%s, and names %s', async (query, path) => {
    const { status, body } = await stack.api.get(`/telegram/accounts?${query}`);
    expect([status, body.code, body.issues[0].path]).toEqual([400, 'VALIDATION', path]);
  });

  test('a disconnected account is no longer listed', async () => {
    await stack.signIn('gone', '+9996628104');
    expect(await names('?q=gone')).toEqual(['gone']);
    await stack.api.post('/telegram/user/disconnect', { user_id: 'gone' });
    expect(await names('?q=gone')).toEqual([]);
  });

  test('messages: pending ones in sending order, ended ones latest first', async () => {
    const sent = (await stack.api.send('alice', BOB, 'x'.repeat(200))).body.job_id;
    const failed = await fail('refused');
    await stack.api.post('/telegram/user/pause', { user_id: 'alice' });
    const queue = async (text: string, more = {}) =>
      (await stack.api.post('/telegram/user/send', { user_id: 'alice', recipient_id: BOB, text, ...more }))
        .body.job_id;
    const later = await queue('later', { send_at: new Date(Date.now() + 3_600_000).toISOString() });
    const waiting = [await queue('first'), await queue('y '.repeat(3_000))];
    const { body } = await stack.api.get('/telegram/accounts/alice/sends');
    expect(body.pending.map(({ job_id }: { job_id: string }) => job_id)).toEqual([...waiting, later]);
    expect(body.pending[0]).toMatchObject({ state: 'delayed', reason: 'PAUSED', preview: 'first', parts: 1 });
    expect(body.pending[1].parts).toBe(2);
    expect(body.ended.slice(0, 2)).toMatchObject([
      {
        job_id: failed,
        state: 'failed',
        can_retry: true,
        recipient_id: BOB,
        error: { code: 'RECIPIENT_REFUSED' },
      },
      { job_id: sent, state: 'completed', can_retry: false, preview: `${'x'.repeat(160)}…` },
    ]);
    const one = (await stack.api.get('/telegram/accounts/alice/sends?limit=1')).body;
    expect([one.pending.length, one.ended.length]).toEqual([1, 1]);
    for (const job of [later, ...waiting]) await stack.api.request('DELETE', `/jobs/${job}`, undefined, {});
    await stack.api.post('/telegram/user/resume', { user_id: 'alice' });
  });

  test('failures: those of all accounts that the key may use, the latest first, in pages', async () => {
    const ids = [await fail('first failure'), await fail('second failure')];
    const read = async (query = '', headers = {}) =>
      (await stack.api.get(`/telegram/failures${query}`, headers)).body;
    const all = await read();
    expect(all.failures.slice(0, 2)).toMatchObject([
      { job_id: ids[1], user_id: 'alice', preview: 'second failure', error: { code: 'RECIPIENT_REFUSED' } },
      { job_id: ids[0] },
    ]);
    const first = await read('?limit=1');
    const second = await read(`?limit=1&before=${encodeURIComponent(first.next)}`);
    expect([first, second].map(({ failures }) => failures[0].job_id)).toEqual(ids.toReversed());
    expect((await read('?q=bob')).failures).toEqual([]);
    expect((await read('', ofBob)).failures).toEqual([]);
    expect(await read('?before=x')).toMatchObject({ code: 'VALIDATION', issues: [{ path: 'before' }] });
    const client = new GatewayClient({ baseUrl: stack.api.url, apiKey: 'everything' });
    expect((await client.accounts.failures({ limit: 1 })).next).toBe(first.next);
  });

  test('failures of the same moment come once each, however small the pages', async () => {
    const fred = await stack.signIn('fred', '+9996628105');
    await stack.control.fault({ user_id: fred, method: 'messages.sendMessage', error: 'FLOOD_WAIT_600' });
    const ids: string[] = [];
    for (let count = 1; count <= 7; count += 1)
      ids.push((await stack.api.send('fred', BOB, 'held', { Prefer: 'respond-async' })).body.job_id);
    await expect.poll(async () => (await stack.api.get(`/jobs/${ids[0]}`)).body.reason).toBe('FLOOD_WAIT');
    await stack.control.revoke(fred);
    await stack.api.status('fred', '?live=true');
    await expect.poll(async () => (await stack.api.get(`/jobs/${ids[6]}`)).body.state).toBe('failed');
    const listed: string[] = [];
    for (let next: string | null = ''; next !== null;) {
      const page: ApiAnswer = await stack.api.get(
        `/telegram/failures?q=fred&limit=2${next && `&before=${encodeURIComponent(next)}`}`,
      );
      listed.push(...page.body.failures.map(({ job_id }: { job_id: string }) => job_id));
      next = page.body.next;
    }
    expect(listed.toSorted()).toEqual(ids.toSorted());
    await stack.api.post('/telegram/user/disconnect', { user_id: 'fred' });
  });

  test('events report the account and its messages, and each change', async () => {
    const client = new GatewayClient({ baseUrl: stack.api.url, apiKey: 'everything' });
    const text = 'while it is watched';
    let told = 0;
    for await (const { account, ended } of client.accounts.watch('alice')) {
      expect(account.user_id).toBe('alice');
      if (told === 0) await stack.api.send('alice', BOB, text);
      told += 1;
      if (ended[0]?.preview === text) break;
    }
    expect(told).toBeGreaterThan(1);
  });

  test('a failed message is retried under its own id, once; others are refused', async () => {
    const jobId = await fail('at last');
    const answer = await stack.api.post(`/jobs/${jobId}/retry`, {});
    expect(answer.status).toBe(202);
    expect(answer.body.job_id).toBe(jobId);
    expect((await stack.api.get(`/jobs/${jobId}?wait=30`)).body.state).toBe('completed');
    expect((await stack.api.post(`/jobs/${jobId}/retry`, {})).body.code).toBe('TOO_LATE');
    expect(
      (await stack.control.messages({ from: alice })).filter(({ text }) => text === 'at last'),
    ).toHaveLength(1);
  });

  test('history: sent and failed messages, and how long sends were held', async () => {
    await fail('for the history');
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'FLOOD_WAIT_2' });
    await stack.api.send('alice', BOB, 'held for a while', { Prefer: 'wait=30' });
    const sum = async (what: string) =>
      (await stack.api.get('/telegram/accounts/alice/history?hours=1')).body.points.reduce(
        (total: number, point: Record<string, number>) => total + (point[what] ?? 0),
        0,
      );
    await expect.poll(() => sum('held_seconds'), { timeout: 60_000, interval: 1_000 }).toBeGreaterThan(0);
    expect(await sum('sent')).toBeGreaterThan(0);
    expect(await sum('failed')).toBeGreaterThan(0);
    expect((await stack.api.get('/telegram/accounts/alice/history?hours=25')).status).toBe(400);
  });

  test('preview: the messages as which a text is sent', async () => {
    const path = '/telegram/user/send/preview';
    const { body } = await stack.api.post(path, { text: '**bold** & plain', parse_mode: 'markdown' });
    expect(body.parts).toEqual([
      { text: 'bold & plain', entities: [{ type: 'bold', offset: 0, length: 4 }] },
    ]);
    expect((await stack.api.post(path, { text: 'a '.repeat(5_000) })).body.parts).toHaveLength(3);
    expect((await stack.api.post(path, { text: '**', parse_mode: 'html' })).status).toBe(200);
    expect((await stack.api.post(path, { text: '<b>', parse_mode: 'html' })).body).toMatchObject({
      code: 'VALIDATION',
      issues: [{ path: 'text' }],
    });
  });

  test('an account that the key may not use is refused', async () => {
    for (const what of ['sends', 'events', 'history'])
      expect((await stack.api.get(`/telegram/accounts/alice/${what}`, ofBob)).status).toBe(403);
    for (const what of ['sends', 'events', 'history'])
      expect((await stack.api.get(`/telegram/accounts/no%20name/${what}`)).status).toBe(400);
  });
};
