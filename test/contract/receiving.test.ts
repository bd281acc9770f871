import { openConsumerRedis } from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { InputMedia } from '@mtcute/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventIndexKey, eventsKey, receivingKey, updateStateKey } from '../../packages/queue/src/keys.ts';
import { pngOf } from '../../packages/sandbox/src/control/png.ts';
import { signedIn } from '../../packages/sandbox/src/testing/mtcute-users.ts';
import { type Document, expectDocumented } from '../env/documented.ts';
import { Stack } from '../env/stack.ts';

const ALICE = '+9996627151';
const BOB = '+9996627152';
const CAROL = '+9996627153';
const DAVE = '+9996627154';
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

  test('the filter chooses chats by id, stays where none is given, and takes no names', async () => {
    const members = [bob, alice];
    const { id: team } = await stack.control.newChat({ type: 'supergroup', title: 'Chosen', members });
    const filter = { except_chat_ids: [String(bob)] };
    const after = await lastSeq();
    await receive({ enabled: true, filter });
    expect((await receive({ enabled: true })).body.receiving.filter).toEqual(filter);
    await write('left out');
    await write('let in', team);
    // The beginning of the group is a message without text.
    const written = async () => (await texts(after)).filter((text) => text !== '');
    await expect.poll(written).toEqual(['let in']);
    await receive({ enabled: true, filter: { chat_ids: [String(bob)] } });
    await write('left out', team);
    await write('let in, too');
    await expect.poll(written).toEqual(['let in', 'let in, too']);
    for (const wrong of [
      { chat_ids: ['@bob'] },
      { chat_ids: [BOB] },
      { chat_ids: [] },
      { chat_types: ['secret'] },
      { direction: 'up' },
      { colour: 'red' },
    ])
      expect(await receive({ enabled: true, filter: wrong }), JSON.stringify(wrong)).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION' },
      });
    await receive({ enabled: true, filter: {} });
  });

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
    await write('to be read');
    await expect.poll(() => texts(after)).toContain('to be read');
    const newest = (await events(after)).at(-1).message.message_id;
    await stack.api.post('/telegram/user/chat/read', { user_id: 'alice', recipient_id: BOB });
    await expect
      .poll(() => of('message.read_inbox'))
      .toMatchObject([{ chat: { id: chat.id }, up_to: newest }]);
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

  test('tells both of two edits in one second', async () => {
    const after = await lastSeq();
    const { id: message_id } = await write('once');
    for (const text of ['twice', 'three times'])
      await stack.control.edit({ from: bob, to: alice, message_id, text });
    await expect
      .poll(async () => (await events(after)).map(({ message }) => message?.text))
      .toEqual(['once', 'twice', 'three times']);
  });

  describe('with a client at the other side that shares no code with the gateway', () => {
    const dave = async () => {
      const lastCode = () => ({ phone: DAVE, code: '22222', delivery: 'app' as const });
      return signedIn({ ...(await stack.telegram()), control: { lastCode } }, DAVE);
    };
    /** Waits until the client knows these chats. */
    const knows = async ({ client }: Awaited<ReturnType<typeof dave>>, ...titles: string[]) => {
      const known = async () => {
        const found: string[] = [];
        for await (const { peer } of client.iterDialogs()) found.push(peer.displayName);
        return found;
      };
      await expect.poll(known).toEqual(expect.arrayContaining(titles));
    };
    const act = (action: string, fields: object) =>
      stack.api.post(`/telegram/user/message/${action}`, { user_id: 'alice', recipient_id: DAVE, ...fields });

    test('tells what it writes, edits, deletes and reacts to', async () => {
      const after = await lastSeq();
      const { client, id } = await dave();
      const chat = { id: String(id), type: 'private' };
      const of = async (type: string) => (await events(after)).filter((event) => event.type === type);
      const messages = async () => (await of('message.new')).map(({ message }) => message);
      const peer = await client.resolvePhoneNumber(ALICE);
      const bold = { _: 'messageEntityBold', offset: 6, length: 4 } as const;
      const first = await client.sendText(peer, { text: 'hello bold', entities: [bold] });
      const reply = await client.sendText(peer, 'a reply', { replyTo: first.id });
      const table = { fileName: 'table.csv', fileMime: 'text/csv' };
      await client.sendMedia(peer, InputMedia.document(Buffer.from('a,b'), table), { caption: 'a table' });
      await client.sendMediaGroup(peer, [InputMedia.photo(pngOf(4, 3)), InputMedia.photo(pngOf(3, 4))]);
      await expect.poll(messages).toHaveLength(5);
      const [told, toldReply, file, ...album] = await messages();
      expect(told).toMatchObject({
        chat,
        sender: { id: chat.id },
        text: 'hello bold',
        html: 'hello <b>bold</b>',
        entities: [{ type: 'bold', offset: 6, length: 4 }],
      });
      expect(toldReply).toMatchObject({ text: 'a reply', reply_to: { message_id: told.message_id } });
      expect(file).toMatchObject({
        text: 'a table',
        media: { type: 'document', size: 3, mime_type: 'text/csv', file_name: 'table.csv' },
      });
      const url = `${stack.api.url}/telegram/accounts/alice/files/${file.media.file_id}`;
      expect(await (await fetch(url)).text()).toBe('a,b');
      expect(album.map(({ media }) => [media.type, media.width, media.height])).toEqual([
        ['photo', 4, 3],
        ['photo', 3, 4],
      ]);
      expect(album[0].grouped_id).toEqual(expect.any(String));
      expect(album[1].grouped_id).toBe(album[0].grouped_id);

      await client.editMessage({ chatId: peer, message: first.id, text: 'hello again' });
      await client.sendReaction({ chatId: peer, message: first.id, emoji: '🔥' });
      await client.deleteMessagesById(peer, [reply.id]);
      await expect
        .poll(() => of('message.deleted'))
        .toMatchObject([{ chat, message_ids: [toldReply.message_id] }]);
      expect(await of('message.edited')).toMatchObject([
        { message: { message_id: told.message_id, text: 'hello again', entities: [] } },
      ]);
      expect(await of('message.reaction')).toMatchObject([
        { chat, message_id: told.message_id, reactions: [{ emoji: '🔥', count: 1, mine: false }] },
      ]);
    });

    test('tells what it does in groups and channels', async () => {
      const before = await lastSeq();
      const user = await dave();
      const { client, id } = user;
      const members = [id, alice];
      const { id: club } = await stack.control.newChat({ type: 'supergroup', title: 'Club', members });
      const { id: news } = await stack.control.newChat({ type: 'channel', title: 'Daily', members });
      const own = { type: 'group', title: "Alice's", members: [alice] };
      const { id: group, invite_link } = await stack.control.newChat(own);
      await knows(user, 'Club', 'Daily');
      // The account knows the new chats once it has this event.
      await write('new chats');
      await expect.poll(() => texts(before)).toContain('new chats');
      const after = await lastSeq();
      const { id: pinned } = await client.sendText(Number(club), 'in the club');
      await client.pinMessage({ chatId: Number(club), message: pinned });
      await client.setChatTitle(Number(club), 'New club');
      await client.sendText(Number(news), 'the news');
      await client.joinChat(invite_link);
      await client.sendText(Number(group), 'here I am');
      await client.leaveChat(Number(group));
      const told = async (chat: string) =>
        (await events(after)).flatMap(({ type, message, change, user: member, ...event }) => {
          if ((message?.chat ?? event.chat)?.id !== chat) return [];
          if (type === 'chat.member') return [`${change} ${member.id}`];
          return [message.service?.type ?? message.text];
        });
      await expect
        .poll(() => told(group))
        .toEqual(['chat_joined_by_link', `joined ${id}`, 'here I am', 'chat_delete_user', `left ${id}`]);
      expect(await told(club)).toEqual(['in the club', 'pin_message', 'chat_edit_title']);
      expect(await told(news)).toEqual(['the news']);
      expect((await events(after)).find(({ message }) => message?.text === 'the news')).toMatchObject({
        message: { chat: { id: news, type: 'channel', title: 'Daily' }, direction: 'in' },
      });
    });

    test('it gets what the gateway sends, edits and deletes, also what it has missed', async () => {
      const user = await dave();
      const members = [alice, user.id];
      const { id: team } = await stack.control.newChat({ type: 'supergroup', title: 'A team', members });
      await knows(user, 'A team');
      const { body: kept } = await stack.api.send('alice', DAVE, 'kept');
      const { body: gone } = await stack.api.send('alice', DAVE, 'gone');
      await act('edit', { message_id: kept.message_id, text: 'edited' });
      // A service message tells of the new chat.
      const texts = () => user.received.filter((text) => text !== '');
      await expect.poll(() => [texts(), user.edited]).toEqual([['kept', 'gone'], ['edited']]);
      const { comeBack } = await user.leave();
      await act('edit', { message_id: kept.message_id, text: 'edited again' });
      await act('delete', { message_ids: [gone.message_id] });
      await stack.api.send('alice', DAVE, 'missed');
      await stack.api.send('alice', team, 'missed in the team');
      const { received, edited, deleted } = await comeBack();
      await expect.poll(() => received.toSorted()).toEqual(['missed', 'missed in the team']);
      expect(edited).toEqual(['edited again']);
      expect(deleted).toHaveLength(1);
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

  test('the same if Redis loses its data while everything runs', { timeout: 60_000 }, async () => {
    const before = await lastSeq();
    const redis = openConsumerRedis(stack.redis.address, silentLogger());
    await redis.flushall();
    redis.disconnect();
    await write('right after');
    await expect.poll(() => lastSeq(), { timeout: 30_000 }).toBeGreaterThan(before);
    const { oldest_seq } = (await stack.api.status('alice')).body.receiving;
    expect(oldest_seq).toBeGreaterThan(before);
    const after = await lastSeq();
    await write('and later');
    await expect.poll(() => texts(after), { timeout: 20_000 }).toContain('and later');
    expect((await events(oldest_seq - 1))[0]).toMatchObject({ type: 'updates.gap', reason: 'store_lost' });
  });

  test('if Redis goes back to an earlier state, numbers are not given again, and nothing is missing', async () => {
    const redis = openConsumerRedis(stack.redis.address, silentLogger());
    const keys = [receivingKey, eventsKey, eventIndexKey, updateStateKey].map((key) => key('alice'));
    const first = await lastSeq();
    await write('kept');
    await expect.poll(() => texts(first)).toEqual(['kept']);
    const copies = await Promise.all(keys.map(async (key) => ({ key, value: await redis.dumpBuffer(key) })));
    await write('lost 1');
    await write('lost 2');
    await expect.poll(() => texts(first)).toEqual(['kept', 'lost 1', 'lost 2']);
    const before = await lastSeq();
    for (const { key, value } of copies) await redis.restore(key, 0, value ?? '', 'REPLACE');
    redis.disconnect();
    await write('later');
    await expect.poll(() => texts(before), { timeout: 20_000 }).toEqual(['lost 1', 'lost 2', 'later']);
    expect((await events(before))[0]).toMatchObject({
      seq: before + 1,
      type: 'updates.gap',
      chat: null,
      reason: 'store_lost',
    });
    // The numbers of the lost events stay empty.
    expect((await events(first)).map(({ seq }) => seq)).not.toContain(before);
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
});
