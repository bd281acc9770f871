import { beforeAll, expect, test } from 'vitest';
import type { Stack } from '../../env/stack.ts';
import type { AliceAndBob } from '../../env/use-stack.ts';
import { Sender } from './sender.ts';

const METHOD = 'messages.setTyping';
const LATER = { Prefer: 'respond-async' };

/** `typing_ms`. */
export const typingFirst = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  let sender: Sender;
  beforeAll(async () => {
    ({ stack, alice, bob } = product());
    sender = await Sender.in(product());
  });

  const typing = async (to = bob) => (await stack.control.typing(to)).length;

  test('shows the account as typing first, in the topic of the message', async () => {
    const before = await typing(Number(sender.forum));
    const { status, body } = await sender.sendToForum({
      text: 'typed',
      typing_ms: 50,
      topic_id: sender.topic,
    });
    expect(status).toBe(200);
    expect((await stack.control.typing(Number(sender.forum))).slice(before)).toMatchObject([
      { from_id: alice, action: 'typing', topic_id: sender.topic },
    ]);
    expect(await sender.sent(body.message_id, Number(sender.forum))).toMatchObject({ text: 'typed' });
  });

  test('shows it once for all parts of a long text', async () => {
    const before = await typing();
    const { body } = await sender.send({ text: 'word '.repeat(1_000), typing_ms: 1 });
    expect(body.message_ids).toHaveLength(2);
    expect(await typing()).toBe(before + 1);
  });

  test('repeats it; the chat keeps its order, and other chats go on', async () => {
    const before = await typing();
    const first = await sender.send({ text: 'typed slowly', typing_ms: 20_000 }, LATER);
    const second = await sender.send({ text: 'behind it' }, LATER);
    await expect.poll(typing).toBe(before + 1);
    expect((await sender.send({ recipient_id: 'me', text: 'elsewhere' })).status).toBe(200);
    await expect.poll(typing, { timeout: 15_000 }).toBe(before + 2);
    const job = async (id: string) => (await stack.api.get(`/jobs/${id}`)).body.state;
    expect(await job(second.body.job_id)).not.toBe('completed');
    expect((await stack.api.request('DELETE', `/jobs/${first.body.job_id}`, undefined, {})).status).toBe(200);
    const ended = await stack.api.get(`/jobs/${second.body.job_id}?wait=30`);
    expect(ended.body.state).toBe('completed');
    expect(await job(first.body.job_id)).toBe('cancelled');
  });

  test('a worker that takes over does not begin again', async () => {
    const before = await typing();
    const { body } = await sender.send({ text: 'typed by two workers', typing_ms: 3_000 }, LATER);
    await expect.poll(typing).toBe(before + 1);
    await stack.worker.end();
    await stack.startWorker();
    const ended = await stack.api.get(`/jobs/${body.job_id}?wait=60`);
    expect(ended.body.state).toBe('completed');
    expect(await typing()).toBeLessThanOrEqual(before + 2);
    expect(await sender.sent(ended.body.result.message_id)).toMatchObject({ text: 'typed by two workers' });
  });

  // The flood wait is last: it holds the call for the account.
  test.each([{ error: 'CHAT_WRITE_FORBIDDEN' }, { error: 'INTERNAL' }, { error: 'FLOOD_WAIT_30' }])(
    'a failure of it ($error) does not fail the message',
    async ({ error }) => {
      await stack.control.fault({ user_id: alice, method: METHOD, error });
      expect((await sender.send({ text: error, typing_ms: 20_000 })).status).toBe(200);
      expect(await stack.control.faults()).toEqual([]);
    },
  );

  test.each([-1, 20_001, 1.5])('of %d is 400', async (typing_ms) => {
    expect(await sender.send({ text: 'x', typing_ms })).toMatchObject({
      status: 400,
      body: { issues: [{ path: 'typing_ms' }] },
    });
  });
};
