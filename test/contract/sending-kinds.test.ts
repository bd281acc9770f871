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
});
