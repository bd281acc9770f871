import { beforeAll, expect, test } from 'vitest';
import { type Document, expectDocumented } from '../../env/documented.ts';
import type { Stack } from '../../env/stack.ts';
import { BOB, type AliceAndBob } from '../../env/use-stack.ts';
import { BOT, receivingTools } from './tools.ts';

/** What an account is told, and when. */
export const news = (product: () => AliceAndBob) => {
  let stack: Stack;
  let document: Document;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    ({ stack, alice, bob } = product());
    document = (await stack.api.get('/openapi.json')).body;
  });
  const { receive, write, events, texts, lastSeq } = receivingTools(product);

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
    { timeout: 120_000 },
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
      // Its connection must end before the second worker reads, or Telegram ends the session. Sends do not wait.
      stack.worker.signal('SIGSTOP');
      await writeSome();
      let mostConnections = 0;
      const connections = async () => {
        const { sessions } = await stack.control.counters();
        const own = sessions.find(({ id }) => id === alice);
        mostConnections = Math.max(mostConnections, own?.connections ?? 0);
      };
      await expect.poll(() => connections().then(() => textsIn(group)), { timeout: 40_000 }).toEqual(written);
      expect(mostConnections).toBe(1);
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

  test('what was edited or deleted while it was not connected comes as it is now', async () => {
    const after = await lastSeq();
    await stack.worker.end('SIGKILL');
    const { id: gone } = await write('deleted meanwhile');
    const { id: changed } = await write('first text');
    await stack.control.edit({ from: bob, to: alice, message_id: changed, text: 'last text' });
    await stack.control.delete({ from: bob, to: alice, message_ids: [gone] });
    await stack.startWorker();
    await expect.poll(() => texts(after), { timeout: 20_000 }).toEqual(['last text']);
    const missed = await events(after);
    expect(missed.filter(({ type }) => type !== 'message.read_inbox')).toMatchObject([
      { type: 'message.new', caught_up: true, message: { text: 'last text', edit_date: expect.any(String) } },
      { type: 'message.deleted', caught_up: true, message_ids: [expect.any(Number)] },
    ]);
  });

  test('tells edits, deletions, reads and reactions', async () => {
    const after = await lastSeq();
    const of = async (type: string) => (await events(after)).filter((event) => event.type === type);
    const { id } = await write('to change');
    await expect.poll(() => texts(after)).toEqual(['to change']);
    const { message_id, chat } = (await events(after))[0].message;
    await stack.control.edit({ from: bob, to: alice, message_id: id, text: 'changed' });
    await stack.control.react({ by: bob, of: alice, message_id, emoji: '👍' });
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
    await write('to be read');
    await expect.poll(() => texts(after)).toContain('to be read');
    const newest = (await events(after)).at(-1).message.message_id;
    await stack.api.post('/telegram/user/chat/read', { user_id: 'alice', recipient_id: BOB });
    await expect
      .poll(() => of('message.read_inbox'))
      .toMatchObject([{ chat: { id: chat.id }, up_to: newest }]);
    const members = [bob, alice];
    const { id: team } = await stack.control.newChat({ type: 'supergroup', title: 'Read', members });
    const { id: last } = await write('in the team', team);
    await expect.poll(() => texts(after)).toContain('in the team');
    const reading = { user_id: 'alice', recipient_id: team };
    await stack.api.post('/telegram/user/chat/read', reading);
    const read = { chat: { id: team, title: 'Read' }, up_to: last };
    await expect.poll(() => of('message.read_inbox')).toMatchObject([{}, read]);
    // Telegram says that nothing was unread.
    await stack.api.post('/telegram/user/chat/read', reading);
    await write('after it');
    await expect.poll(() => texts(after)).toContain('after it');
    expect(await of('message.read_inbox')).toHaveLength(2);
  });

  test('a job says when its messages were read, whatever the filter', async () => {
    await receive({ enabled: true, filter: { chat_types: ['channel'] } });
    const readAt = async (jobId: string) => (await stack.api.get(`/jobs/${jobId}`)).body.read_at;
    const { body: first } = await stack.api.send('alice', BOB, 'first');
    const { body: second } = await stack.api.send('alice', String(bob), 'second');
    const { body: forward } = await stack.api.post('/telegram/user/message/forward', {
      user_id: 'alice',
      recipient_id: BOB,
      to_recipient_id: BOB,
      message_ids: [first.message_id],
    });
    const { body: own } = await stack.api.send('alice', 'me', 'to myself');
    expect(await readAt(first.job_id)).toBeNull();
    await stack.control.read({ by: bob, of: alice, up_to: first.message_id });
    await expect.poll(() => readAt(first.job_id)).toMatch(/^2\d{3}-.*Z$/);
    expect(await readAt(second.job_id)).toBeNull();
    const at = await readAt(first.job_id);
    await stack.control.read({ by: bob, of: alice });
    await expect.poll(() => readAt(forward.job_id)).not.toBeNull();
    expect(await readAt(second.job_id)).toBe(await readAt(forward.job_id));
    expect(await readAt(first.job_id)).toBe(at);
    expect(await readAt(own.job_id)).toBeNull();
    const { ended } = (await stack.api.get('/telegram/accounts/alice/sends?limit=4')).body;
    expect(ended.map(({ read_at }: { read_at: string | null }) => read_at !== null)).toEqual([
      false,
      true,
      true,
      true,
    ]);
    await receive({ enabled: true, filter: {} });
  });

  test('tells both of two edits in one second', async () => {
    const after = await lastSeq();
    const { id: message_id } = await write('once');
    for (const text of ['twice', 'three times'])
      await stack.control.edit({ from: bob, to: alice, message_id, text });
    await expect
      .poll(async () => (await events(after)).map(({ message }) => message?.text))
      .toEqual(['once', 'twice', 'three times']);
  });
};
