import { createHmac } from 'node:crypto';
import { Receiver } from '@gateway/webhooks/testing';
import { Redis } from 'ioredis';
import { beforeAll, expect, test } from 'vitest';
import { WEBHOOK_STATES_KEY, WEBHOOKS_CHANNEL, webhookCursorsKey } from '../../../packages/queue/src/keys.ts';
import { NEWS, type Incoming } from '../../env/incoming.ts';
import type { Stack } from '../../env/stack.ts';
import { MAX, DAY, eventTools, type EventsStage } from './stage.ts';

/** Events posted to webhooks: in order, again and again, with pauses. */
export const deliveries = (stage: () => EventsStage) => {
  let stack: Stack;
  let incoming: Incoming;
  beforeAll(() => {
    ({ stack, incoming } = stage());
  });
  const { arrive, gap, read, create, of, seqs, show } = eventTools(stage);

  test('are posted in order, signed, as they are, beginning after its creation', async () => {
    await arrive();
    const created = await create({ secret: 'my own secret' });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      status: 'ok',
      webhook_id: expect.stringMatching(/^wh_/),
      url: stage().receiver.url,
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

  test('are chosen by type and filter, which gaps always pass', async () => {
    const filter = { chat_types: ['channel'] };
    const { webhook_id: id } = (await create({ events: ['message.new'], filter })).body;
    const { webhook_id: withGaps } = (await create({ filter })).body;
    await arrive();
    const passes = await arrive({}, NEWS);
    const gapSeq = await incoming.append('alice', gap);
    const last = await arrive({}, NEWS);
    await expect.poll(() => seqs(id)).toEqual([passes, last]);
    await expect.poll(() => seqs(withGaps)).toEqual([passes, gapSeq, last]);
    for (const each of [id, withGaps]) await stack.api.request('DELETE', `/webhooks/${each}`, undefined, {});
  });

  test('are tried again in order, and hold back no other receiver', async () => {
    await using other = await Receiver.start();
    const { webhook_id: id } = (await create()).body;
    const { webhook_id: quick } = (await create({ url: other.url })).body;
    stage().receiver.answerWith(500);
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
    stage().receiver.answerWith(410);
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

  test('go on where they are if the webhook is paused and resumed while one hangs', async () => {
    const { webhook_id: id } = (await create()).body;
    let end: (() => void) | undefined;
    stage().receiver.answers.push((response) => (end = () => response.writeHead(500).end()));
    const first = await arrive();
    await expect.poll(() => end).toBeDefined();
    await stack.api.post(`/webhooks/${id}/pause`, {});
    await stack.api.post(`/webhooks/${id}/resume`, {});
    await expect.poll(() => seqs(id)).toEqual([first, first]);
    const second = await arrive();
    await expect.poll(() => seqs(id)).toEqual([first, first, second]);
    end?.();
    await expect.poll(async () => (await show(id)).last_error?.status).toBe(500);
    const third = await arrive();
    await expect.poll(() => seqs(id).at(-1)).toBe(third);
    expect(seqs(id)).toEqual([first, first, second, third]);
    await stack.api.request('DELETE', `/webhooks/${id}`, undefined, {});
  });

  test('begin with a gap if events were dropped before the first look', async () => {
    const { webhook_id: deleted } = (await create()).body;
    await arrive();
    const redis = new Redis(stack.redis.url);
    const places = () => redis.hkeys(webhookCursorsKey('alice'));
    await expect.poll(places).toContain(deleted);
    await stack.worker.end();
    await stack.api.request('DELETE', `/webhooks/${deleted}`, undefined, {});
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
    await expect.poll(places).not.toContain(deleted);
    redis.disconnect();
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
    stage().receiver.answerWith(500);
    stage().receiver.answerWith(500);
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
};
