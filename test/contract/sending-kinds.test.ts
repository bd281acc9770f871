import type { Message } from '@mtcute/node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signedIn } from '../../packages/sandbox/src/testing/mtcute-users.ts';
import type { ApiAnswer } from '../env/api-client.ts';
import { expectDocumented, type Document } from '../env/documented.ts';
import { Stack } from '../env/stack.ts';

const [ALICE, BOB] = ['+9996627081', '+9996627082'];
const SEND = '/telegram/user/send';
const FORWARD = '/telegram/user/message/forward';

/** What a send can have beside text and files. */
describe('POST /telegram/user/send', () => {
  let stack: Stack;
  let document: Document;
  let alice: number;
  let bob: number;
  let forum: string;
  let topic: number;
  beforeAll(async () => {
    stack = await Stack.start({ SEND_WAIT_MS: '15000', SEND_PACE: 'off' });
    document = (await stack.api.get('/openapi.json')).body;
    alice = await stack.signIn('alice', ALICE);
    bob = await stack.signIn('bob', BOB);
    const chat = { type: 'supergroup', title: 'A forum', members: [bob, alice], forum: true };
    ({ id: forum } = await stack.control.newChat(chat));
    topic = await stack.control.createTopic(forum, 'News');
  });
  beforeEach(async () => {
    await stack.control.clearFaults();
    await stack.control.answerRepeatedSends('original');
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  async function send(fields: object, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    const answer = await stack.api.post(SEND, { user_id: 'alice', recipient_id: BOB, ...fields }, headers);
    expectDocumented(document, `post ${SEND}`, answer.status, answer);
    return answer;
  }

  const inForum = (more: object) => send({ recipient_id: forum, ...more });
  const sent = async (id: unknown, to = bob) =>
    (await stack.control.messages({ from: alice, to })).find((message) => message.id === id);

  /** Messages that Bob's other client receives from now on. It shares no code with the gateway. */
  async function received(): Promise<Message[]> {
    const lastCode = () => ({ phone: BOB, code: '22222', delivery: 'app' as const });
    const { client } = await signedIn({ ...(await stack.telegram()), control: { lastCode } }, BOB);
    const messages: Message[] = [];
    client.onNewMessage.add((message: Message) => void messages.push(message));
    return messages;
  }

  describe('`topic_id` and `quote`', () => {
    test('a message goes to its topic, all parts of a long text too', async () => {
      const { status, body } = await inForum({ text: 'in the news', topic_id: topic });
      expect(status).toBe(200);
      expect(await sent(body.message_id, Number(forum))).toMatchObject({ topic_id: topic });
      const long = await inForum({ text: 'word '.repeat(1_000), topic_id: topic, reply_to: body.message_id });
      const [first, second] = await Promise.all(
        long.body.message_ids.map((id: number) => sent(id, Number(forum))),
      );
      expect(first).toMatchObject({ topic_id: topic, reply_to: body.message_id });
      expect(second).toMatchObject({ topic_id: topic });
      expect(second).not.toHaveProperty('reply_to');
    });

    test('the topic General takes messages without a topic', async () => {
      const { body } = await inForum({ text: 'in general', topic_id: 1 });
      expect(await sent(body.message_id, Number(forum))).not.toHaveProperty('topic_id');
    });

    test('another client reads topic and quote as they were sent', async () => {
      const messages = await received();
      const first = (await inForum({ text: 'one two three', topic_id: topic })).body.message_id;
      const quote = { text: 'two', offset: 4 };
      const { body } = await inForum({ text: 'which two?', topic_id: topic, reply_to: first, quote });
      expect(await sent(body.message_id, Number(forum))).toMatchObject({ reply_to: first, quote });
      await expect.poll(() => messages.length).toBe(2);
      expect(messages.map(({ raw }) => 'replyTo' in raw && raw.replyTo)).toMatchObject([
        { _: 'messageReplyHeader', forumTopic: true, replyToMsgId: topic },
        {
          _: 'messageReplyHeader',
          forumTopic: true,
          replyToMsgId: first,
          replyToTopId: topic,
          quote: true,
          quoteText: 'two',
          quoteOffset: 4,
        },
      ]);
    });

    test.each(['before', 'after'] as const)(
      'is in its topic once where the answer was lost %s it took effect',
      async (drop) => {
        await stack.control.answerRepeatedSends('error');
        await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', drop });
        const text = `lost ${drop}`;
        const { status, body } = await inForum({ text, topic_id: topic });
        expect(status).toBe(200);
        const all = await stack.control.messages({ from: alice, to: Number(forum) });
        expect(all.filter((message) => message.text === text)).toMatchObject([
          { id: body.message_id, topic_id: topic },
        ]);
      },
    );

    test('a topic that is closed or gone is RECIPIENT_REFUSED, at once', async () => {
      expect(await inForum({ text: 'x', topic_id: topic + 1_000 })).toMatchObject({
        status: 403,
        body: { code: 'RECIPIENT_REFUSED', rpc_error: 'TOPIC_DELETED', kind: 'permanent' },
      });
      await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'TOPIC_CLOSED' });
      expect(await inForum({ text: 'x', topic_id: topic })).toMatchObject({
        status: 403,
        body: { code: 'RECIPIENT_REFUSED', rpc_error: 'TOPIC_CLOSED', kind: 'permanent' },
      });
    });

    test('a quote that is not in the message is MESSAGE_INVALID; without `reply_to` it is 400', async () => {
      const first = (await send({ text: 'one two three' })).body.message_id;
      expect(await send({ text: 'x', reply_to: first, quote: { text: 'four' } })).toMatchObject({
        status: 400,
        body: { code: 'MESSAGE_INVALID', rpc_error: 'QUOTE_TEXT_INVALID' },
      });
      expect(await send({ text: 'x', quote: { text: 'two' } })).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION', issues: [{ path: 'quote' }] },
      });
      for (const [path, quote] of [
        ['quote.text', { text: '' }],
        ['quote.text', { text: 'x'.repeat(1_025) }],
        ['quote.offset', { text: 'x', offset: -1 }],
      ] as const)
        expect(await send({ text: 'x', reply_to: first, quote })).toMatchObject({
          status: 400,
          body: { issues: [{ path }] },
        });
    });

    test('another topic or quote under one Idempotency-Key is another request', async () => {
      const key = { 'Idempotency-Key': 'to-a-topic' };
      const request = { recipient_id: forum, text: 'once', topic_id: topic };
      const { body } = await send(request, key);
      expect((await send(request, key)).body).toEqual(body);
      expect((await send({ ...request, topic_id: 1 }, key)).body.code).toBe('IDEMPOTENCY_MISMATCH');
      expect((await send({ ...request, topic_id: null }, key)).body.code).toBe('IDEMPOTENCY_MISMATCH');
    });

    test('messages are forwarded to a topic', async () => {
      const { body } = await send({ text: 'for the news' });
      const forwarding = {
        user_id: 'alice',
        recipient_id: BOB,
        to_recipient_id: forum,
        message_ids: [body.message_id],
      };
      const forwarded = await stack.api.post(FORWARD, { ...forwarding, topic_id: topic });
      const [id] = forwarded.body.message_ids;
      expect(await sent(id, Number(forum))).toMatchObject({ text: 'for the news', topic_id: topic });
      await stack.control.fault({
        user_id: alice,
        method: 'messages.forwardMessages',
        error: 'TOPIC_CLOSED',
      });
      expect(await stack.api.post(FORWARD, { ...forwarding, topic_id: topic })).toMatchObject({
        status: 403,
        body: { code: 'RECIPIENT_REFUSED', rpc_error: 'TOPIC_CLOSED' },
      });
    });
  });

  const LOCATION = { latitude: 52.52, longitude: 13.405, accuracy: 12 };
  const CONTACT = { phone_number: '+79991234567', first_name: 'Eva', last_name: 'Sun' };
  const POLL = { question: 'Tea?', options: ['yes', 'no'] };
  /** Each of them, where it may go to, and how the sandbox shows it. */
  const ATTACHMENTS: [name: string, to: string, fields: object, shown: object][] = [
    ['location', BOB, { location: LOCATION }, { type: 'location', ...LOCATION }],
    [
      'live location',
      BOB,
      { location: { ...LOCATION, live_seconds: 60 } },
      { type: 'location', ...LOCATION, live_seconds: 60 },
    ],
    ['contact', BOB, { contact: CONTACT }, { type: 'contact', ...CONTACT }],
    ['poll', 'me', { poll: POLL }, { type: 'poll', ...POLL, multiple: false, anonymous: true }],
    [
      'quiz',
      'me',
      { poll: { ...POLL, correct_option: 1 } },
      { type: 'poll', ...POLL, multiple: false, anonymous: true, correct_option: 1 },
    ],
    [
      'open poll with several answers',
      'me',
      { poll: { ...POLL, multiple: true, anonymous: false } },
      { type: 'poll', ...POLL, multiple: true, anonymous: false },
    ],
  ];

  describe('`location`, `contact` and `poll`', () => {
    test.each(ATTACHMENTS)('a %s goes out as it is', async (_name, recipient_id, fields, shown) => {
      const { status, body } = await send({ recipient_id, ...fields, silent: true });
      const { type } = shown as { type: string };
      expect([status, body.media]).toEqual([200, [{ file_id: null, type, size: null, mime_type: null }]]);
      const message = await sent(body.message_id, recipient_id === 'me' ? alice : bob);
      expect(message).toMatchObject({ text: '', silent: true });
      expect(message?.media).toEqual(shown);
    });

    test('another client reads them as they were sent', async () => {
      const messages = await received();
      for (const fields of [
        { location: LOCATION },
        { location: { ...LOCATION, live_seconds: 900 } },
        { contact: CONTACT },
      ])
        expect((await send(fields)).status).toBe(200);
      expect((await inForum({ poll: { ...POLL, correct_option: 1 }, topic_id: topic })).status).toBe(200);
      await expect.poll(() => messages.length).toBe(4);
      expect(messages.map(({ media }) => media)).toMatchObject([
        { type: 'location', latitude: LOCATION.latitude, longitude: LOCATION.longitude, radius: 12 },
        { type: 'live_location', period: 900 },
        { type: 'contact', phoneNumber: CONTACT.phone_number, firstName: 'Eva', lastName: 'Sun' },
        { type: 'poll', question: 'Tea?', isQuiz: true, answers: [{ text: 'yes' }, { text: 'no' }] },
      ]);
    });

    test.each([
      ['before', 'original'],
      ['after', 'error'],
    ] as const)(
      'each goes out once over an answer that was lost %s it took effect, where Telegram answers a repeat by its %s',
      async (drop, repeated) => {
        await stack.control.answerRepeatedSends(repeated);
        for (const [name, recipient_id, fields, shown] of ATTACHMENTS.slice(0, 4)) {
          const to = recipient_id === 'me' ? alice : bob;
          const count = async () => (await stack.control.messages({ from: alice, to })).length;
          const before = await count();
          await stack.control.fault({ user_id: alice, method: 'messages.sendMedia', drop });
          const { status, body } = await send({ recipient_id, ...fields });
          expect([name, status, await count()]).toEqual([name, 200, before + 1]);
          expect((await sent(body.message_id, to))?.media).toEqual(shown);
        }
      },
    );

    test('a poll to a person is MEDIA_REFUSED', async () => {
      expect(await send({ poll: POLL })).toMatchObject({
        status: 422,
        body: { code: 'MEDIA_REFUSED', rpc_error: 'MEDIA_INVALID', kind: 'permanent' },
      });
    });

    test('they may be in a batch, and an Idempotency-Key tells them apart', async () => {
      const item = { type: 'send', user_id: 'alice', recipient_id: BOB };
      const batch = await stack.api.post('/telegram/user/batch', {
        actions: [
          { ...item, location: LOCATION },
          { ...item, location: LOCATION, text: 'x' },
        ],
      });
      expect(batch.body.jobs).toMatchObject([{ job_id: expect.any(String) }, { code: 'VALIDATION' }]);
      const key = { 'Idempotency-Key': 'a-place' };
      const { body } = await send({ location: LOCATION }, key);
      expect((await send({ location: LOCATION }, key)).body).toEqual(body);
      const elsewhere = { location: { ...LOCATION, latitude: 1 } };
      expect((await send(elsewhere, key)).body.code).toBe('IDEMPOTENCY_MISMATCH');
    });

    test.each<[path: string, wrong: object]>([
      ['text', { text: 'x', location: LOCATION }],
      ['text', { text: 'x', poll: POLL }],
      ['poll', { location: LOCATION, poll: POLL }],
      ['location', { location: LOCATION, media: [{ type: 'photo', url: 'https://example.com/a.jpg' }] }],
      ['text', { location: null }],
      ['location.latitude', { location: { ...LOCATION, latitude: 90.1 } }],
      ['location.longitude', { location: { latitude: 1 } }],
      ['location.live_seconds', { location: { ...LOCATION, live_seconds: 59 } }],
      ['location.live_seconds', { location: { ...LOCATION, live_seconds: 86_401 } }],
      ['contact.phone_number', { contact: { ...CONTACT, phone_number: 'x' } }],
      ['contact.first_name', { contact: { ...CONTACT, first_name: ' ' } }],
      ['poll.options', { poll: { ...POLL, options: ['one'] } }],
      ['poll.options', { poll: { ...POLL, options: Array.from({ length: 11 }, String) } }],
      ['poll.multiple', { poll: { ...POLL, multiple: true, correct_option: 0 } }],
      ['poll.correct_option', { poll: { ...POLL, correct_option: 2 } }],
      ['poll.question', { poll: { ...POLL, question: '' } }],
    ])('a wrong %s is 400: %#', async (path, wrong) => {
      expect(await send(wrong)).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION', issues: [{ path }] },
      });
    });
  });

  describe('`typing_ms`', () => {
    const METHOD = 'messages.setTyping';
    const LATER = { Prefer: 'respond-async' };
    const typing = async (to = bob) => (await stack.control.typing(to)).length;

    test('shows the account as typing first, in the topic of the message', async () => {
      const before = await typing(Number(forum));
      const { status, body } = await inForum({ text: 'typed', typing_ms: 50, topic_id: topic });
      expect(status).toBe(200);
      expect((await stack.control.typing(Number(forum))).slice(before)).toMatchObject([
        { from_id: alice, action: 'typing', topic_id: topic },
      ]);
      expect(await sent(body.message_id, Number(forum))).toMatchObject({ text: 'typed' });
    });

    test('shows it once for all parts of a long text', async () => {
      const before = await typing();
      const { body } = await send({ text: 'word '.repeat(1_000), typing_ms: 1 });
      expect(body.message_ids).toHaveLength(2);
      expect(await typing()).toBe(before + 1);
    });

    test('repeats it; the chat keeps its order, and other chats go on', async () => {
      const before = await typing();
      const first = await send({ text: 'typed slowly', typing_ms: 20_000 }, LATER);
      const second = await send({ text: 'behind it' }, LATER);
      await expect.poll(typing).toBe(before + 1);
      expect((await send({ recipient_id: 'me', text: 'elsewhere' })).status).toBe(200);
      await expect.poll(typing, { timeout: 15_000 }).toBe(before + 2);
      const job = async (id: string) => (await stack.api.get(`/jobs/${id}`)).body.state;
      expect(await job(second.body.job_id)).not.toBe('completed');
      expect((await stack.api.request('DELETE', `/jobs/${first.body.job_id}`, undefined, {})).status).toBe(
        200,
      );
      const ended = await stack.api.get(`/jobs/${second.body.job_id}?wait=30`);
      expect(ended.body.state).toBe('completed');
      expect(await job(first.body.job_id)).toBe('cancelled');
    });

    test('a worker that takes over does not begin again', async () => {
      const before = await typing();
      const { body } = await send({ text: 'typed by two workers', typing_ms: 3_000 }, LATER);
      await expect.poll(typing).toBe(before + 1);
      await stack.worker.end();
      await stack.startWorker();
      const ended = await stack.api.get(`/jobs/${body.job_id}?wait=60`);
      expect(ended.body.state).toBe('completed');
      expect(await typing()).toBeLessThanOrEqual(before + 2);
      expect(await sent(ended.body.result.message_id)).toMatchObject({ text: 'typed by two workers' });
    });

    // The flood wait is last: it holds the call for the account.
    test.each([{ error: 'CHAT_WRITE_FORBIDDEN' }, { error: 'INTERNAL' }, { error: 'FLOOD_WAIT_30' }])(
      'a failure of it ($error) does not fail the message',
      async ({ error }) => {
        await stack.control.fault({ user_id: alice, method: METHOD, error });
        expect((await send({ text: error, typing_ms: 20_000 })).status).toBe(200);
        expect(await stack.control.faults()).toEqual([]);
      },
    );

    test.each([-1, 20_001, 1.5])('of %d is 400', async (typing_ms) => {
      expect(await send({ text: 'x', typing_ms })).toMatchObject({
        status: 400,
        body: { issues: [{ path: 'typing_ms' }] },
      });
    });
  });
});
