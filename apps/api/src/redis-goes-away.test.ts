import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { body as send, enqueued, SEND } from './testing/a-send.ts';
import { openWaits } from './testing/open-waits.ts';
import { readEvents } from './testing/read-events.ts';
import { useRealQueues } from './testing/real-queues.ts';
import { READY } from './testing/views.ts';

const queues = useRealQueues();

/** The last event of a stream whose source failed. */
const AWAY = {
  event: 'error',
  data: { status: 'error', code: 'QUEUE_UNAVAILABLE', request_id: expect.any(String) },
};

afterEach(async () => {
  queues.proxy.heal();
  await vi.waitFor(() => queues.producer.claimShards(), { timeout: 10_000 });
});

test('a send stays 202 where Redis goes away after the message was accepted', async () => {
  const user_id = await queues.owner.newAccount(READY);
  const answer = queues.api({ SEND_WAIT_MS: 1_000 }).call(SEND, { body: { ...send, user_id } });
  await expect.poll(() => queues.producer.pending(user_id)).toMatchObject({ waiting: 1 });
  queues.proxy.cut();
  expect((await answer).status).toBe(202);
  expect((await answer).body).toEqual({ status: 'queued', job_id: expect.any(String), state: 'waiting' });
});

test('the events of a job end with an error where Redis goes away', async () => {
  const { jobId } = await enqueued(queues);
  const open = openWaits(queues.producer);
  const answer = await queues.api().request(`/jobs/${jobId}/events`);
  await expect.poll(open).toBe(1);
  queues.proxy.cut();
  expect(readEvents(await answer.text()).at(-1)).toMatchObject(AWAY);
  expect(open()).toBe(0);
});

test('the events of an account end with an error where Redis goes away', async () => {
  const userId = await queues.owner.newAccount(READY);
  const answer = await queues.api().request(`/telegram/accounts/${userId}/events`);
  queues.proxy.cut();
  expect(readEvents(await answer.text()).at(-1)).toMatchObject(AWAY);
});

test('the updates of an account end with an error where Redis goes away', async () => {
  const userId = await queues.owner.newAccount(READY);
  const settings = JSON.stringify({ enabled: true, since: null, filter: {} });
  await queues.owner.redis.hset(`{acct-${userId}}:receiving`, { settings });
  const read = vi.spyOn(queues.producer.events, 'read');
  onTestFinished(() => read.mockRestore());
  const answer = await queues.api().request(`/telegram/accounts/${userId}/updates?after=0`, {
    headers: { accept: 'text/event-stream' },
  });
  await vi.waitFor(() => expect(read).toHaveBeenCalled(), { timeout: 10_000 });
  queues.proxy.cut();
  expect(readEvents(await answer.text()).at(-1)).toMatchObject(AWAY);
});

test('a reply that can no longer be queued is an error event', async () => {
  const user_id = await queues.owner.newAccount(READY);
  const { request } = queues.api(
    {},
    {
      async *stream() {
        yield { text: 'x' };
        queues.proxy.cut();
        yield { finish: 'stop' };
      },
    },
  );
  const messages = [{ role: 'user', content: 'hello' }];
  const answer = await request('/message_stream', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id, messages, send_to_telegram: true, recipient_id: 'me' }),
  });
  expect(readEvents(await answer.text()).slice(-2)).toMatchObject([
    {
      event: 'error',
      data: { status: 'error', code: 'QUEUE_UNAVAILABLE', request_id: expect.any(String) },
    },
    { event: 'done' },
  ]);
});

test.each(['cut', 'freeze'] as const)(
  'a call that waits for a worker ends at once, in doubt and with its job (%s)',
  async (takeAway) => {
    const { owner, proxy, producer } = queues;
    const userId = await owner.newAccount(READY);
    let finish = () => {};
    owner.answer(userId, 'account.status', () => new Promise((resolve) => (finish = () => resolve(READY))));
    onTestFinished(() => finish());
    const open = openWaits(producer);
    const answer = queues.api().call(`/telegram/user/status/${userId}?live=true`);
    await expect.poll(() => owner.ranOf(userId)).toHaveLength(1);
    proxy[takeAway]();
    expect(await answer).toMatchObject({
      status: 503,
      body: { code: 'QUEUE_UNAVAILABLE', kind: 'unknown_outcome', job_id: expect.any(String) },
    });
    expect(open()).toBe(0);
  },
);
