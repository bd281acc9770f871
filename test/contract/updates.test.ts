import { createHmac } from 'node:crypto';
import type { EventDraft } from '@gateway/contracts';
import { Sealer } from '@gateway/runtime';
import { Receiver } from '@gateway/webhooks/testing';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  WEBHOOK_STATES_KEY,
  WEBHOOKS_CHANNEL,
  WEBHOOKS_KEY,
  webhookCursorsKey,
} from '../../packages/queue/src/keys.ts';
import { OpenStream } from '../env/event-source.ts';
import { BOB, COMMON, Incoming, newMessage, NEWS } from '../env/incoming.ts';
import { Stack } from '../env/stack.ts';

const MAX = 5;
const MAX_BYTES = 64 * 1_024;
const DAY = 86_400_000;
const PATH = '/telegram/accounts/alice/updates';

describe('Events of an account', () => {
  let stack: Stack;
  let incoming: Incoming;
  let receiver: Receiver;
  let alice: number;
  let bob: number;

  beforeAll(async () => {
    stack = await Stack.start({
      API_KEYS: 'all,alices:alice,bobs:bob',
      WEBHOOK_SECRET: 'a secret of 16 characters',
      WEBHOOK_ALLOW_PRIVATE: 'true',
      EVENTS_MAX_BYTES: String(MAX_BYTES),
    });
    stack.api.headers = { 'X-API-Key': 'all' };
    incoming = new Incoming(stack.redis.address, { shards: 4, max: MAX });
    alice = await stack.signIn('alice', '+9996627801');
    await incoming.turn('alice', true);
  });
  afterAll(async () => {
    incoming.close();
    await stack[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    receiver = await Receiver.start();
  });
  afterEach(() => receiver[Symbol.asyncDispose]());

  let messages = 0;
  const arrive = (more: Parameters<typeof newMessage>[2] = {}, chat = BOB) => {
    messages += 1;
    return incoming.append('alice', newMessage(chat, messages, more));
  };
  const gap: EventDraft = { type: 'updates.gap', ...COMMON, chat: null, reason: 'off' };
  const read = (query: string) => stack.api.get(`${PATH}?${query}`);
  const stream = (query = '', headers = {}) =>
    OpenStream.open(`${stack.api.url}${PATH}${query}`, {
      ...stack.api.headers,
      Accept: 'text/event-stream',
      ...headers,
    });

  describe('by long poll', () => {
    test('come in pages, with their HTML, and `next` is the place of the next request', async () => {
      const first = await arrive({ text: 'bold & more', entities: [{ type: 'bold', offset: 0, length: 4 }] });
      const { status, body } = await read(`after=${first - 1}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        status: 'ok',
        next: first,
        events: [
          {
            event_id: `alice:${first}`,
            seq: first,
            type: 'message.new',
            user_id: 'alice',
            occurred_at: COMMON.occurred_at,
            caught_up: false,
            message: { text: 'bold & more', html: '<b>bold</b> &amp; more', chat: { id: BOB.id } },
          },
        ],
      });
      const last = await incoming.append('alice', gap, gap);
      const page = (await read(`after=${first}&limit=1`)).body;
      expect(page.events.map(({ seq }: { seq: number }) => seq)).toEqual([first + 1]);
      expect(page.next).toBe(first + 1);
      expect((await read(`after=${last}`)).body).toEqual({ status: 'ok', events: [], next: last });
      expect((await read('')).body).toEqual({ status: 'ok', events: [], next: last });
    });

    test('wait for the first one', async () => {
      const before = await arrive();
      const waiting = read(`after=${before}&wait=30`);
      const seq = await arrive();
      expect((await waiting).body).toMatchObject({ events: [{ seq }], next: seq });
    });

    test('that are no longer kept, or never were, are 410 EVENTS_GONE with the bounds', async () => {
      for (let more = 0; more <= MAX; more += 1) await arrive();
      const last = await arrive();
      const oldest = last - MAX + 1;
      for (const after of [0, oldest - 2, last + 1])
        expect(await read(`after=${after}`)).toMatchObject({
          status: 410,
          body: { code: 'EVENTS_GONE', oldest_seq: oldest, last_seq: last },
        });
      expect((await read(`after=${oldest - 1}`)).body.events).toHaveLength(MAX);
    });

    test('that are older than EVENTS_RETENTION are gone, before they are dropped too', async () => {
      for (let more = 1; more < MAX; more += 1) await arrive();
      const last = await arrive();
      await incoming.age('alice', last - 2, 8 * DAY);
      const receiving = async () => (await stack.api.status('alice')).body.receiving;
      expect(await receiving()).toMatchObject({ oldest_seq: last - 1, last_seq: last });
      expect(await read(`after=${last - 3}`)).toMatchObject({
        status: 410,
        body: { code: 'EVENTS_GONE', oldest_seq: last - 1, last_seq: last },
      });
      expect((await read(`after=${last - 2}`)).body.events).toMatchObject([{ seq: last - 1 }, { seq: last }]);
      await incoming.age('alice', last, 8 * DAY);
      expect(await receiving()).toMatchObject({ oldest_seq: last + 1, last_seq: last });
      expect((await read(`after=${last - 1}`)).status).toBe(410);
      expect((await read(`after=${last}`)).body).toMatchObject({ events: [], next: last });
    });

    test('are for keys that may use the account, and for accounts that receive', async () => {
      const bobs = { 'X-API-Key': 'bobs' };
      expect(await stack.api.get(PATH, bobs)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
      expect(await stack.api.get('/telegram/accounts/bob/updates', bobs)).toMatchObject({
        status: 409,
        body: { code: 'RECEIVING_OFF' },
      });
      for (const query of ['after=x', 'limit=0', 'limit=101', 'wait=61', 'colour=red'])
        expect(await read(query), query).toMatchObject({ status: 400, body: { code: 'VALIDATION' } });
    });
  });

  describe('by SSE', () => {
    test('come as they arrive, with number and type; typing comes live only', async () => {
      const source = await stream();
      const seq = await arrive();
      await expect.poll(() => source.events).toHaveLength(1);
      expect(source.events[0]).toMatchObject({
        id: String(seq),
        event: 'message.new',
        data: { seq, event_id: `alice:${seq}`, message: { html: expect.any(String) } },
      });
      await expect
        .poll(async () => {
          await incoming.typing('alice', BOB);
          return source.events.length;
        })
        .toBeGreaterThan(1);
      expect(source.events[1]).toMatchObject({
        event: 'chat.typing',
        data: { type: 'chat.typing', seq: null, event_id: null, user_id: 'alice', chat: BOB },
      });
      source.close();
      expect((await read(`after=${seq}`)).body.events).toEqual([]);
    });

    test('go on after `Last-Event-ID`, which wins over `after`', async () => {
      const seq = await arrive();
      const last = await arrive();
      for (const [query, headers, first] of [
        [`?after=${seq - 1}`, {}, seq],
        [`?after=${seq - 1}`, { 'Last-Event-ID': String(seq) }, last],
        [`?after=${seq - 1}`, { Accept: 'Text/Event-Stream' }, seq],
      ] as const) {
        const source = await stream(query, headers);
        await expect.poll(() => source.events.at(-1)?.id).toBe(String(last));
        expect(source.events[0]?.id).toBe(String(first));
        source.close();
      }
    });

    test('end with `error` and the place to go on from, where they are gone', async () => {
      for (let more = 0; more <= MAX; more += 1) await arrive();
      const last = await arrive();
      const response = await fetch(`${stack.api.url}${PATH}`, {
        headers: { ...stack.api.headers, Accept: 'text/event-stream', 'Last-Event-ID': '0' },
      });
      const lines = (await response.text()).split('\n');
      expect(lines).toEqual(expect.arrayContaining(['event: error', `id: ${last - MAX}`, 'retry: 5000']));
      const data = lines.find((line) => line.startsWith('data: '))?.slice('data: '.length) ?? '';
      expect(JSON.parse(data)).toMatchObject({
        status: 'error',
        code: 'EVENTS_GONE',
        oldest_seq: last - MAX + 1,
        last_seq: last,
      });
    });

    test('end when the account stops to receive', async () => {
      const source = await stream();
      await incoming.turn('alice', false);
      const ended = await source.ended;
      expect(ended.at(-1)).toMatchObject({ event: 'error', data: { code: 'RECEIVING_OFF' } });
      expect((await read('')).status).toBe(409);
      await incoming.turn('alice', true);
    });
  });

  let longStream: OpenStream;

  describe('by webhook', () => {
    beforeAll(async () => {
      longStream = await stream();
    });
    const create = async (more: object = {}, headers = {}) => {
      const body = {
        url: receiver.url,
        user_ids: ['alice'],
        events: ['message.new', 'updates.gap'],
        ...more,
      };
      return stack.api.post('/webhooks', body, headers);
    };
    const of = (id: string) =>
      receiver.received.filter(({ headers }) => headers['x-webhook-subscription'] === id);
    const seqs = (id: string) => of(id).map(({ body }) => JSON.parse(body).seq);
    const show = async (id: string) => (await stack.api.get(`/webhooks/${id}`)).body;

    test('are posted in order, signed, as they are, beginning after its creation', async () => {
      await arrive();
      const created = await create({ secret: 'my own secret' });
      expect(created.status).toBe(201);
      expect(created.body).toMatchObject({
        status: 'ok',
        webhook_id: expect.stringMatching(/^wh_/),
        url: receiver.url,
        user_ids: ['alice'],
        events: ['message.new', 'updates.gap'],
        filter: {},
        state: 'active',
        lag: 0,
        last_error: null,
        created_at: expect.any(String),
        secret: 'my own secret',
      });
      const { webhook_id: id } = created.body;
      const first = await arrive();
      const last = await arrive();
      await expect.poll(() => seqs(id)).toEqual([first, last]);
      const [call] = of(id);
      const timestamp = call?.headers['x-timestamp'];
      expect(call?.headers).toMatchObject({
        'x-webhook-id': `alice:${first}@${id}`,
        'x-event-id': `alice:${first}`,
        'x-webhook-attempt': '1',
        'x-signature-v2': `t=${String(timestamp)},sha256=${createHmac('sha256', 'my own secret')
          .update(`${String(timestamp)}.${call?.body ?? ''}`)
          .digest('hex')}`,
      });
      expect(call?.headers['x-signature']).toBeUndefined();
      expect(JSON.parse(call?.body ?? '')).toEqual((await read(`after=${first - 1}`)).body.events[0]);
      const log = await stack.api.get('/webhooks/deliveries?user_id=alice');
      expect(log.body.deliveries).toEqual([]);
      await expect.poll(async () => (await show(id)).lag).toBe(0);
      await stack.api.request('DELETE', `/webhooks/${id}`, undefined, {});
    });

    test('are chosen by type and filter', async () => {
      const { webhook_id: id } = (
        await create({ events: ['message.new'], filter: { chat_types: ['channel'] } })
      ).body;
      await arrive();
      const passes = await arrive({}, NEWS);
      await incoming.append('alice', gap);
      const last = await arrive({}, NEWS);
      await expect.poll(() => seqs(id)).toEqual([passes, last]);
      await stack.api.request('DELETE', `/webhooks/${id}`, undefined, {});
    });

    test('are tried again in order, and hold back no other receiver', async () => {
      await using other = await Receiver.start();
      const { webhook_id: id } = (await create()).body;
      const { webhook_id: quick } = (await create({ url: other.url })).body;
      receiver.answerWith(500);
      const first = await arrive();
      const second = await arrive();
      await expect.poll(() => other.received).toHaveLength(2);
      expect(seqs(id)).toEqual([first]);
      expect(await show(id)).toMatchObject({
        state: 'active',
        lag: 2,
        last_error: { status: 500, event_id: `alice:${first}`, message: 'the receiver answered 500' },
      });
      const { body } = await stack.api.get(`/webhooks/${id}`, { 'accept-language': 'ru' });
      expect(body.last_error.message).toBe('получатель ответил 500');
      await expect.poll(() => seqs(id), { timeout: 20_000 }).toEqual([first, first, second]);
      expect(of(id).map(({ headers }) => headers['x-webhook-attempt'])).toEqual(['1', '2', '1']);
      expect(
        new Set(
          of(id)
            .slice(0, 2)
            .map(({ headers }) => headers['x-webhook-id']),
        ).size,
      ).toBe(1);
      for (const each of [id, quick]) await stack.api.request('DELETE', `/webhooks/${each}`, undefined, {});
    });

    test('pause at once where the receiver answers 410; resumed behind what is kept, a gap comes first', async () => {
      const { webhook_id: id } = (await create({ events: ['message.new'] })).body;
      receiver.answerWith(410);
      const first = await arrive();
      await expect.poll(async () => (await show(id)).state).toBe('paused');
      for (let more = 0; more <= MAX; more += 1) await arrive();
      const last = await arrive();
      expect(seqs(id)).toEqual([first]);
      expect((await stack.api.post(`/webhooks/${id}/resume`, {})).body).toMatchObject({ state: 'active' });
      await expect.poll(() => seqs(id).at(-1)).toBe(last);
      const [, gone, next] = of(id).map(({ body }) => JSON.parse(body));
      expect(gone).toMatchObject({
        type: 'updates.gap',
        reason: 'events_gone',
        chat: null,
        seq: last - MAX,
        user_id: 'alice',
      });
      expect(next.seq).toBe(last - MAX + 1);
      expect((await stack.api.post(`/webhooks/${id}/pause`, {})).body).toMatchObject({ state: 'paused' });
      const missed = await arrive();
      await stack.api.post(`/webhooks/${id}/resume`, {});
      await expect.poll(() => seqs(id).at(-1)).toBe(missed);
      await stack.api.request('DELETE', `/webhooks/${id}`, undefined, {});
    });

    test('begin with a gap if events were dropped before the first look', async () => {
      await stack.worker.end();
      const made = async () => (await create({ events: ['message.new'] })).body.webhook_id;
      const [active, paused] = [await made(), await made()];
      await stack.api.post(`/webhooks/${paused}/pause`, {});
      for (let more = 0; more <= MAX; more += 1) await arrive();
      const last = await arrive();
      await stack.startWorker();
      await incoming.turn('alice', true);
      const kept = Array.from({ length: MAX + 1 }, (_, index) => last - MAX + index);
      await expect.poll(() => seqs(active), { timeout: 20_000 }).toEqual(kept);
      await expect.poll(async () => (await show(paused)).lag).toBe(MAX + 1);
      await stack.api.post(`/webhooks/${paused}/resume`, {});
      await expect.poll(() => seqs(paused)).toEqual(kept);
      for (const id of [active, paused]) {
        const gone = { type: 'updates.gap', reason: 'events_gone', chat: null, user_id: 'alice' };
        expect(JSON.parse(of(id)[0]?.body ?? '')).toMatchObject(gone);
        await stack.api.request('DELETE', `/webhooks/${id}`, undefined, {});
      }
    });

    test('that are paused at once know their place from then on', async () => {
      await arrive();
      const { webhook_id: id } = (await create({ events: ['message.new'] })).body;
      await stack.api.post(`/webhooks/${id}/pause`, {});
      await arrive();
      await expect.poll(async () => (await show(id)).lag).toBe(1);
      for (let more = 0; more <= MAX; more += 1) await arrive();
      const last = await arrive();
      await stack.api.post(`/webhooks/${id}/resume`, {});
      await expect.poll(() => seqs(id).at(-1)).toBe(last);
      expect(seqs(id)[0]).toBe(last - MAX);
      expect(JSON.parse(of(id)[0]?.body ?? '')).toMatchObject({ reason: 'events_gone' });
      await stack.api.request('DELETE', `/webhooks/${id}`, undefined, {});
    });

    test('pause when an event was refused for a day', async () => {
      const { webhook_id: id } = (await create()).body;
      receiver.answerWith(500);
      receiver.answerWith(500);
      const first = await arrive();
      const redis = new Redis(stack.redis.url);
      const [cursors, tries] = [webhookCursorsKey('alice'), `${id}:tries`];
      await expect.poll(() => redis.hget(cursors, tries)).not.toBeNull();
      // As if it had begun a day ago.
      const since = Date.now() - DAY;
      await redis.hset(cursors, tries, JSON.stringify({ attempts: 30, since }));
      await redis.hset(WEBHOOK_STATES_KEY, id, JSON.stringify({ state: 'active', at: since }));
      await redis.publish(WEBHOOKS_CHANNEL, id);
      redis.disconnect();
      await expect.poll(async () => (await show(id)).state).toBe('paused');
      expect(of(id).map(({ headers }) => headers['x-webhook-attempt'])).toEqual(['1', '31']);
      expect(await show(id)).toMatchObject({ lag: 1, last_error: { status: 500 } });
      const second = await arrive();
      await stack.api.post(`/webhooks/${id}/resume`, {});
      await expect.poll(() => seqs(id)).toEqual([first, first, first, second]);
      await stack.api.request('DELETE', `/webhooks/${id}`, undefined, {});
    });

    test('go on where they were after a kill of the worker', async () => {
      const { webhook_id: id } = (await create()).body;
      const first = await arrive();
      await expect.poll(() => seqs(id)).toEqual([first]);
      // The place is stored now, so nothing is posted again.
      await expect.poll(async () => (await show(id)).lag).toBe(0);
      await stack.worker.end('SIGKILL');
      const missed = await arrive();
      await stack.startWorker();
      await expect.poll(() => seqs(id), { timeout: 20_000 }).toEqual([first, missed]);
      await incoming.turn('alice', true);
      await stack.api.request('DELETE', `/webhooks/${id}`, undefined, {});
    });

    test('can be tested', async () => {
      const { webhook_id: id } = (await create()).body;
      expect((await stack.api.post(`/webhooks/${id}/test`, {})).body).toMatchObject({
        status: 'ok',
        delivered: true,
        http_status: 204,
        error: null,
      });
      expect(of(id)[0]?.headers['x-event-id']).toMatch(/^test:/);
      expect(JSON.parse(of(id)[0]?.body ?? '')).toMatchObject({
        event_id: expect.stringMatching(/^test:/),
        type: 'webhook.test',
        seq: null,
      });
      receiver.answerWith(500);
      expect((await stack.api.post(`/webhooks/${id}/test`, {})).body).toMatchObject({
        delivered: false,
        http_status: 500,
      });
      await stack.api.request('DELETE', `/webhooks/${id}`, undefined, {});
    });

    test('are seen by keys that may use all of its accounts; secrets are shown once and sealed', async () => {
      const url = `${receiver.url.replace('http://', 'http://user:pass@')}?token=tok-secret`;
      const alices = { 'X-API-Key': 'alices' };
      const { body: created } = await create({ url, user_ids: undefined }, alices);
      expect(created).toMatchObject({
        url,
        user_ids: ['alice'],
        secret: expect.stringMatching(/^whsec_.{40,}$/),
      });
      const { body: all } = await create({ user_ids: undefined });
      expect(all.user_ids).toBeNull();
      const { body: both } = await create({ user_ids: ['alice', 'bob'] });
      const seenBy = async (key: string) =>
        (await stack.api.get('/webhooks', { 'X-API-Key': key })).body.webhooks.map(
          (each: { webhook_id: string }) => each.webhook_id,
        );
      expect(await seenBy('all')).toEqual([created.webhook_id, all.webhook_id, both.webhook_id]);
      expect(await seenBy('alices')).toEqual([created.webhook_id]);
      expect(await seenBy('bobs')).toEqual([]);
      const shown = await stack.api.get(`/webhooks/${created.webhook_id}`, alices);
      expect(shown.body).toMatchObject({ url: `${receiver.url}?token=…` });
      expect(shown.body).not.toHaveProperty('secret');
      const unknown = await stack.api.get('/webhooks/wh_none');
      for (const id of [all.webhook_id, both.webhook_id])
        for (const [method, path] of [
          ['GET', ''],
          ['DELETE', ''],
          ['POST', '/test'],
          ['POST', '/pause'],
          ['POST', '/resume'],
        ]) {
          const answer = await stack.api.request(method ?? '', `/webhooks/${id}${path}`, undefined, alices);
          expect(answer).toMatchObject({ status: 404, body: { code: 'WEBHOOK_NOT_FOUND' } });
          expect({ ...answer.body, request_id: '' }).toEqual({ ...unknown.body, request_id: '' });
        }
      expect(await create({ user_ids: ['alice', 'bob'] }, alices)).toMatchObject({
        status: 403,
        body: { code: 'FORBIDDEN' },
      });
      const redis = new Redis(stack.redis.url);
      const dump = JSON.stringify(await redis.hgetall(WEBHOOKS_KEY));
      redis.disconnect();
      expect(dump).toContain(created.webhook_id);
      for (const secret of [created.secret, 'tok-secret', 'user:pass']) expect(dump).not.toContain(secret);
      expect(stack.apiProcess.output + stack.worker.output).not.toContain(created.secret);
      for (const { webhook_id } of [created, all, both]) {
        const gone = await stack.api.request('DELETE', `/webhooks/${webhook_id}`, undefined, {});
        expect(gone.body).toEqual({ status: 'ok', webhook_id });
        expect((await stack.api.get(`/webhooks/${webhook_id}`)).status).toBe(404);
      }
    });

    test('for thousands of accounts cost few commands, and their lag stays right', async () => {
      const others = Array.from({ length: 9_999 }, (_, index) => `nobody${index}`);
      const redis = new Redis(stack.redis.url);
      receiver.answerWith(500);
      const { webhook_id: id } = (await create({ user_ids: ['alice', ...others] })).body;
      await arrive();
      await arrive();
      await expect.poll(async () => (await show(id)).lag).toBe(2);
      const commands = async () =>
        Number(/total_commands_processed:(\d+)/.exec(await redis.info('stats'))?.[1] ?? NaN);
      const before = await commands();
      for (let times = 0; times < 5; times += 1) expect(await show(id)).toMatchObject({ lag: 2 });
      const listed = (await stack.api.get('/webhooks')).body.webhooks;
      expect(listed).toMatchObject([{ webhook_id: id, lag: 2, user_ids: { length: 10_000 } }]);
      await stack.api.post(`/webhooks/${id}/pause`, {});
      await stack.api.request('DELETE', `/webhooks/${id}`, undefined, {});
      // It was two for each account and request. Worker and API run some for themselves.
      expect((await commands()) - before).toBeLessThan(5_000);
      redis.disconnect();
    });

    test('that cannot be read with this key say so, can be deleted, and hold back no other', async () => {
      const { webhook_id: sealed } = (await create()).body;
      const redis = new Redis(stack.redis.url);
      const record = JSON.parse((await redis.hget(WEBHOOKS_KEY, sealed)) ?? '');
      const lostKey = new Sealer([Buffer.alloc(32, 9)]);
      const secret = lostKey.seal('my own secret', `webhook:${sealed}:secret`);
      await redis.hset(WEBHOOKS_KEY, sealed, JSON.stringify({ ...record, secret }));
      const damaged = 'wh_01jdzzzzzzzzzzzzzzzzzzzzzz';
      await redis.hset(WEBHOOKS_KEY, damaged, '{');
      redis.disconnect();
      // The worker reads all webhooks again.
      const { webhook_id: id } = (await create()).body;
      const seq = await arrive();
      await expect.poll(() => seqs(id)).toEqual([seq]);
      expect(of(sealed)).toEqual([]);
      const { body } = await stack.api.get('/webhooks');
      const listed = new Map<string, object>(
        body.webhooks.map((each: { webhook_id: string }) => [each.webhook_id, each]),
      );
      expect([...listed.keys()]).toEqual([damaged, sealed, id]);
      const unreadable = {
        url: '',
        state: 'paused',
        last_error: {
          event_id: null,
          status: null,
          message: expect.stringMatching(/cannot be read with this SESSION_ENCRYPTION_KEY.*delete it/),
        },
      };
      expect(listed.get(sealed)).toMatchObject({ ...unreadable, user_ids: ['alice'], events: record.events });
      expect(listed.get(damaged)).toMatchObject({
        ...unreadable,
        user_ids: null,
        created_at: expect.stringMatching(/^2024-1/),
      });
      expect(listed.get(id)).toMatchObject({ state: 'active', last_error: null });
      for (const broken of [sealed, damaged]) {
        expect(await show(broken)).toMatchObject(unreadable);
        for (const path of ['test', 'pause', 'resume'])
          expect(await stack.api.post(`/webhooks/${broken}/${path}`, {})).toMatchObject({
            status: 500,
            body: { code: 'INTERNAL', message: expect.stringContaining('SESSION_ENCRYPTION_KEY') },
          });
        const gone = await stack.api.request('DELETE', `/webhooks/${broken}`, undefined, {});
        expect(gone.body).toEqual({ status: 'ok', webhook_id: broken });
      }
      await stack.api.request('DELETE', `/webhooks/${id}`, undefined, {});
    });

    test('come from Telegram: what a friend writes, also while no worker runs', async () => {
      bob = await stack.control.createAccount({ phone: '+9996627802', first_name: 'Bob' });
      await stack.api.post('/telegram/user/receive', { user_id: 'alice', enabled: true });
      const { webhook_id: id } = (await create({ events: ['message.new'] })).body;
      const source = await stream();
      const streamed = () => source.events.flatMap(({ data }) => data.message?.text ?? []);
      const posted = () => of(id).map(({ body }) => JSON.parse(body).message.text);
      await stack.control.write({ from: bob, to: alice, text: 'hello' });
      await expect.poll(streamed).toEqual(['hello']);
      await expect.poll(posted).toEqual(['hello']);
      // The place is stored now, so nothing is posted again.
      await expect.poll(async () => (await show(id)).lag).toBe(0);
      await stack.worker.end('SIGKILL');
      await stack.control.write({ from: bob, to: alice, text: 'anybody there?' });
      await stack.startWorker();
      await expect.poll(posted, { timeout: 20_000 }).toEqual(['hello', 'anybody there?']);
      expect(JSON.parse(of(id)[1]?.body ?? '')).toMatchObject({ caught_up: true });
      await expect.poll(streamed).toEqual(['hello', 'anybody there?']);
      source.close();
      await stack.api.request('DELETE', `/webhooks/${id}`, undefined, {});
    });

    test('make room for newer ones beyond EVENTS_MAX_BYTES; who is behind is told', async () => {
      const { webhook_id: id } = (await create({ events: ['message.new'] })).body;
      await stack.control.write({ from: bob, to: alice, text: 'the last one that is taken' });
      await expect.poll(() => seqs(id)).toHaveLength(1);
      await expect.poll(async () => (await show(id)).lag).toBe(0);
      await stack.api.post(`/webhooks/${id}/pause`, {});
      const receiving = async () => (await stack.api.status('alice')).body.receiving;
      const { last_seq: before } = await receiving();
      const count = 30;
      for (let more = 1; more <= count; more += 1)
        await stack.control.write({ from: bob, to: alice, text: 'x'.repeat(4_000) });
      await expect.poll(async () => (await receiving()).last_seq).toBe(before + count);
      const { last_seq, oldest_seq } = await receiving();
      expect((last_seq - oldest_seq + 1) * 4_000).toBeLessThanOrEqual(MAX_BYTES);
      expect(last_seq - oldest_seq).toBeGreaterThan(5);
      expect(await read(`after=${before}`)).toMatchObject({
        status: 410,
        body: { code: 'EVENTS_GONE', oldest_seq, last_seq },
      });
      await stack.api.post(`/webhooks/${id}/resume`, {});
      await expect.poll(() => seqs(id).at(-1)).toBe(last_seq);
      const [, gone, next] = of(id).map(({ body }) => JSON.parse(body));
      expect(gone).toMatchObject({ type: 'updates.gap', reason: 'events_gone', seq: oldest_seq - 1 });
      expect(next.seq).toBe(oldest_seq);
      await stack.api.request('DELETE', `/webhooks/${id}`, undefined, {});
    });

    test('a stream has a comment every 15 s', { timeout: 30_000 }, async () => {
      // It was opened before the first of these tests.
      await expect.poll(() => longStream.comments.length, { timeout: 20_000 }).toBeGreaterThan(0);
      longStream.close();
    });

    test.each([
      [{ events: ['message.gone'] }, 'events.0'],
      [{ events: ['chat.typing'] }, 'events.0'],
      [{ events: [] }, 'events'],
      [{ url: 'ftp://x.org/' }, 'url'],
      [{ secret: '' }, 'secret'],
      [{ filter: { chat_ids: ['@name'] } }, 'filter.chat_ids.0'],
      [{ user_ids: ['..'] }, 'user_ids.0'],
    ])('are refused with the field that is wrong: %j', async (more, path) => {
      expect(await create(more)).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION', issues: [{ path }] },
      });
    });
  });
});
