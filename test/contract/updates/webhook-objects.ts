import { Sealer } from '@gateway/runtime';
import { Redis } from 'ioredis';
import { beforeAll, expect, test } from 'vitest';
import { WEBHOOKS_KEY } from '../../../packages/queue/src/keys.ts';
import { BOB, type Incoming } from '../../env/incoming.ts';
import type { Stack } from '../../env/stack.ts';
import { eventTools, type EventsStage } from './stage.ts';

/** Webhooks as their owners see them. */
export const webhookObjects = (stage: () => EventsStage) => {
  let stack: Stack;
  let incoming: Incoming;
  beforeAll(() => {
    ({ stack, incoming } = stage());
  });
  const { arrive, create, of, seqs, show } = eventTools(stage);

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
    stage().receiver.answerWith(500);
    expect((await stack.api.post(`/webhooks/${id}/test`, {})).body).toMatchObject({
      delivered: false,
      http_status: 500,
    });
    await stack.api.request('DELETE', `/webhooks/${id}`, undefined, {});
  });

  test('are seen by keys that may use all of its accounts; secrets are shown once and sealed', async () => {
    const url = `${stage().receiver.url.replace('http://', 'http://user:pass@')}?token=tok-secret`;
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
    expect(shown.body).toMatchObject({ url: `${stage().receiver.url}?token=…` });
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

  test('without `user_ids` get later accounts, too, unless their key is limited', async () => {
    const { webhook_id: all } = (await create({ user_ids: undefined })).body;
    const alices = await create({ user_ids: undefined }, { 'X-API-Key': 'alices' });
    await stack.signIn('bob', '+9996627803');
    await incoming.turn('bob', true);
    const seq = await arrive({}, BOB, 'bob');
    await expect.poll(() => of(all).map(({ headers }) => headers['x-event-id'])).toEqual([`bob:${seq}`]);
    const own = await arrive();
    await expect.poll(() => seqs(alices.body.webhook_id)).toEqual([own]);
    for (const id of [all, alices.body.webhook_id])
      await stack.api.request('DELETE', `/webhooks/${id}`, undefined, {});
    await stack.api.post('/telegram/user/disconnect', { user_id: 'bob' });
  });

  test('for thousands of accounts cost few commands, and their lag stays right', async () => {
    const others = Array.from({ length: 9_999 }, (_, index) => `nobody${index}`);
    const redis = new Redis(stack.redis.url);
    stage().receiver.answerWith(500);
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
};
