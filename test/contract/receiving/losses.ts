import { openConsumerRedis } from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { beforeAll, expect, test } from 'vitest';
import type { Stack } from '../../env/stack.ts';
import { ALICE, BOB, type AliceAndBob } from '../../env/use-stack.ts';
import { CAROL, receivingTools } from './tools.ts';

/** What is lost, and how the sequence goes on after it. */
export const losses = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(() => {
    ({ stack, alice, bob } = product());
  });
  const { receive, write, events, texts, lastSeq } = receivingTools(product);

  test.each(['drop', 'delay', 'reorder', 'duplicate'] as const)(
    'a message is told once and in order if Telegram fails at its push: %s',
    async (updates) => {
      const after = await lastSeq();
      await stack.control.pushFault({ updates, phone: ALICE });
      await write(`${updates} 1`);
      await write(`${updates} 2`);
      await expect.poll(() => texts(after)).toEqual([`${updates} 1`, `${updates} 2`]);
      expect(await stack.control.faults()).toEqual([]);
      const isLate = updates === 'drop' || updates === 'delay';
      expect((await events(after))[0].caught_up).toBe(isLate);
    },
  );

  test('after a gap in a channel its messages are read from its history', async () => {
    const members = [bob, alice];
    const { id: channel } = await stack.control.newChat({ type: 'channel', title: 'Gap', members });
    const before = await lastSeq();
    await write('before', channel);
    // The beginning of the channel may be told only now.
    await expect.poll(async () => (await texts(before)).at(-1)).toBe('before');
    const after = await lastSeq();
    const { gaps } = (await stack.api.status('alice')).body.receiving;
    await stack.control.differenceFault({ difference: 'channel_too_long', phone: ALICE });
    await stack.control.pushFault({ updates: 'drop', phone: ALICE });
    await write('one', channel);
    await write('two', channel);
    await expect.poll(() => texts(after)).toEqual(['one', 'two']);
    expect((await events(after)).map(({ type, chat, reason }) => [type, chat?.id, reason])).toEqual([
      ['updates.gap', channel, 'channel_too_long'],
      ['message.new', undefined, undefined],
      ['message.new', undefined, undefined],
    ]);
    expect((await stack.api.status('alice')).body.receiving.gaps).toBe(gaps + 1);
  });

  test('a channel that Telegram refuses to tell is a gap, and holds back nothing else', async () => {
    const members = [bob, alice];
    const { id: channel } = await stack.control.newChat({ type: 'channel', title: 'Refused', members });
    const before = await lastSeq();
    await write('before', channel);
    await expect.poll(async () => (await texts(before)).at(-1)).toBe('before');
    const after = await lastSeq();
    const method = 'updates.getChannelDifference';
    await stack.control.fault({ user_id: alice, method, error: 'USER_BANNED_IN_CHANNEL', times: 1_000 });
    await stack.control.pushFault({ updates: 'drop', phone: ALICE });
    await write('lost', channel);
    await write('pushed', channel);
    const gaps = async () =>
      (await events(after)).flatMap(({ type, chat, reason }) =>
        type === 'updates.gap' ? [[chat?.id, reason]] : [],
      );
    await expect.poll(gaps).toEqual([[channel, 'not_accessible']]);
    await write('to Alice');
    await expect.poll(() => texts(after)).toContain('to Alice');
    expect((await events(after)).find(({ message }) => message?.text === 'to Alice').caught_up).toBe(false);
    await stack.control.clearFaults();
    await write('again', channel);
    await expect.poll(() => texts(after)).toContain('again');
  });

  test('names the job of a message that was sent while the worker stopped', async () => {
    const after = await lastSeq();
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', delay_ms: 500 });
    const { body: sent } = await stack.api.send('alice', BOB, 'the last', { prefer: 'respond-async' });
    await expect.poll(async () => (await stack.api.get(`/jobs/${sent.job_id}`)).body.state).toBe('active');
    await stack.worker.end();
    await stack.startWorker();
    expect(await events(after)).toMatchObject([
      { caught_up: false, message: { text: 'the last', job_id: sent.job_id } },
    ]);
  });

  test('names the job of a message that a difference tells before the answer to the send', async () => {
    const after = await lastSeq();
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', delay_ms: 2_000 });
    const { body: sent } = await stack.api.send('alice', BOB, 'mine', { prefer: 'respond-async' });
    await expect.poll(async () => (await stack.api.get(`/jobs/${sent.job_id}`)).body.state).toBe('active');
    // The account notices the lost push, and asks for the difference once the send is done.
    await stack.control.pushFault({ updates: 'drop', phone: ALICE });
    await write('lost');
    await write('pushed');
    await expect.poll(() => texts(after)).toEqual(['lost', 'pushed', 'mine']);
    expect((await events(after)).at(-1)).toMatchObject({
      caught_up: true,
      message: { text: 'mine', job_id: sent.job_id },
    });
  });

  test('tells a gap where Telegram no longer tells the difference, and counts it', async () => {
    const after = await lastSeq();
    const { gaps } = (await stack.api.status('alice')).body.receiving;
    await stack.worker.end('SIGKILL');
    await write('lost');
    await stack.control.differenceFault({ difference: 'too_long', user_id: alice });
    await stack.startWorker();
    await expect
      .poll(() => events(after), { timeout: 20_000 })
      .toMatchObject([{ type: 'updates.gap', chat: null, reason: 'too_long' }]);
    expect((await stack.api.status('alice')).body.receiving.gaps).toBe(gaps + 1);
  });

  test('off and on again begins anew, with a gap', async () => {
    const before = await lastSeq();
    expect((await receive({ enabled: false })).body.receiving).toMatchObject({ enabled: false, since: null });
    expect((await stack.api.get('/telegram/accounts/alice/updates')).body.code).toBe('RECEIVING_OFF');
    await write('while off');
    await receive({ enabled: true });
    await write('on again');
    await expect.poll(() => texts(before)).toEqual(['on again']);
    expect((await events(before)).map(({ type, reason }) => [type, reason])).toEqual([
      ['updates.gap', 'off'],
      ['message.new', undefined],
    ]);
  });

  test('under a filter of chats, a deletion is told only if the message is stored', async () => {
    const eve = await stack.control.createAccount({ phone: '+9996627155', first_name: 'Eve' });
    const deleteOf = (from: number, id: number) =>
      stack.control.delete({ from, to: alice, message_ids: [id] });
    await receive({ enabled: true, filter: { chat_ids: [String(bob)] } });
    const after = await lastSeq();
    const { id: hidden } = await stack.control.write({ from: eve, to: alice, text: 'left out' });
    const { id: shown } = await write('let in');
    await expect.poll(() => texts(after)).toEqual(['let in']);
    await deleteOf(eve, hidden);
    await deleteOf(bob, shown);
    const deleted = async () => (await events(after)).filter(({ type }) => type === 'message.deleted');
    await expect.poll(deleted).toHaveLength(1);
    const [told] = await events(after);
    expect(await deleted()).toMatchObject([
      { chat: { id: String(bob) }, message_ids: [told.message.message_id] },
    ]);
    await receive({ enabled: true, filter: {} });
    const { id: unknown } = await stack.control.write({ from: eve, to: alice, text: 'stored' });
    await expect.poll(() => texts(after)).toEqual(['let in', 'stored']);
    await deleteOf(eve, unknown);
    await expect.poll(deleted).toHaveLength(2);
  });

  test('the state of the account is an event, whatever the filter', async () => {
    await receive({ enabled: true, filter: { chat_types: ['channel'], mentions_only: true } });
    const after = await lastSeq();
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'PEER_FLOOD' });
    await stack.api.send('alice', BOB, 'too many');
    await expect.poll(() => events(after)).toHaveLength(1);
    const { state, reason, next_action } = (await stack.api.status('alice')).body;
    const limited = { type: 'account.state', previous: 'ready', state, reason, next_action };
    expect(limited).toMatchObject({ state: 'peer_limited', reason: 'PEER_FLOOD' });
    expect(next_action).toContain('resume the account');
    await stack.api.post('/telegram/user/resume', { user_id: 'alice' });
    const ready = {
      type: 'account.state',
      previous: 'peer_limited',
      state: 'ready',
      reason: null,
      next_action: null,
    };
    await expect.poll(() => events(after)).toMatchObject([limited, ready]);
    await receive({ enabled: true, filter: {} });
  });

  test('events give way before sends when Redis is short of memory, and a gap says so', async () => {
    for (let count = 1; count <= 130; count += 1) await write(`${count} ${'x'.repeat(3_000)}`);
    const { gaps } = (await stack.api.status('alice')).body.receiving;
    const redis = openConsumerRedis(stack.redis.address, silentLogger());
    const used = Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
    await redis.config('SET', 'maxmemory', String(Math.round(used / 0.95)));
    try {
      const status = async () => (await stack.api.status('alice')).body.receiving;
      await expect.poll(async () => (await status()).gaps, { timeout: 20_000 }).toBe(gaps + 1);
      const { last_seq, oldest_seq } = await status();
      expect(last_seq - oldest_seq).toBeLessThan(110);
      const all = [...(await events(oldest_seq - 1)), ...(await events(last_seq - 5))];
      expect(all).toContainEqual(expect.objectContaining({ type: 'updates.gap', reason: 'memory' }));
      expect((await stack.api.send('alice', BOB, 'goes out')).status).toBe(200);
    } finally {
      await redis.config('SET', 'maxmemory', '0');
      redis.disconnect();
    }
  });

  test('a disconnect deletes the events, and the numbers go on', async () => {
    const before = await lastSeq();
    await stack.api.post('/telegram/user/disconnect', { user_id: 'alice' });
    const off = { enabled: false, since: null, last_seq: before, oldest_seq: before + 1, filter: {} };
    expect((await stack.api.status('alice')).body.receiving).toMatchObject(off);
    await stack.signIn('alice', CAROL);
    await receive({ enabled: true });
    expect(await events(before)).toEqual([]);
    await stack.control.write({ from: bob, to: CAROL, text: 'to Carol' });
    await expect.poll(() => texts(before)).toEqual(['to Carol']);
  });

  test('so does a sign-in as another Telegram user, and it does not receive', async () => {
    const before = await lastSeq();
    await stack.control.revoke((await stack.api.status('alice')).body.user_info.id);
    await stack.api.status('alice', '?live=true');
    await stack.signIn('alice', '+9996627154');
    const { enabled, filter, oldest_seq, last_seq } = (await stack.api.status('alice')).body.receiving;
    expect({ enabled, filter, oldest_seq }).toEqual({ enabled: false, filter: {}, oldest_seq: last_seq + 1 });
    expect(last_seq).toBeGreaterThanOrEqual(before);
    await receive({ enabled: true });
    expect((await events(last_seq)).map(({ type, reason }) => [type, reason])).toEqual([
      ['updates.gap', 'off'],
    ]);
  });
};
