import { beforeAll, expect, test } from 'vitest';
import type { Stack } from '../../env/stack.ts';
import { MAX_BYTES, eventTools, type EventsStage } from './stage.ts';

/** The whole way from Telegram. */
export const fromTelegram = (stage: () => EventsStage) => {
  let stack: Stack;
  let alice: number;
  beforeAll(() => {
    ({ stack, alice } = stage());
  });
  const { read, stream, create, of, seqs, show } = eventTools(stage);
  let bob: number;

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
};
