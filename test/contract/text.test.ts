import { createHash } from 'node:crypto';
import type { JobData } from '@gateway/actions';
import { begin, chunk, ChatServer, END } from '@gateway/assistant/testing';
import type { Producer } from '@gateway/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readEvents } from '../../apps/api/src/testing/read-events.ts';
import { openProducer } from '../env/producer.ts';
import { Stack } from '../env/stack.ts';

const SEND = '/telegram/user/send';

describe('A text that Telegram changes', () => {
  let model: ChatServer;
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    model = await ChatServer.start();
    stack = await Stack.start({
      SEND_WAIT_MS: '15000',
      SEND_PACE: 'off',
      // Search the chat after a try of unknown outcome, in place of sending again.
      SEND_DEDUP_WINDOW: '1ms',
      ASSISTANT_BASE_URL: model.baseUrl,
      ASSISTANT_MODEL: 'test-model',
      ASSISTANT_ALLOW: 'alice',
    });
    alice = await stack.signIn('alice', '+9996627301');
    bob = await stack.signIn('bob', '+9996627302');
    await stack.control.addContacts(alice, [bob]);
  });
  beforeEach(() => stack.control.clearFaults());
  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
  });

  const message = (text: string, more: object = {}) => ({
    user_id: 'alice',
    recipient_id: String(bob),
    text,
    ...more,
  });
  const received = () => stack.control.messages({ from: alice, to: bob });
  const latest = async () => {
    const { text, entities = [] } = (await received()).at(-1) ?? {};
    return { text, entities };
  };
  const bold = (offset: number, length: number) => ({ type: 'bold', offset, length });

  test('goes out in parts, in order, as long as a body takes it', async () => {
    const words = Array.from({ length: 37_000 }, (_, index) => `${100_000 + index}`).join(' ');
    const before = (await received()).length;
    const { status, body } = await stack.api.post(SEND, message(words), { Prefer: 'wait=60' });
    expect([status, body.message_ids.length]).toEqual([200, 64]);
    const parts = (await received()).slice(before).map(({ text }) => text);
    expect(parts.join(' ')).toBe(words);
  });

  const CASES: [text: string, mode: string, sent: string, entities: object[]][] = [
    ['a\r\nb', 'none', 'a\nb', []],
    [' \t\r\n a\tb\0\v\f \n', 'none', 'a b', []],
    ['a\u2028b\u202ec\u0333', 'none', 'abc', []],
    ['A\u030asa', 'none', 'Åsa', []],
    ['👋\r\n**b**\r\n\r\n**c**', 'markdown', '👋\nb\n\nc', [bold(3, 1), bold(6, 1)]],
    ['\u202e**b**\r', 'markdown', 'b', [bold(0, 1)]],
    ['x\0**b\u2028c**', 'markdown', 'x bc', [bold(2, 2)]],
    ['\r\n<b>b</b>\r\n<b>c</b>', 'html', 'b\nc', [bold(0, 1), bold(2, 1)]],
    ['x&#13;&#10;&#x2028;<b>b&#x202e;c</b>', 'html', 'x\nbc', [bold(2, 2)]],
  ];

  test.each(CASES)(
    '%j (%s) is shown by the preview as it goes out',
    async (text, parse_mode, sent, entities) => {
      const preview = await stack.api.post(`${SEND}/preview`, { text, parse_mode });
      expect(preview.body.parts).toEqual([{ text: sent, entities }]);
      expect((await stack.api.post(SEND, message(text, { parse_mode }))).status).toBe(200);
      expect(await latest()).toEqual({ text: sent, entities });
    },
  );

  test('in a batch, and from a model', async () => {
    const batch = { messages: [message('**b**\r\nx\0', { parse_mode: 'markdown' })] };
    const { body } = await stack.api.post(`${SEND}/batch`, batch);
    await stack.api.get(`/jobs/${body.jobs[0].job_id}?wait=30`);
    expect(await latest()).toEqual({ text: 'b\nx', entities: [bold(0, 1)] });

    const messages = [{ role: 'assistant', content: '\u2028**b**\r\n\r\n- c\r\n\t- d &#8232;**e**\0' }];
    await reply({ messages });
    expect(await latest()).toEqual({ text: 'b\n\n• c\n  • d e', entities: [bold(0, 1), bold(13, 1)] });
  });

  test('in parts: each is trimmed, and an invisible one is left out', async () => {
    const text = `${'a'.repeat(4_000)}\r\n${'\u200b'.repeat(3_000)}\r\n${'b'.repeat(4_000)}\r`;
    const before = (await received()).length;
    const { status, body } = await stack.api.post(SEND, message(text));
    expect(status).toBe(200);
    const parts = (await received()).slice(before);
    expect(parts.map(({ id }) => id)).toEqual(body.message_ids);
    expect(parts.map((part) => part.text)).toEqual(['a'.repeat(4_000), 'b'.repeat(4_000)]);
  });

  test.each([
    ['\0\0', 'none'],
    ['\u200b\u200d\ufeff', 'none'],
    ['\r\n\u2028\u202e', 'none'],
    ['\u0333\u033f', 'none'],
    ['\u2060\u00ad', 'none'],
    ['**\u200b**', 'markdown'],
    ['<b>&#8203;</b>', 'html'],
    ['<b>&#13;&#8232;</b>', 'html'],
  ])('%j (%s) is refused as invisible', async (text, parse_mode) => {
    for (const [path, body] of [
      [SEND, message(text, { parse_mode })],
      [`${SEND}/preview`, { text, parse_mode }],
    ] as const) {
      const answer = await stack.api.post(path, body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION', issues: [{ path: 'text' }] } });
      expect(answer.body.issues[0].message).toMatch(/^must not be empty/);
    }
    const batch = await stack.api.post(`${SEND}/batch`, { messages: [message(text, { parse_mode })] });
    expect(batch.body.jobs).toMatchObject([{ code: 'VALIDATION', issues: [{ path: 'text' }] }]);
    if (parse_mode !== 'none') return;
    const given = await stack.api.post('/message_stream', {
      user_id: 'alice',
      messages: [{ role: 'assistant', content: text }],
    });
    expect(given).toMatchObject({ status: 400, body: { issues: [{ path: 'messages.0.content' }] } });
  });

  test('with split: false, the limit of 4,096 units counts the sent text', async () => {
    const text = `${'x'.repeat(4_096)}\r\n\0 `;
    expect((await stack.api.post(SEND, message(text, { split: false }))).status).toBe(200);
    expect((await stack.api.post(SEND, message(`${text}y`, { split: false }))).status).toBe(400);
  });

  test.each([
    'line\r\nline',
    'tab\tnul\0',
    'sep\u2028arated',
    '  spaces \r',
    'A\u030asa',
    '\u200f\u200fright',
  ])('%j is found in the chat when its answer was lost, and the chat continues', async (text) => {
    const before = (await received()).length;
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', drop: 'after' });
    expect((await stack.api.post(SEND, message(text), { Prefer: 'wait=30' })).status).toBe(200);
    expect((await stack.api.post(SEND, message('next'), { Prefer: 'wait=30' })).status).toBe(200);
    expect((await received()).length).toBe(before + 2);
  });

  describe('queued unchanged by an earlier version', () => {
    let producer: Producer;
    beforeAll(async () => {
      producer = await openProducer(stack.redis.address);
    });
    afterAll(() => producer.close());

    const formerDigest = ({ requestId: _requestId, ...message }: JobData) =>
      createHash('sha256')
        .update(JSON.stringify([message, undefined]))
        .digest('base64url');

    /** Enqueues as versions without normalisation did. */
    const enqueue = async (text: string, idempotencyKey: string, more: object = {}) => {
      const job = {
        userId: 'alice',
        recipient: String(bob),
        linkPreview: true,
        requestId: 'old',
        text,
        ...more,
      };
      const key = { idempotencyKey, digest: formerDigest(job) };
      const { jobId, wait } = await producer.enqueue({ name: 'send', data: job, key }, () => {});
      wait.cancel();
      return jobId;
    };

    test.each(['line\r\nline', 'tab\tnul\0'])('%j is found in the chat, too', async (text) => {
      const before = (await received()).length;
      await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', drop: 'after' });
      const jobId = await enqueue(text, `lost ${text.length}`);
      expect((await stack.api.get(`/jobs/${jobId}?wait=30`)).body).toMatchObject({ state: 'completed' });
      expect((await received()).length).toBe(before + 1);
    });

    test.each([
      ['a\r\nb\0', 'none', {}],
      [' spaces ', 'none', {}],
      ['x\r\n'.repeat(2_000), 'none', { cuts: [4_095] }],
      ['**b**\r\nc', 'markdown', { text: 'b\r\nc', entities: [bold(0, 1)] }],
      ['plain', 'none', {}],
    ])('%j (%s): the same request again is the same job', async (text, parse_mode, more) => {
      const key = `again ${Buffer.from(text).toString('hex').slice(0, 50)}`;
      const jobId = await enqueue(text, key, more);
      const again = await stack.api.post(SEND, message(text, { parse_mode }), { 'Idempotency-Key': key });
      expect([again.status, again.body.job_id]).toEqual([200, jobId]);
      const other = await stack.api.post(SEND, message(`${text}!`, { parse_mode }), {
        'Idempotency-Key': key,
      });
      expect(other.status).toBe(422);
    });
  });

  test('under one key, the original text tells requests apart', async () => {
    const key = { 'Idempotency-Key': 'given' };
    const first = await stack.api.post(SEND, message('a\r\nb'), key);
    expect((await stack.api.post(SEND, message('a\r\nb'), key)).body.job_id).toBe(first.body.job_id);
    expect((await stack.api.post(SEND, message('a\nb'), key)).status).toBe(422);
  });

  describe('half a surrogate pair from a model', () => {
    test.each([
      [['a\ud83d', '\udc4bb'], 'a👋b', undefined],
      [['a\ud83d', 'b'], 'a\ufffdb', 1],
      [['a\udc4b\udc4b'], 'a\ufffd\ufffd', 2],
      [['a\ud83d'], 'a\ufffd', 1],
    ])('%j becomes %j', async (pieces, whole, replaced) => {
      model.script = (response) => {
        begin(response);
        for (const content of pieces) response.write(chunk({ content }));
        response.end(END);
      };
      const events = await reply({ messages: [{ role: 'user', content: 'x' }] });
      const deltas = events.filter(({ event }) => event === 'delta').map(({ data }) => data['text']);
      expect(deltas.join('')).toBe(whole);
      for (const delta of deltas) expect(String(delta).isWellFormed()).toBe(true);
      const { data } = events.find(({ event }) => event === 'message') ?? {};
      expect([data?.['content'], data?.['replaced_characters']]).toEqual([whole, replaced]);
      expect((await latest()).text).toBe(whole);
    });
  });

  async function reply(body: object) {
    const answer = await fetch(`${stack.api.url}/message_stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user_id: 'alice', recipient_id: String(bob), send_to_telegram: true, ...body }),
    });
    return readEvents(await answer.text());
  }
});
