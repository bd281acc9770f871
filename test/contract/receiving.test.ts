import { openConsumerRedis } from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Document, expectDocumented } from '../env/documented.ts';
import { Stack } from '../env/stack.ts';

const ALICE = '+9996627151';
const BOB = '+9996627152';
const CAROL = '+9996627153';
const BOT = 'bot.4000000151';

/** What an account receives: POST /telegram/user/receive, and its sequence of events. */
describe('Receiving', () => {
  let stack: Stack;
  let document: Document;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    stack = await Stack.start({
      SEND_WAIT_MS: '15000',
      SEND_PACE: 'off',
      AUTH_WAIT_MS: '15000',
      TELEGRAM_BOT_TOKEN: `${BOT.slice('bot.'.length)}:a-token-of-a-bot-in-the-sandbox-123`,
    });
    document = (await stack.api.get('/openapi.json')).body;
    alice = await stack.signIn('alice', ALICE);
    bob = await stack.signIn('bob', BOB);
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  const receive = (options: object, user_id = 'alice') =>
    stack.api.post('/telegram/user/receive', { user_id, ...options });
  const write = (text: string, to: number | string = alice) => stack.control.write({ from: bob, to, text });

  /** All events of the account after a number. */
  // oxlint-disable-next-line typescript/no-explicit-any
  async function events(after: number, account = 'alice'): Promise<any[]> {
    const { status, body } = await stack.api.get(`/telegram/accounts/${account}/updates?after=${after}`);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body.events;
  }
  const texts = async (after: number) =>
    (await events(after)).flatMap(({ type, message }) => (type === 'message.new' ? [message.text] : []));
  const lastSeq = async (): Promise<number> => (await stack.api.status('alice')).body.receiving.last_seq;

  test('is off until it is turned on, and the status shows it', async () => {
    const off = { enabled: false, since: null, last_seq: 0, oldest_seq: 1, gaps: 0, filter: {} };
    expect((await stack.api.status('alice')).body.receiving).toEqual(off);
    expect((await stack.api.get('/telegram/accounts/alice/updates')).status).toBe(409);
    await write('before');
    const answer = await receive({ enabled: true });
    expectDocumented(document, 'post /telegram/user/receive', 200, answer);
    expect(answer.body).toMatchObject({ status: 'ok', state: 'ready', authorized: true });
    expect(answer.body.receiving).toEqual({ ...off, enabled: true, since: expect.any(String) });
    await write('hello');
    await expect.poll(() => texts(0)).toEqual(['hello']);
    const [event] = await events(0);
    expect(event).toMatchObject({
      event_id: 'alice:1',
      seq: 1,
      type: 'message.new',
      user_id: 'alice',
      message: {
        direction: 'in',
        chat: { id: String(bob), type: 'private', topic_id: null },
        sender: { id: String(bob), type: 'user', is_bot: false },
        text: 'hello',
        html: 'hello',
        job_id: null,
      },
    });
    expect(event.occurred_at).toBe(event.message.date);
    expect((await receive({ enabled: true }, 'nobody')).status).toBe(401);
    expect(await receive({ enabled: true }, BOT)).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION' },
    });
  });

  test('names the job that sent a message', async () => {
    const after = await lastSeq();
    const { body: sent } = await stack.api.send('alice', BOB, 'out');
    await expect.poll(() => texts(after)).toEqual(['out']);
    expect((await events(after))[0]).toMatchObject({
      caught_up: false,
      message: { direction: 'out', message_id: sent.message_id, job_id: sent.job_id },
    });
  });

  test(
    'nothing is missing, doubled or out of order over hand-over, a frozen worker, a kill -9 and lost pushes',
    { timeout: 90_000 },
    async () => {
      const after = await lastSeq();
      const { id: group } = await stack.control.newChat({
        type: 'supergroup',
        title: 'Team',
        members: [bob, alice],
      });
      const textsIn = async (chat: string) => {
        const all: string[] = [];
        for (let from = after; ;) {
          const page = await events(from);
          if (page.length === 0) return all;
          from = page.at(-1).seq;
          for (const { type, message } of page)
            if (type === 'message.new' && message.chat.id === chat && message.service === null)
              all.push(message.text);
        }
      };
      const written: string[] = [];
      const writeSome = async () => {
        for (const updates of ['drop', 'reorder', 'duplicate', 'delay'] as const) {
          await stack.control.pushFault({ updates, user_id: alice, times: 2 });
          for (let count = 1; count <= 4; count += 1) {
            const text = `${written.length + 1}`;
            written.push(text);
            await write(text);
            await write(text, group);
          }
        }
        await stack.control.clearFaults();
      };
      await writeSome();
      const second = stack.spawnWorker();
      await second.ready;
      await writeSome();
      // Its connection must end before the second worker opens one, or Telegram ends the session.
      stack.worker.signal('SIGSTOP');
      await writeSome();
      await expect.poll(() => textsIn(group), { timeout: 25_000 }).toEqual(written);
      stack.worker.signal('SIGCONT');
      await writeSome();
      await second.end('SIGKILL');
      await writeSome();
      await expect.poll(() => textsIn(String(bob)), { timeout: 25_000 }).toEqual(written);
      await expect.poll(() => textsIn(group)).toEqual(written);
      expect((await stack.control.counters()).duplicated).toBe(0);
      expect((await stack.api.status('alice')).body.receiving.gaps).toBe(0);
    },
  );

  test('keeps nothing that the filter leaves out', async () => {
    const { id: channel } = await stack.control.newChat({
      type: 'channel',
      title: 'News',
      members: [bob, alice],
    });
    await receive({ enabled: true, filter: { chat_types: ['private'], direction: 'in' } });
    const after = await lastSeq();
    await write('in the channel', channel);
    await stack.api.send('alice', BOB, 'out');
    await write('in');
    await expect.poll(() => texts(after)).toEqual(['in']);
    expect((await stack.api.status('alice')).body.receiving.filter).toEqual({
      chat_types: ['private'],
      direction: 'in',
    });
    await receive({ enabled: true, filter: {} });
    await write('now in the channel', channel);
    await expect.poll(() => texts(after)).toContain('now in the channel');
    expect(await texts(after)).not.toContain('in the channel');
  });

  test('tells edits, deletions, reads and reactions', async () => {
    const after = await lastSeq();
    const of = async (type: string) => (await events(after)).filter((event) => event.type === type);
    const { id } = await write('to change');
    await expect.poll(() => texts(after)).toEqual(['to change']);
    const { message_id, chat } = (await events(after))[0].message;
    await stack.control.edit({ from: bob, to: alice, message_id: id, text: 'changed' });
    await stack.control.react({ by: bob, of: alice, message_id: id, emoji: '👍' });
    await expect.poll(() => of('message.reaction')).toMatchObject([{ message_id, chat: { id: chat.id } }]);
    expect(await of('message.edited')).toMatchObject([{ message: { message_id, text: 'changed' } }]);
    await stack.control.delete({ from: bob, to: alice, message_ids: [id] });
    await expect
      .poll(() => of('message.deleted'))
      .toMatchObject([{ chat: { id: chat.id, type: 'private' }, message_ids: [message_id] }]);
    const { body: sent } = await stack.api.send('alice', BOB, 'read me');
    await stack.control.read({ by: bob, of: alice });
    await expect
      .poll(() => of('message.read'))
      .toMatchObject([{ chat: { id: chat.id }, up_to: sent.message_id }]);
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

  test('the state of the account is an event', async () => {
    const after = await lastSeq();
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'PEER_FLOOD' });
    await stack.api.send('alice', BOB, 'too many');
    await expect
      .poll(() => events(after))
      .toMatchObject([
        { type: 'account.state', state: 'peer_limited', previous: 'ready', reason: 'PEER_FLOOD' },
      ]);
    await stack.api.post('/telegram/user/resume', { user_id: 'alice' });
  });

  test('after the loss of Redis the numbers go on above the earlier ones, with a gap', async () => {
    const before = await lastSeq();
    await stack.worker.end();
    const redis = openConsumerRedis(stack.redis.address, silentLogger());
    await redis.flushall();
    redis.disconnect();
    await stack.startWorker();
    await expect.poll(() => lastSeq(), { timeout: 20_000 }).toBeGreaterThan(before);
    const { last_seq, oldest_seq } = (await stack.api.status('alice')).body.receiving;
    await write('after the loss');
    await expect.poll(() => texts(last_seq)).toEqual(['after the loss']);
    expect((await events(oldest_seq - 1))[0]).toMatchObject({ type: 'updates.gap', reason: 'store_lost' });
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
});
