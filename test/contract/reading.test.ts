import { openConsumerRedis } from '@gateway/queue';
import { silentLogger } from '@gateway/runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../env/api-client.ts';
import { type Document, expectDocumented } from '../env/documented.ts';
import { Stack } from '../env/stack.ts';

const ALICE = '+9996627051';
const BOB = '+9996627052';
const CAROL = '+9996627053';
const BOT = 'bot.4000000051';
const OF_BOB = { Authorization: 'Bearer of-bob' };

/** What an account sees at Telegram: GET /telegram/accounts/{user_id}/… */
describe('Reading', () => {
  let stack: Stack;
  let document: Document;
  let alice: number;
  let bob: number;
  let carol: number;
  beforeAll(async () => {
    stack = await Stack.start({
      SEND_WAIT_MS: '15000',
      SEND_PACE: 'off',
      AUTH_WAIT_MS: '15000',
      API_KEYS: 'everything,of-bob:bob',
      TELEGRAM_BOT_TOKEN: `${BOT.slice('bot.'.length)}:a-token-of-a-bot-in-the-sandbox-123`,
    });
    stack.api.headers = { Authorization: 'Bearer everything' };
    document = (await stack.api.get('/openapi.json')).body;
    alice = await stack.signIn('alice', ALICE);
    bob = await stack.signIn('bob', BOB);
    carol = await stack.signIn('carol', CAROL);
  });
  beforeEach(() => stack.control.clearFaults());
  afterAll(() => stack[Symbol.asyncDispose]());

  const read = (path: string, account = 'alice', headers = {}): Promise<ApiAnswer> =>
    stack.api.get(`/telegram/accounts/${account}/${path}`, headers);
  const texts = ({ body }: ApiAnswer): string[] => body.messages.map(({ text }: { text: string }) => text);
  const send = async (text: string, more: object = {}): Promise<number> => {
    const request = { user_id: 'alice', recipient_id: BOB, text, ...more };
    return Number((await stack.api.post('/telegram/user/send', request)).body.message_id);
  };

  describe('GET …/chats/{recipient_id}/messages', () => {
    const MESSAGES = 'get /telegram/accounts/{user_id}/chats/{recipient_id}/messages';
    const of = (chat: string | number, query = '') =>
      read(`chats/${encodeURIComponent(chat)}/messages${query}`);

    test('lists the messages of a chat in the shape of events, the newest first', async () => {
      const first = await send('<b>bold</b> &amp; plain https://example.com', { parse_mode: 'html' });
      const second = await send('an answer', { reply_to: first });
      await stack.control.write({ from: bob, to: alice, text: 'from Bob' });
      const answer = await of(BOB);
      expectDocumented(document, MESSAGES, 200, answer);
      expect(answer.body).toMatchObject({ status: 'ok', next: null });
      expect(texts(answer)).toEqual(['from Bob', 'an answer', 'bold & plain https://example.com']);
      const [fromBob, reply, formatted] = answer.body.messages;
      expect(formatted).toEqual({
        message_id: first,
        date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        edit_date: null,
        direction: 'out',
        chat: { id: String(bob), type: 'private', title: expect.any(String), username: null, topic_id: null },
        sender: expect.objectContaining({
          id: String(alice),
          type: 'user',
          is_bot: false,
          is_contact: false,
        }),
        text: 'bold & plain https://example.com',
        html: '<b>bold</b> &amp; plain https://example.com',
        entities: [
          { type: 'bold', offset: 0, length: 4 },
          { type: 'url', offset: 13, length: 19 },
        ],
        reply_to: null,
        forward_from: null,
        mentions_me: false,
        grouped_id: null,
        buttons: [],
        service: null,
        media: null,
        job_id: null,
      });
      expect(reply).toMatchObject({
        message_id: second,
        reply_to: { message_id: first, chat_id: null, quote: null },
      });
      expect(fromBob).toMatchObject({ direction: 'in', sender: { id: String(bob), type: 'user' } });
    });

    test('pages by `next`, and bounds by ids', async () => {
      const ids: number[] = [];
      for (const text of ['one', 'two', 'three', 'four', 'five'])
        ids.push(await send(text, { recipient_id: CAROL }));
      const pages: string[][] = [];
      for (let next: string | null = ''; next !== null;) {
        const answer: ApiAnswer = await of(CAROL, `?limit=2${next && `&before=${next}`}`);
        pages.push(texts(answer));
        next = answer.body.next;
      }
      expect(pages).toEqual([['five', 'four'], ['three', 'two'], ['one']]);
      expect(texts(await of(CAROL, `?before=${ids[2]}`))).toEqual(['two', 'one']);
      expect(texts(await of(CAROL, `?after=${ids[2]}`))).toEqual(['five', 'four']);
      expect(texts(await of(CAROL, `?after=${ids[0]}&before=${ids[3]}`))).toEqual(['three', 'two']);
      expect(texts(await of(CAROL, '?q=O'))).toEqual(['four', 'two', 'one']);
      expect(texts(await of(CAROL, '?q=nothing+of+the+kind'))).toEqual([]);
    });

    test('shows edits, forwards, buttons, service messages and the chat with oneself', async () => {
      const id = await send('to edit', { recipient_id: 'me' });
      const same = { user_id: 'alice', recipient_id: 'me' };
      await stack.api.post('/telegram/user/message/edit', { ...same, message_id: id, text: 'edited' });
      await stack.api.post('/telegram/user/message/forward', {
        ...same,
        to_recipient_id: 'me',
        message_ids: [id],
      });
      const [forwarded, edited] = (await of('me')).body.messages;
      expect(edited).toMatchObject({
        text: 'edited',
        edit_date: expect.any(String),
        direction: 'out',
        chat: { id: String(alice), type: 'private' },
        sender: { id: String(alice) },
      });
      expect(forwarded).toMatchObject({
        text: 'edited',
        forward_from: { id: String(alice), message_id: null },
      });

      const { id: group } = await stack.control.createChat({
        title: 'Team',
        kind: 'group',
        members: [alice, bob],
      });
      expect((await of(group)).body.messages).toMatchObject([
        {
          text: '',
          chat: { id: String(group), type: 'group', title: 'Team', username: null },
          service: { type: 'chat_create', title: 'Team', user_ids: [String(alice), String(bob)] },
        },
      ]);

      const bot = await stack.control.createAutoBot({
        username: 'choice_bot',
        buttons: [['Yes', 'No']],
        silent: true,
      });
      await send('/start', { recipient_id: '@choice_bot' });
      expect((await of('@choice_bot')).body.messages[0]).toMatchObject({
        chat: { id: String(bot), type: 'bot', username: 'choice_bot' },
        sender: { id: String(bot), is_bot: true },
        buttons: [
          [
            { text: 'Yes', data: 'Yes', url: null },
            { text: 'No', data: 'No', url: null },
          ],
        ],
      });
    });

    test('reads one topic of a forum', async () => {
      const { id } = await stack.control.newChat({
        type: 'supergroup',
        title: 'Forum',
        members: [alice],
        forum: true,
      });
      const topic = await stack.control.createTopic(id, 'News');
      await stack.control.write({ from: alice, to: id, text: 'old news', topic_id: topic });
      await stack.control.write({ from: alice, to: id, text: 'elsewhere' });
      const answer = await of(id, `?topic_id=${topic}`);
      expect(answer.body.messages[0]).toMatchObject({
        text: 'old news',
        reply_to: null,
        chat: { id, type: 'supergroup', topic_id: topic },
      });
      expect(texts(answer)).not.toContain('elsewhere');
      expect(texts(await of(id, `?topic_id=${topic}&q=news`))).toEqual(['old news']);
      expect(await of(BOB, '?topic_id=3')).toMatchObject({
        status: 400,
        body: { issues: [{ path: 'topic_id' }] },
      });
    });

    test('never lists or finds a message of Telegram’s own account', async () => {
      await stack.control.write({ from: 777_000, to: alice, text: 'Login code: 24680' });
      expect((await of('777000')).body).toEqual({ status: 'ok', messages: [], next: null });
      expect((await of('777000', '?q=24680')).body.messages).toEqual([]);
    });

    test('is 404 for a chat that is not found, and 400 for a query that is wrong', async () => {
      const missing = await of('@nobody_has_it');
      expectDocumented(document, MESSAGES, 404, missing);
      expect(missing.body.code).toBe('RECIPIENT_NOT_FOUND');
      for (const query of [
        '?limit=0',
        '?limit=101',
        '?before=x',
        '?after=-1',
        '?q=',
        '?topic_id=0',
        '?colour=red',
      ])
        expect((await of(BOB, query)).body, query).toMatchObject({ code: 'VALIDATION' });
      expect((await of('neither name nor id')).body).toMatchObject({ issues: [{ path: 'recipient_id' }] });
    });
  });

  describe('GET …/chats', () => {
    test('lists the chats with their last message, the latest first, in pages', async () => {
      await send('the last word', { recipient_id: BOB });
      const answer = await read('chats');
      expectDocumented(document, 'get /telegram/accounts/{user_id}/chats', 200, answer);
      const ids: string[] = answer.body.chats.map(({ id }: { id: string }) => id);
      expect(ids).toEqual(expect.arrayContaining([String(bob), String(carol), String(alice), '777000']));
      expect(answer.body.chats.find(({ id }: { id: string }) => id === String(bob))).toMatchObject({
        type: 'private',
        unread: expect.any(Number),
        last_message: { text: 'the last word', html: 'the last word', direction: 'out' },
      });
      const dates: string[] = answer.body.chats.map(
        ({ last_message }: { last_message: { date: string } }) => last_message.date,
      );
      expect(dates).toEqual(dates.toSorted().toReversed());
      const paged: string[] = [];
      for (let next: string | null = ''; next !== null;) {
        const page: ApiAnswer = await read(`chats?limit=2${next && `&before=${encodeURIComponent(next)}`}`);
        paged.push(...page.body.chats.map(({ id }: { id: string }) => id));
        next = page.body.next;
      }
      expect(paged).toEqual(ids);
    });

    test('redacts the messages of Telegram’s own account', async () => {
      await stack.control.write({ from: 777_000, to: alice, text: 'Login code: 13579' });
      const { body } = await read('chats');
      expect(JSON.stringify(body)).not.toContain('13579');
      expect(body.chats.find(({ id }: { id: string }) => id === '777000').last_message).toMatchObject({
        text: '',
        html: '',
        entities: [],
        media: null,
        redacted: true,
      });
    });

    test('is 400 for a `before` that it did not write', async () => {
      expect(await read('chats?before=x')).toMatchObject({
        status: 400,
        body: { issues: [{ path: 'before' }] },
      });
    });
  });

  describe('GET …/contacts', () => {
    test('lists the contacts in pages, with the phone numbers that the account may see', async () => {
      await stack.control.addContacts(alice, [bob, carol]);
      const answer = await read('contacts');
      expectDocumented(document, 'get /telegram/accounts/{user_id}/contacts', 200, answer);
      const ofBobs = { id: String(bob), name: expect.any(String), username: null, phone_number: BOB };
      expect(answer.body).toMatchObject({ contacts: [ofBobs, { id: String(carol) }], next: null });
      const first = await read('contacts?limit=1');
      expect(first.body).toMatchObject({ contacts: [ofBobs], next: expect.any(String) });
      expect((await read(`contacts?limit=1&before=${first.body.next}`)).body).toMatchObject({
        contacts: [{ id: String(carol) }],
        next: null,
      });
    });
  });

  describe('GET …/resolve', () => {
    const RESOLVE = 'get /telegram/accounts/{user_id}/resolve';
    const resolve = (recipient: string, account = 'carol') =>
      read(`resolve?recipient_id=${recipient}`, account);

    test('tells who a recipient is, in every form', async () => {
      await stack.control.createAccount({
        phone: '+9996627054',
        first_name: 'Dora',
        last_name: 'D',
        username: 'dora_d',
      });
      const dora = await resolve('@Dora_D');
      expectDocumented(document, RESOLVE, 200, dora);
      expect(dora.body).toEqual({
        status: 'ok',
        id: expect.any(String),
        type: 'private',
        name: 'Dora D',
        username: 'dora_d',
      });
      // A plus that is not encoded arrives as a space.
      for (const form of [dora.body.id, '%2B9996627054', '+9996627054', 'https%3A%2F%2Ft.me%2Fdora_d'])
        expect((await resolve(form)).body, form).toEqual(dora.body);
      expect((await resolve('me')).body).toMatchObject({ id: String(carol), type: 'private' });
      const group = await stack.control.createChat({ title: 'Crew', kind: 'group', members: [carol] });
      const channel = await stack.control.newChat({
        type: 'channel',
        title: 'News',
        members: [bob],
        username: 'the_news',
      });
      expect((await resolve(String(group.id))).body).toMatchObject({
        id: String(group.id),
        type: 'group',
        name: 'Crew',
      });
      expect((await resolve('the_news')).body).toMatchObject({
        id: channel.id,
        type: 'channel',
        username: 'the_news',
      });
    });

    test('asks again after a remembered miss, and forgets it', async () => {
      expect(await resolve('@late_comer')).toMatchObject({
        status: 404,
        body: { code: 'RECIPIENT_NOT_FOUND' },
      });
      await stack.control.createAccount({ phone: '+9996627055', first_name: 'Late', username: 'late_comer' });
      expect(await resolve('@late_comer')).toMatchObject({ status: 200, body: { name: 'Late' } });
      expect(await stack.api.send('carol', '@late_comer', 'hello')).toMatchObject({ status: 200 });
    });

    test('a wait for look-ups is 429, and holds sends to unknown names alone', async () => {
      await stack.control.fault({
        user_id: bob,
        method: 'contacts.resolveUsername',
        error: 'FLOOD_WAIT_4',
        lasts: true,
      });
      expect(await resolve('@dora_d', 'bob')).toMatchObject({ status: 429, body: { code: 'FLOOD_WAIT' } });
      expect(await resolve('@dora_d', 'bob')).toMatchObject({ status: 429, body: { code: 'FLOOD_WAIT' } });
      expect(await stack.api.send('bob', 'me', 'known')).toMatchObject({ status: 200 });
      const held = await stack.api.send('bob', '@dora_d', 'unknown', { Prefer: 'wait=2' });
      expect(held).toMatchObject({ status: 202, body: { state: 'delayed', reason: 'FLOOD_WAIT' } });
      expect((await stack.api.get(`/jobs/${held.body.job_id}?wait=30`)).body.state).toBe('completed');
      expect((await stack.control.counters()).early).toBe(0);
    });

    test('allows an account 50 look-ups a day; what is known costs none', async () => {
      await send('makes Bob known');
      const names = Array.from({ length: 51 }, (_, index) => `@nobody_${index}`);
      const answers = await Promise.all(names.slice(0, 50).map((name) => resolve(name, 'alice')));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
      const refused = await resolve('@nobody_50', 'alice');
      expectDocumented(document, RESOLVE, 429, refused);
      expect(refused.body).toMatchObject({ code: 'RATE_LIMITED', retry_after: expect.any(Number) });
      expect(await resolve(BOB, 'alice')).toMatchObject({ status: 200 });
      expect(await send('goes on')).toBeGreaterThan(0);
    });

    test('is 400 without a recipient, and says how to write a plus', async () => {
      expect(await read('resolve')).toMatchObject({
        status: 400,
        body: { issues: [{ path: 'recipient_id' }] },
      });
      const answer = await resolve('https%3A%2F%2Ft.me%2F+9996627054');
      expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining('%2B') } });
    });
  });

  describe('GET …/phones', () => {
    const phones = (...numbers: string[]) =>
      read(`phones?${numbers.map((number) => `phone=${number.replace('+', '%2B')}`).join('&')}`, 'carol');

    test('tells who has a number, in the order asked, and never says that nobody has it', async () => {
      const answer = await phones('+12025550123', BOB, '+12025550123', CAROL);
      expectDocumented(document, 'get /telegram/accounts/{user_id}/phones', 200, answer);
      const unknown = { phone_number: '+12025550123', registered: null, id: null };
      expect(answer.body.phones).toEqual([
        unknown,
        { phone_number: BOB, registered: true, id: String(bob) },
        unknown,
        { phone_number: CAROL, registered: true, id: String(carol) },
      ]);
    });

    test('does not ask Telegram again for a number that it knows', async () => {
      await stack.control.fault({ user_id: carol, method: 'contacts.resolvePhone', error: 'FLOOD_WAIT_600' });
      expect((await phones(BOB)).body.phones).toMatchObject([{ registered: true }]);
    });

    test('is 400 without a number, with more than 20, and for what is none', async () => {
      expect(await read('phones', 'carol')).toMatchObject({
        status: 400,
        body: { issues: [{ path: 'phone' }] },
      });
      expect((await phones(...Array.from({ length: 21 }, () => BOB))).body.code).toBe('VALIDATION');
      expect((await phones(BOB, '12')).body).toMatchObject({ issues: [{ path: 'phone.1' }] });
    });
  });

  describe.each(['chats', 'chats/me/messages', 'contacts'])('GET …/%s', (path) => {
    const method =
      { chats: 'messages.getDialogs', contacts: 'contacts.getContacts' }[path] ?? 'messages.getHistory';

    test('a flood wait is 429 with `retry_after`, is not asked again before, and holds no send', async () => {
      await stack.control.fault({ user_id: alice, method, error: 'FLOOD_WAIT_600' });
      for (let times = 0; times < 2; times += 1) {
        const answer = await read(path);
        expect(answer).toMatchObject({ status: 429, body: { code: 'FLOOD_WAIT', kind: 'retryable' } });
        expect(answer.body.retry_after).toBeGreaterThan(590);
        expect(answer.body.retry_after).toBeLessThanOrEqual(600);
      }
      expect((await stack.control.counters()).early).toBe(0);
      expect(await send('meanwhile')).toBeGreaterThan(0);
      expect((await stack.api.status('alice')).body.state).toBe('ready');
    });

    test('reads a paused account, and refuses one that is not signed in, a bot and a foreign key', async () => {
      await stack.api.post('/telegram/user/pause', { user_id: 'bob' });
      expect(await read(path, 'bob')).toMatchObject({ status: 200 });
      await stack.api.post('/telegram/user/resume', { user_id: 'bob' });
      expect(await read(path, 'nobody')).toMatchObject({ status: 401, body: { code: 'NOT_AUTHORIZED' } });
      for (const which of [path, 'phones?phone=%2B12025550123'])
        expect(await read(which, BOT)).toMatchObject({
          status: 400,
          body: { issues: [{ path: 'user_id' }] },
        });
      expect(await read(path, 'alice', OF_BOB)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    });
  });

  test('at most one read comes before a send that waits', async () => {
    await stack.control.fault({ user_id: carol, method: 'messages.getHistory', delay_ms: 400, times: 6 });
    const ended: string[] = [];
    const reads = Array.from({ length: 6 }, async () => {
      await read('chats/me/messages', 'carol');
      ended.push('read');
    });
    const sent = stack.api
      .send('carol', 'me', 'in between')
      .then(({ status }) => ended.push(`sent ${status}`));
    await Promise.all([...reads, sent]);
    expect(ended.indexOf('sent 200')).toBeLessThanOrEqual(2);
    expect(ended).toHaveLength(7);
  });

  test('leaves no result in Redis', async () => {
    await send('a text that is easy to find', { recipient_id: 'me' });
    await read('chats/me/messages');
    const redis = openConsumerRedis(stack.redis.address, silentLogger());
    const kept = async (): Promise<string[]> => {
      const jobs = (await redis.keys('*:control:*')).filter((key) => /\.c\d+\.[\w-]+$/.test(key));
      const fields = await Promise.all(jobs.map((job) => redis.hmget(job, 'name', 'returnvalue')));
      return fields.flatMap(([name, result]) => (name?.startsWith('read.') === true && result ? [name] : []));
    };
    try {
      await expect.poll(kept).toEqual([]);
    } finally {
      redis.disconnect();
    }
  });

  test('is 503 where no worker takes it', async () => {
    await stack.worker.end();
    const impatient = stack.spawnApi({ PORT: '0', AUTH_WAIT_MS: '1000' });
    const { url } = await impatient.ready;
    const headers = { Authorization: 'Bearer everything' };
    const answer = await fetch(`${String(url)}/telegram/accounts/carol/chats`, { headers });
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'WORKER_UNAVAILABLE' }]);
    await impatient.end();
    await stack.startWorker();
    expect(await read('chats', 'carol')).toMatchObject({ status: 200 });
  }, 60_000);
});
