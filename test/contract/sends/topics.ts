import { beforeAll, expect, test } from 'vitest';
import type { Stack } from '../../env/stack.ts';
import { BOB, type AliceAndBob } from '../../env/use-stack.ts';
import { Sender } from './sender.ts';

const FORWARD = '/telegram/user/message/forward';

/** `topic_id` and `quote`. */
export const topics = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  let sender: Sender;
  beforeAll(async () => {
    ({ stack, alice } = product());
    sender = await Sender.in(product());
  });

  test('a message goes to its topic, all parts of a long text too', async () => {
    const { status, body } = await sender.sendToForum({ text: 'in the news', topic_id: sender.topic });
    expect(status).toBe(200);
    expect(await sender.sent(body.message_id, Number(sender.forum))).toMatchObject({
      topic_id: sender.topic,
    });
    const long = await sender.sendToForum({
      text: 'word '.repeat(1_000),
      topic_id: sender.topic,
      reply_to: body.message_id,
    });
    const [first, second] = await Promise.all(
      long.body.message_ids.map((id: number) => sender.sent(id, Number(sender.forum))),
    );
    expect(first).toMatchObject({ topic_id: sender.topic, reply_to: body.message_id });
    expect(second).toMatchObject({ topic_id: sender.topic });
    expect(second).not.toHaveProperty('reply_to');
  });

  test('the topic General takes messages without a topic', async () => {
    const { body } = await sender.sendToForum({ text: 'in general', topic_id: 1 });
    expect(await sender.sent(body.message_id, Number(sender.forum))).not.toHaveProperty('topic_id');
  });

  test('another client reads topic and quote as they were sent', async () => {
    const messages = await sender.received();
    const first = (await sender.sendToForum({ text: 'one two three', topic_id: sender.topic })).body
      .message_id;
    const quote = { text: 'two', offset: 4 };
    const { body } = await sender.sendToForum({
      text: 'which two?',
      topic_id: sender.topic,
      reply_to: first,
      quote,
    });
    expect(await sender.sent(body.message_id, Number(sender.forum))).toMatchObject({
      reply_to: first,
      quote,
    });
    await expect.poll(() => messages.length).toBe(2);
    expect(messages.map(({ raw }) => 'replyTo' in raw && raw.replyTo)).toMatchObject([
      { _: 'messageReplyHeader', forumTopic: true, replyToMsgId: sender.topic },
      {
        _: 'messageReplyHeader',
        forumTopic: true,
        replyToMsgId: first,
        replyToTopId: sender.topic,
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
      const { status, body } = await sender.sendToForum({ text, topic_id: sender.topic });
      expect(status).toBe(200);
      const all = await stack.control.messages({ from: alice, to: Number(sender.forum) });
      expect(all.filter((message) => message.text === text)).toMatchObject([
        { id: body.message_id, topic_id: sender.topic },
      ]);
    },
  );

  test('a topic that is closed or gone is RECIPIENT_REFUSED, at once', async () => {
    expect(await sender.sendToForum({ text: 'x', topic_id: sender.topic + 1_000 })).toMatchObject({
      status: 403,
      body: { code: 'RECIPIENT_REFUSED', rpc_error: 'TOPIC_DELETED', kind: 'permanent' },
    });
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'TOPIC_CLOSED' });
    expect(await sender.sendToForum({ text: 'x', topic_id: sender.topic })).toMatchObject({
      status: 403,
      body: { code: 'RECIPIENT_REFUSED', rpc_error: 'TOPIC_CLOSED', kind: 'permanent' },
    });
  });

  test('a quote that is not in the message is MESSAGE_INVALID; without `reply_to` it is 400', async () => {
    const first = (await sender.send({ text: 'one two three' })).body.message_id;
    expect(await sender.send({ text: 'x', reply_to: first, quote: { text: 'four' } })).toMatchObject({
      status: 400,
      body: { code: 'MESSAGE_INVALID', rpc_error: 'QUOTE_TEXT_INVALID' },
    });
    expect(await sender.send({ text: 'x', quote: { text: 'two' } })).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION', issues: [{ path: 'quote' }] },
    });
    for (const [path, quote] of [
      ['quote.text', { text: '' }],
      ['quote.text', { text: 'x'.repeat(1_025) }],
      ['quote.offset', { text: 'x', offset: -1 }],
    ] as const)
      expect(await sender.send({ text: 'x', reply_to: first, quote })).toMatchObject({
        status: 400,
        body: { issues: [{ path }] },
      });
  });

  test('another topic or quote under one Idempotency-Key is another request', async () => {
    const key = { 'Idempotency-Key': 'to-a-topic' };
    const request = { recipient_id: sender.forum, text: 'once', topic_id: sender.topic };
    const { body } = await sender.send(request, key);
    expect((await sender.send(request, key)).body).toEqual(body);
    expect((await sender.send({ ...request, topic_id: 1 }, key)).body.code).toBe('IDEMPOTENCY_MISMATCH');
    expect((await sender.send({ ...request, topic_id: null }, key)).body.code).toBe('IDEMPOTENCY_MISMATCH');
  });

  test('messages are forwarded to a topic', async () => {
    const { body } = await sender.send({ text: 'for the news' });
    const forwarding = {
      user_id: 'alice',
      recipient_id: BOB,
      to_recipient_id: sender.forum,
      message_ids: [body.message_id],
    };
    const forwarded = await stack.api.post(FORWARD, { ...forwarding, topic_id: sender.topic });
    const [id] = forwarded.body.message_ids;
    expect(await sender.sent(id, Number(sender.forum))).toMatchObject({
      text: 'for the news',
      topic_id: sender.topic,
    });
    await stack.control.fault({
      user_id: alice,
      method: 'messages.forwardMessages',
      error: 'TOPIC_CLOSED',
    });
    expect(await stack.api.post(FORWARD, { ...forwarding, topic_id: sender.topic })).toMatchObject({
      status: 403,
      body: { code: 'RECIPIENT_REFUSED', rpc_error: 'TOPIC_CLOSED' },
    });
  });
};
