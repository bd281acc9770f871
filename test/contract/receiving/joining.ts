import { beforeAll, expect, test } from 'vitest';
import type { Stack } from '../../env/stack.ts';
import type { AliceAndBob } from '../../env/use-stack.ts';
import { receivingTools } from './tools.ts';

/** The events of a channel that an account joins while its worker dies. */
export const joining = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(() => {
    ({ stack, alice, bob } = product());
  });
  const { write, events, lastSeq } = receivingTools(product);

  /** Orders to join, and waits until Telegram has let the account in, a moment later. */
  async function join(username: string): Promise<{ channel: string; jobId: string }> {
    const details = { type: 'channel', title: username, members: [bob], username };
    const { id: channel } = await stack.control.newChat(details);
    await write('before', channel);
    await stack.control.fault({ user_id: alice, method: 'channels.joinChannel', delay_ms: 1_500 });
    const request = { user_id: 'alice', recipient_id: `@${username}` };
    const prefer = { prefer: 'respond-async' };
    const { body } = await stack.api.post('/telegram/user/chat/join', request, prefer);
    await expect.poll(async () => (await stack.control.faults()).length).toBe(0);
    return { channel, jobId: body.job_id };
  }
  const isIn = async (channel: string) => (await stack.control.chat(Number(channel))).members.includes(alice);
  async function expectTold(channel: string, jobId: string, after: number, texts: string[]): Promise<void> {
    const told = async () =>
      (await events(after)).flatMap(({ type, message }) =>
        type === 'message.new' && message.chat.id === channel && message.service === null
          ? [message.text]
          : [],
      );
    await expect.poll(told, { timeout: 25_000 }).toEqual(texts);
    await write('last', channel);
    await expect.poll(told).toEqual([...texts, 'last']);
    const { body } = await stack.api.get(`/jobs/${jobId}?wait=20`);
    expect(body).toMatchObject({ state: 'completed', result: { state: 'joined', chat: { id: channel } } });
  }

  test('its first messages come once and in order if the worker dies before the answer', async () => {
    const after = await lastSeq();
    const { channel, jobId } = await join('joins_unanswered');
    await expect.poll(() => isIn(channel), { interval: 5 }).toBe(true);
    await stack.worker.end('SIGKILL');
    await write('first', channel);
    await write('second', channel);
    await stack.startWorker();
    await expectTold(channel, jobId, after, ['first', 'second']);
  });

  test('and if it dies with the answer, before the job has ended', async () => {
    const after = await lastSeq();
    const { channel, jobId } = await join('joins_answered');
    // The worker gets the answer and the first push, and can store nothing of them.
    stack.redis.signal('SIGSTOP');
    await expect.poll(() => isIn(channel), { interval: 20 }).toBe(true);
    await write('first', channel);
    await stack.worker.end('SIGKILL');
    await write('second', channel);
    stack.redis.signal('SIGCONT');
    await stack.startWorker();
    await expectTold(channel, jobId, after, ['first', 'second']);
  });
};
