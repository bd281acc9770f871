import type { Assistant, ChatRequest, ReplyFinish, ReplyPart } from '@gateway/assistant';
import { GatewayError, messageStreamRequestSchema } from '@gateway/contracts';
import { parseSettings } from '@gateway/runtime';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { digestOfRequest } from '../message-stream/repeat.ts';
import { FAILED, JOB, JOB_ID, SENT } from '../testing/fake-producer.ts';
import { readEvents } from '../testing/read-events.ts';
import { testApi, type TestRequest } from '../testing/test-api.ts';
import { hold, READY } from '../testing/views.ts';

const PATH = '/message_stream';
const ASKED = { user_id: 'user1', messages: [{ role: 'user', content: 'hello' }] };
const SENDING = { ...ASKED, send_to_telegram: true, recipient_id: '987654321' };

/** Says these pieces and ends; an error among them is thrown. */
class Says implements Assistant {
  readonly asked: ChatRequest[] = [];
  signal: AbortSignal | undefined;
  finish: ReplyFinish = 'stop';
  onPiece: (index: number) => void | Promise<void> = () => {};
  readonly #pieces: readonly (string | Error)[];

  constructor(...pieces: (string | Error)[]) {
    this.#pieces = pieces;
  }

  async *stream(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ReplyPart> {
    this.asked.push(request);
    this.signal = signal;
    for (const [index, piece] of this.#pieces.entries()) {
      if (piece instanceof Error) throw piece;
      yield { text: piece };
      await this.onPiece(index);
    }
    yield { finish: this.finish };
  }
}

function apiWith(assistant: Assistant | null, settings: Parameters<typeof testApi>[0] = {}) {
  const api = testApi(settings, assistant);
  const stream = async (
    body: object,
    { headers = {}, signal }: Pick<TestRequest, 'headers' | 'signal'> = {},
  ) => {
    const response = await api.request(PATH, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      ...(signal !== undefined && { signal }),
    });
    const text = await response.text();
    const events = readEvents(text).map(({ event, data }) => [event, data]);
    return { response, text, events };
  };
  return { ...api, stream };
}

const DONE = ['done', { request_id: expect.any(String) }];
const QUEUED = ['telegram', { state: 'queued', job_id: JOB_ID }];

describe('a reply', () => {
  test('is told as it is written, then whole', async () => {
    const { stream, producer } = apiWith(new Says('Hel', 'lo!'));
    const { response, events } = await stream(ASKED);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(events).toEqual([
      ['delta', { text: 'Hel' }],
      ['delta', { text: 'lo!' }],
      ['message', { role: 'assistant', content: 'Hello!', finish_reason: 'stop' }],
      DONE,
    ]);
    expect(producer.sent).toEqual([]);
  });

  test('is sent once it is whole, its Markdown as formatting', async () => {
    const { stream, producer } = apiWith(new Says('**Hi** ', '👋'));
    producer.jobs.set(JOB_ID, SENT);
    producer.onWait = () => ({ end: 'finished' });
    const { events } = await stream(SENDING);
    expect(events.slice(-3)).toEqual([
      QUEUED,
      ['telegram', { state: 'completed', job_id: JOB_ID, message_id: 123, date: '2024-01-15T12:00:00Z' }],
      DONE,
    ]);
    expect(producer.sent).toMatchObject([
      {
        data: {
          userId: 'user1',
          recipient: '987654321',
          text: 'Hi 👋',
          entities: [{ type: 'bold', offset: 0, length: 2 }],
        },
      },
    ]);
    expect(producer.openWaits).toBe(0);
  });

  test('that is there already is told and sent with no model', async () => {
    const { stream, producer } = apiWith(null);
    const messages = [...ASKED.messages, { role: 'assistant', content: 'as it is' }];
    const { events } = await stream({ ...SENDING, messages });
    expect(events.slice(0, 4)).toEqual([
      ['delta', { text: 'as ' }],
      ['delta', { text: 'it ' }],
      ['delta', { text: 'is' }],
      ['message', { role: 'assistant', content: 'as it is' }],
    ]);
    expect(producer.sent).toMatchObject([{ data: { text: 'as it is' } }]);
  });

  test('may have content in parts', async () => {
    const { stream } = apiWith(null);
    const content = [{ type: 'text', text: 'one' }, { type: 'image_url' }, { type: 'text', text: ' two' }];
    const { events } = await stream({ ...ASKED, messages: [{ role: 'assistant', content }] });
    expect(events.at(-2)).toEqual(['message', { role: 'assistant', content: 'one two' }]);
  });

  test('is asked for with the fields that are the assistant’s', async () => {
    const assistant = new Says('x');
    await apiWith(assistant).stream({ ...SENDING, temperature: 0.5, model: 'other' });
    expect(assistant.asked).toEqual([
      { messages: ASKED.messages, extra: { temperature: 0.5, model: 'other' } },
    ]);
  });

  test('that is too long for one message is cut', async () => {
    const { stream, producer } = apiWith(new Says('word '.repeat(1_500)));
    await stream(SENDING);
    expect(producer.sent[0]?.data['cuts']).toHaveLength(1);
  });

  test('that is sent by the bot goes out from its account', async () => {
    const { stream, producer } = apiWith(new Says('x'), {
      TELEGRAM_BOT_TOKEN: '123456:AAbbCCddEEffGGhhIIjjKK',
    });
    await stream({ ...SENDING, send_as_user: false });
    expect(producer.sent[0]?.data['userId']).toBe('bot.123456');
  });
});

test('a caller hears something while the assistant is silent', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const assistant = new Says('one ', 'two');
  assistant.onPiece = (index) => {
    if (index === 0) vi.advanceTimersByTime(30_000);
  };
  const { text } = await apiWith(assistant).stream(ASKED);
  expect(text).toMatch(/one.*(: still here\n\n){2}.*two/s);
});

describe('a reply that was cut', () => {
  const cut = (finish: ReplyFinish, ...pieces: string[]) => {
    const assistant = new Says(...pieces);
    assistant.finish = finish;
    return apiWith(assistant);
  };

  test.each([
    ['length', 'at the limit of its length'],
    ['content_filter', 'by a filter of content'],
  ] as const)('by %s is told, and is not sent', async (finish_reason, why) => {
    const { stream, producer } = cut(finish_reason, 'half');
    expect((await stream(SENDING)).events).toEqual([
      ['delta', { text: 'half' }],
      ['message', { role: 'assistant', content: 'half', finish_reason }],
      [
        'telegram',
        {
          state: 'failed',
          code: 'ASSISTANT_INCOMPLETE',
          kind: 'permanent',
          message: `The reply was cut ${why}, and was not sent.`,
          finish_reason,
        },
      ],
      DONE,
    ]);
    expect(producer.sent).toEqual([]);
  });

  test.each([false, undefined])('is not sent with send_if_cut: %s', async (send_if_cut) => {
    const { stream, producer } = cut('length', 'half');
    await stream({ ...SENDING, send_if_cut });
    expect(producer.sent).toEqual([]);
  });

  test('is sent where that is asked for, and the assistant is not told', async () => {
    const assistant = new Says('half');
    assistant.finish = 'length';
    const { stream, producer } = apiWith(assistant);
    const { events } = await stream({ ...SENDING, send_if_cut: true });
    expect(events.slice(1, 3)).toEqual([
      ['message', { role: 'assistant', content: 'half', finish_reason: 'length' }],
      QUEUED,
    ]);
    expect(producer.sent).toMatchObject([{ data: { text: 'half' } }]);
    expect(assistant.asked).toEqual([{ messages: ASKED.messages, extra: {} }]);
  });

  test('is only told where nothing is to be sent', async () => {
    const { stream } = cut('length', 'half');
    expect((await stream(ASKED)).events.slice(1)).toEqual([
      ['message', { role: 'assistant', content: 'half', finish_reason: 'length' }],
      DONE,
    ]);
  });

  test('before its first word is an error', async () => {
    const { stream, producer } = cut('length', ' ');
    expect((await stream({ ...SENDING, send_if_cut: true })).events.slice(-2)).toEqual([
      ['error', expect.objectContaining({ code: 'ASSISTANT_INCOMPLETE', finish_reason: 'length' })],
      DONE,
    ]);
    expect(producer.sent).toEqual([]);
  });
});

test('thoughts that only an end marks are in neither `message` nor what is sent', async () => {
  const { stream, producer } = apiWith(new Says('hm, so\n', '</think>\n\n', 'Answer'));
  const { events } = await stream(SENDING);
  expect(events[3]).toEqual(['message', { role: 'assistant', content: 'Answer', finish_reason: 'stop' }]);
  expect(producer.sent).toMatchObject([{ data: { text: 'Answer' } }]);
});

describe('how it goes out', () => {
  test('is told where it is held', async () => {
    const { stream, producer } = apiWith(new Says('x'));
    const flood = hold('FLOOD_WAIT', 600_000);
    producer.onWait = () => ({ end: 'held', hold: flood });
    const retry_at = new Date(flood.until).toISOString();
    expect((await stream(SENDING)).events.at(-2)).toEqual([
      'telegram',
      { state: 'delayed', job_id: JOB_ID, reason: 'FLOOD_WAIT', retry_at },
    ]);
  });

  test('is told as its account is when it is queued, not as it was before the reply was written', async () => {
    const assistant = new Says('x');
    const { stream, producer } = apiWith(assistant);
    const flood = hold('FLOOD_WAIT', 600_000);
    assistant.onPiece = () => {
      producer.view = { ...READY, hold: flood };
    };
    const retry_at = new Date(flood.until).toISOString();
    expect((await stream(SENDING)).events.at(-2)).toEqual([
      'telegram',
      { state: 'delayed', job_id: JOB_ID, reason: 'FLOOD_WAIT', retry_at },
    ]);
    expect(producer.waits).toEqual([]);

    assistant.onPiece = () => {
      producer.view = READY;
    };
    producer.jobs.set(JOB_ID, SENT);
    producer.onWait = () => ({ end: 'finished' });
    expect((await stream(SENDING)).events.at(-2)).toEqual([
      'telegram',
      expect.objectContaining({ state: 'completed', message_id: 123 }),
    ]);
  });

  test('of an earlier request is told as its account was when this one began', async () => {
    const { stream, producer } = apiWith(new Says('x'));
    const flood = hold('FLOOD_WAIT', 600_000);
    producer.view = { ...READY, hold: flood };
    const jobId = producer.sendJobId('user1', 'k');
    producer.jobs.set(jobId, { ...JOB, job_id: jobId });
    producer.asked = digestOfRequest(messageStreamRequestSchema.parse(SENDING));
    const { events } = await stream(SENDING, { headers: { 'idempotency-key': 'k' } });
    expect(events.at(-2)).toEqual([
      'telegram',
      expect.objectContaining({ state: 'delayed', job_id: jobId, reason: 'FLOOD_WAIT' }),
    ]);
    expect(producer.waits).toEqual([]);
  });

  test('is told where it failed', async () => {
    const { stream, producer } = apiWith(new Says('x'));
    producer.jobs.set(JOB_ID, FAILED);
    producer.onWait = () => ({ end: 'finished' });
    expect((await stream(SENDING)).events.slice(-2)).toEqual([
      [
        'telegram',
        {
          state: 'failed',
          job_id: JOB_ID,
          code: 'RECIPIENT_REFUSED',
          kind: 'permanent',
          rpc_error: 'USER_IS_BLOCKED',
          message: 'Telegram says no.',
        },
      ],
      DONE,
    ]);
  });

  test('is an error event where it could not be queued', async () => {
    const { stream, producer } = apiWith(new Says('x'));
    producer.away = { from: 'enqueue', error: new GatewayError('QUEUE_UNAVAILABLE') };
    expect((await stream(SENDING)).events.slice(-2)).toEqual([
      [
        'error',
        expect.objectContaining({
          status: 'error',
          code: 'QUEUE_UNAVAILABLE',
          request_id: expect.any(String),
        }),
      ],
      DONE,
    ]);
  });
});

describe('nothing is sent', () => {
  test.each([
    [new Says('half', new GatewayError('ASSISTANT_UNAVAILABLE')), 'ASSISTANT_UNAVAILABLE'],
    [new Says(), 'ASSISTANT_EMPTY'],
    [new Says(' \n'), 'ASSISTANT_EMPTY'],
    [new Says('x'.repeat(65_537)), 'ASSISTANT_REFUSED'],
    [new Says(new Error('a fault of ours')), 'INTERNAL'],
  ])('where the reply does not come: %#', async (assistant, code) => {
    const { stream, producer } = apiWith(assistant);
    const { events } = await stream(SENDING);
    expect(events.slice(-2)).toEqual([['error', expect.objectContaining({ code })], DONE]);
    expect(JSON.stringify(events)).not.toContain('a fault of ours');
    expect(producer.sent).toEqual([]);
  });

  test('where its account was signed out while the reply was written', async () => {
    const assistant = new Says('a reply');
    const { stream, producer } = apiWith(assistant);
    assistant.onPiece = () => {
      producer.view = { ...READY, state: 'revoked' };
    };
    const { events } = await stream(SENDING);
    expect(events.slice(-2)).toEqual([['error', expect.objectContaining({ code: 'NOT_AUTHORIZED' })], DONE]);
    expect(producer.sent).toEqual([]);
  });

  test('where the caller hangs up before the reply is whole, and the model is stopped', async () => {
    const assistant = new Says('one', 'two', 'three');
    const { stream, producer, logger } = apiWith(assistant);
    const logged = vi.spyOn(logger, 'info');
    const caller = new AbortController();
    assistant.onPiece = async (index) => {
      if (index !== 0) return;
      caller.abort();
      await vi.waitFor(() => expect(assistant.signal?.aborted).toBe(true), { timeout: 10_000 });
    };
    await expect(stream(SENDING, { signal: caller.signal })).rejects.toThrow();
    await vi.waitFor(
      () =>
        expect(logged).toHaveBeenCalledWith(
          expect.objectContaining({ code: 'ASSISTANT_UNAVAILABLE' }),
          'the assistant failed',
        ),
      { timeout: 10_000 },
    );
    expect(assistant.signal?.aborted).toBe(true);
    expect(producer.sent).toEqual([]);
  });

  test('where the process stops before the reply is whole', async () => {
    const assistant = new Says('one', 'two', 'three');
    const { stream, producer, stop } = apiWith(assistant);
    assistant.onPiece = () => stop.abort();
    expect((await stream(SENDING)).events.at(-2)).toEqual([
      'error',
      expect.objectContaining({ code: 'ASSISTANT_UNAVAILABLE' }),
    ]);
    expect(producer.sent).toEqual([]);
  });
});

test('a caller that hangs up when the reply is whole does not keep it from being sent, once', async () => {
  const assistant = new Says('whole');
  const { stream, producer } = apiWith(assistant);
  const caller = new AbortController();
  const { enqueue } = producer;
  producer.enqueue = async (...args) => {
    caller.abort();
    return enqueue.apply(producer, args);
  };
  // Only the hang-up ends the wait. It may come before the wait begins: then nothing waits at all.
  producer.onWait = (_ms, signal) =>
    new Promise((resolve) => {
      const end = () => resolve({ end: 'timeout' });
      if (signal?.aborted) end();
      else signal?.addEventListener('abort', end);
    });
  await expect(stream(SENDING, { signal: caller.signal })).rejects.toThrow();
  await vi.waitFor(() => expect(producer.sent).toHaveLength(1), { timeout: 10_000 });
  await vi.waitFor(() => expect(producer.openWaits).toBe(0), { timeout: 10_000 });
  expect(producer.sent).toHaveLength(1);
});

test('a caller that hangs up between the last word and the end of the reply does not keep it from being sent', async () => {
  const assistant = new Says('whole');
  const { stream, producer } = apiWith(assistant);
  const caller = new AbortController();
  assistant.onPiece = async () => {
    caller.abort();
    await vi.waitFor(() => expect(assistant.signal?.aborted).toBe(true), { timeout: 10_000 });
  };
  await expect(stream(SENDING, { signal: caller.signal })).rejects.toThrow();
  await vi.waitFor(() => expect(producer.sent).toHaveLength(1), { timeout: 10_000 });
});

describe('Idempotency-Key', () => {
  const headers = { 'idempotency-key': 'k' };

  test('goes with the message', async () => {
    const { stream, producer } = apiWith(new Says('x'));
    await stream(SENDING, { headers });
    expect(producer.sent[0]?.key?.idempotencyKey).toBe('k');
  });

  test('of a reply that is queued already asks for no other', async () => {
    const assistant = new Says('x');
    const { stream, producer } = apiWith(assistant);
    const jobId = producer.sendJobId('user1', 'k');
    producer.jobs.set(jobId, { ...SENT, job_id: jobId });
    producer.asked = digestOfRequest(messageStreamRequestSchema.parse(SENDING));
    expect((await stream(SENDING, { headers })).events).toEqual([
      ['telegram', { state: 'queued', job_id: jobId }],
      ['telegram', expect.objectContaining({ state: 'completed', message_id: 123 })],
      DONE,
    ]);
    expect(assistant.asked).toEqual([]);
    expect(producer.sent).toEqual([]);
  });
});

describe('before the stream begins', () => {
  test.each([
    [{ messages: [] }, 'messages'],
    [{ messages: [{ content: 'x' }] }, 'messages.0.role'],
    [{ messages: [{ role: 'user', content: 5 }] }, 'messages.0.content'],
    [{ messages: [{ role: 'assistant', content: ' ' }] }, 'messages.0.content'],
    [{ recipient_id: undefined }, 'recipient_id'],
    [{ recipient_id: 'no one!' }, 'recipient_id'],
    [{ user_id: '..' }, 'user_id'],
    [{ send_to_telegram: 'yes' }, 'send_to_telegram'],
  ])('%j is a 400 that names it', async (fields, path) => {
    const { call } = apiWith(new Says('x'));
    expect(await call(PATH, { body: { ...SENDING, ...fields } })).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION', issues: [{ path }] },
    });
  });

  test('no assistant is a 503, no bot a 400, an account that is not signed in a 401', async () => {
    const without = apiWith(null);
    expect(await without.call(PATH, { body: ASKED })).toMatchObject({
      status: 503,
      body: { code: 'ASSISTANT_NOT_CONFIGURED' },
    });
    const { call, producer } = apiWith(new Says('x'));
    expect(await call(PATH, { body: { ...SENDING, send_as_user: false } })).toMatchObject({
      status: 400,
      body: { code: 'BOT_NOT_CONFIGURED' },
    });
    producer.view = { ...READY, state: 'none' };
    expect(await call(PATH, { body: SENDING })).toMatchObject({
      status: 401,
      body: { code: 'NOT_AUTHORIZED' },
    });
    expect((await apiWith(new Says('x')).stream(ASKED)).response.status).toBe(200);
  });

  test('a key is refused an account that is not its own', async () => {
    const { call } = apiWith(new Says('x'), parseSettings({ API_KEYS: 'k:user2' }));
    expect(await call(PATH, { body: SENDING })).toMatchObject({ status: 401 });
    expect(await call(PATH, { body: SENDING, headers: { 'x-api-key': 'k' } })).toMatchObject({ status: 403 });
  });

  test.each([
    ['user1', true],
    ['user2', false],
    ['user1>987654321', true],
    ['user1>@bob', false],
    ['user2,*>987654321', true],
  ])('ASSISTANT_ALLOW=%s lets it write: %s', async (allow, isAllowed) => {
    const { ASSISTANT_ALLOW } = parseSettings({ ASSISTANT_ALLOW: allow });
    const { stream, producer } = apiWith(new Says('x'), { ASSISTANT_ALLOW });
    const { response } = await stream(SENDING).catch(() => ({ response: undefined }));
    if (isAllowed) expect(response?.status).toBe(200);
    expect(producer.sent).toHaveLength(isAllowed ? 1 : 0);
  });

  test('a recipient counts by whom it names, not by how it is written', async () => {
    const { ASSISTANT_ALLOW } = parseSettings({ ASSISTANT_ALLOW: 'user1>https://t.me/Bob' });
    const { stream, producer } = apiWith(new Says('x'), { ASSISTANT_ALLOW });
    await stream({ ...SENDING, recipient_id: '@bob' });
    expect(producer.sent).toHaveLength(1);
    const { call } = apiWith(new Says('x'), { ASSISTANT_ALLOW });
    expect(await call(PATH, { body: SENDING })).toMatchObject({
      status: 403,
      body: { code: 'ASSISTANT_FORBIDDEN' },
    });
  });
});

test('a job that still waits when the stream ends is told as it stands', async () => {
  const { stream, producer } = apiWith(new Says('x'));
  producer.jobs.set(JOB_ID, JOB);
  expect((await stream(SENDING)).events.at(-2)).toEqual(['telegram', { state: 'waiting', job_id: JOB_ID }]);
});
