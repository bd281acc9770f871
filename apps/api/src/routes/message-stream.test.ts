import type { Assistant, ChatRequest, ReplyFinish, ReplyPart } from '@gateway/assistant';
import { MAX_TEXT_LENGTH, type AccountView } from '@gateway/contracts';
import { parseSettings, type Settings } from '@gateway/runtime';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { REFUSED, SENT } from '../testing/a-send.ts';
import { openWaits } from '../testing/open-waits.ts';
import { readEvents } from '../testing/read-events.ts';
import { useRealQueues } from '../testing/real-queues.ts';
import type { TestRequest } from '../testing/test-api.ts';
import { hold, READY } from '../testing/views.ts';

const PATH = '/message_stream';
const BOB = '987654321';

const queues = useRealQueues();

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

interface Options {
  view?: AccountView;
  settings?: Partial<Settings>;
}

/** A new account that asks this assistant. */
async function asking(assistant: Assistant | null, { view = READY, settings = {} }: Options = {}) {
  const { owner, producer } = queues;
  const userId = await owner.newAccount(view);
  const { request, call, stop } = queues.api(settings, assistant);
  const asked = { user_id: userId, messages: [{ role: 'user', content: 'hello' }] };
  const sending = { ...asked, send_to_telegram: true, recipient_id: BOB };
  const stream = async (
    body: object,
    { headers = {}, signal }: Pick<TestRequest, 'headers' | 'signal'> = {},
  ) => {
    const response = await request(PATH, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      ...(signal !== undefined && { signal }),
    });
    return readEvents(await response.text()).map(({ event, data }) => [event, data]);
  };
  return {
    asked,
    sending,
    stream,
    call,
    stop,
    show: (shown: AccountView) => owner.show(userId, shown),
    fetch: () => owner.fetch(userId),
    waiting: async () => (await producer.pending(userId)).waiting,
  };
}

/** The data of the job that its worker fetches, and the events once it has been sent. */
async function sent(
  { fetch }: Pick<Awaited<ReturnType<typeof asking>>, 'fetch'>,
  events: Promise<unknown[]>,
) {
  const job = await fetch();
  await job.complete(SENT);
  return { data: job.data, jobId: job.jobId, events: await events };
}

const DONE = ['done', { request_id: expect.any(String) }];
const QUEUED = ['telegram', { state: 'queued', job_id: expect.any(String) }];

test('the bot sends only for a key that may use its account', async () => {
  const userId = await queues.owner.newAccount(READY);
  const settings = parseSettings({
    API_KEYS: `both:${userId},both:bot.700900,one:${userId}`,
    TELEGRAM_BOT_TOKEN: '700900:AAEhBOweik9ai3KJNlqP0aMiZDhvtdJCGCk',
  });
  const { call } = queues.api(settings);
  const answerTo = async (key: string) => {
    const messages = [{ role: 'assistant', content: 'Hello' }];
    const by = { send_to_telegram: true, send_as_user: false, recipient_id: BOB };
    const { body } = await call(PATH, {
      body: { user_id: userId, messages, ...by },
      headers: { authorization: `Bearer ${key}` },
    });
    return body['code'];
  };
  expect(await answerTo('one')).toBe('FORBIDDEN');
  // The bot is not signed in.
  expect(await answerTo('both')).toBe('NOT_AUTHORIZED');
});

describe('a reply', () => {
  test('that is not to be sent is told, then whole', async () => {
    const { stream, asked, waiting } = await asking(new Says('Hel', 'lo!'));
    expect(await stream(asked)).toEqual([
      ['delta', { text: 'Hel' }],
      ['delta', { text: 'lo!' }],
      ['message', { role: 'assistant', content: 'Hello!', finish_reason: 'stop' }],
      DONE,
    ]);
    expect(await waiting()).toBe(0);
  });

  test('that is there already may have content in parts, and is told word by word', async () => {
    const { stream, asked } = await asking(null);
    const content = [{ type: 'text', text: 'one' }, { type: 'image_url' }, { type: 'text', text: ' two' }];
    expect(await stream({ ...asked, messages: [{ role: 'assistant', content }] })).toEqual([
      ['delta', { text: 'one ' }],
      ['delta', { text: 'two' }],
      ['message', { role: 'assistant', content: 'one two' }],
      DONE,
    ]);
  });

  test('that is too long for one message is cut', async () => {
    const account = await asking(new Says('word '.repeat(1_500)));
    const { data } = await sent(account, account.stream(account.sending));
    expect(data).toMatchObject({ cuts: [expect.any(Number)] });
  });

  test('neither streams nor sends thoughts whose beginning is not marked', async () => {
    const account = await asking(new Says('hm, so\n', '</think>\n\n', 'Answer'));
    const { data, events } = await sent(account, account.stream(account.sending));
    expect(events[3]).toEqual(['message', { role: 'assistant', content: 'Answer', finish_reason: 'stop' }]);
    expect(data).toMatchObject({ text: 'Answer' });
  });
});

test('a caller hears something while the assistant is silent', async () => {
  const assistant = new Says('one ', 'two');
  const { request } = queues.api({}, assistant);
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  assistant.onPiece = (index) => {
    if (index === 0) vi.advanceTimersByTime(30_000);
  };
  const answer = await request(PATH, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: 'user1', messages: [{ role: 'user', content: 'hello' }] }),
  });
  expect(await answer.text()).toMatch(/one.*(: still here\n\n){2}.*two/s);
});

describe('a reply that was cut', () => {
  const cut = (finish: ReplyFinish, ...pieces: string[]) => {
    const assistant = new Says(...pieces);
    assistant.finish = finish;
    return asking(assistant);
  };

  test.each([
    ['length', 'at the limit of its length'],
    ['content_filter', 'by a filter of content'],
  ] as const)('by %s is told, and is not sent', async (finish_reason, why) => {
    const { stream, sending, waiting } = await cut(finish_reason, 'half');
    expect(await stream({ ...sending, send_if_cut: false })).toEqual([
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
    expect(await waiting()).toBe(0);
  });

  test('is only told where nothing is to be sent', async () => {
    const { stream, asked } = await cut('length', 'half');
    expect((await stream(asked)).slice(1)).toEqual([
      ['message', { role: 'assistant', content: 'half', finish_reason: 'length' }],
      DONE,
    ]);
  });

  test('before its first word is an error', async () => {
    const { stream, sending, waiting } = await cut('length', ' ');
    expect((await stream({ ...sending, send_if_cut: true })).slice(-2)).toEqual([
      ['error', expect.objectContaining({ code: 'ASSISTANT_INCOMPLETE', finish_reason: 'length' })],
      DONE,
    ]);
    expect(await waiting()).toBe(0);
  });
});

describe('how it goes out', () => {
  const flood = hold('FLOOD_WAIT', 600_000);
  const held = [
    'telegram',
    expect.objectContaining({
      state: 'delayed',
      reason: 'FLOOD_WAIT',
      retry_at: new Date(flood.until).toISOString(),
    }),
  ];

  test('is told as its account is when it is queued, not as it was before the reply was written', async () => {
    const assistant = new Says('x');
    const account = await asking(assistant);
    assistant.onPiece = () => account.show({ ...READY, hold: flood });
    expect((await account.stream(account.sending)).at(-2)).toEqual(held);
    expect(await account.waiting()).toBe(1);
    await (await account.fetch()).fail(REFUSED);

    assistant.onPiece = () => account.show(READY);
    const { events, jobId } = await sent(account, account.stream(account.sending));
    expect(events.at(-2)).toEqual(['telegram', { state: 'completed', job_id: jobId, ...SENT }]);
  });

  test('of an earlier request is told as its account was when this one began', async () => {
    const assistant = new Says('x');
    const { stream, sending } = await asking(assistant, { view: { ...READY, hold: flood } });
    const headers = { 'idempotency-key': 'k' };
    const [first] = (await stream(sending, { headers })).slice(-2);
    expect(first).toEqual(held);
    expect((await stream(sending, { headers })).slice(0, 2)).toEqual([QUEUED, first]);
    expect(assistant.asked).toHaveLength(1);
  });

  test('is told where it failed, and nothing waits for it any more', async () => {
    const open = openWaits(queues.producer);
    const { stream, sending, fetch } = await asking(new Says('x'));
    const events = stream(sending);
    const job = await fetch();
    await job.fail(REFUSED);
    expect((await events).slice(-2)).toEqual([
      [
        'telegram',
        {
          state: 'failed',
          job_id: job.jobId,
          code: 'RECIPIENT_REFUSED',
          kind: 'permanent',
          rpc_error: 'USER_IS_BLOCKED',
          message: 'Telegram says no.',
        },
      ],
      DONE,
    ]);
    expect(open()).toBe(0);
  });

  test('is told as it stands where the stream ends first', async () => {
    const { stream, sending, waiting, stop } = await asking(new Says('x'));
    const events = stream(sending);
    await expect.poll(waiting).toBe(1);
    stop.abort();
    expect((await events).at(-2)).toEqual(['telegram', { state: 'waiting', job_id: expect.any(String) }]);
  });
});

describe('nothing is sent', () => {
  test.each([
    [new Says('x'.repeat(MAX_TEXT_LENGTH + 1)), 'ASSISTANT_REFUSED'],
    [new Says(new Error('a fault of this code')), 'INTERNAL'],
  ])('where the reply does not come: %#', async (assistant, code) => {
    const { stream, sending, waiting } = await asking(assistant);
    const events = await stream(sending);
    expect(events.slice(-2)).toEqual([['error', expect.objectContaining({ code })], DONE]);
    expect(JSON.stringify(events)).not.toContain('a fault of this code');
    expect(await waiting()).toBe(0);
  });

  test('where its account was signed out while the reply was written', async () => {
    const assistant = new Says('a reply');
    const { stream, sending, show, waiting } = await asking(assistant);
    assistant.onPiece = () => show({ ...READY, state: 'revoked' });
    expect((await stream(sending)).slice(-2)).toEqual([
      ['error', expect.objectContaining({ code: 'NOT_AUTHORIZED' })],
      DONE,
    ]);
    expect(await waiting()).toBe(0);
  });

  test('where the process stops before the reply is whole', async () => {
    const assistant = new Says('one', 'two', 'three');
    const { stream, sending, stop, waiting } = await asking(assistant);
    assistant.onPiece = () => stop.abort();
    expect((await stream(sending)).at(-2)).toEqual([
      'error',
      expect.objectContaining({ code: 'ASSISTANT_UNAVAILABLE' }),
    ]);
    expect(await waiting()).toBe(0);
  });
});

test('a caller that hangs up between the last word and the end of the reply does not keep it from being sent', async () => {
  const assistant = new Says('whole');
  const { stream, sending, fetch } = await asking(assistant);
  const caller = new AbortController();
  assistant.onPiece = async () => {
    caller.abort();
    await vi.waitFor(() => expect(assistant.signal?.aborted).toBe(true), { timeout: 10_000 });
  };
  await expect(stream(sending, { signal: caller.signal })).rejects.toThrow();
  expect((await fetch()).data).toMatchObject({ text: 'whole' });
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
    const { call, sending } = await asking(new Says('x'));
    expect(await call(PATH, { body: { ...sending, ...fields } })).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION', issues: [{ path }] },
    });
  });

  test('an account that is not signed in is a 401 where the reply is to be sent', async () => {
    const { call, stream, sending, asked } = await asking(new Says('x'), {
      view: { ...READY, state: 'none' },
    });
    expect(await call(PATH, { body: sending })).toMatchObject({
      status: 401,
      body: { code: 'NOT_AUTHORIZED' },
    });
    expect((await stream(asked)).at(-1)).toEqual(DONE);
  });

  test('a key is refused an account that is not its own', async () => {
    const { API_KEYS } = parseSettings({ API_KEYS: 'k:user2' });
    const { call, sending } = await asking(new Says('x'), { settings: { API_KEYS } });
    expect(await call(PATH, { body: sending })).toMatchObject({ status: 401 });
    expect(await call(PATH, { body: sending, headers: { 'x-api-key': 'k' } })).toMatchObject({ status: 403 });
  });

  test.each([
    ['USER', BOB, true],
    ['user2', BOB, false],
    [`USER>${BOB}`, BOB, true],
    ['USER>@bob', BOB, false],
    [`user2,*>${BOB}`, BOB, true],
    // Counts by whom it names, not by how it is written.
    ['USER>https://t.me/Bob', '@bob', true],
    ['USER>https://t.me/Bob', BOB, false],
  ])('with ASSISTANT_ALLOW=%s it may write to %s: %s', async (allow, recipient_id, isAllowed) => {
    const assistant = new Says('x');
    const account = await asking(assistant);
    const body = { ...account.sending, recipient_id };
    const { ASSISTANT_ALLOW } = parseSettings({ ASSISTANT_ALLOW: allow.replace('USER', body.user_id) });
    const { call, request } = queues.api({ ASSISTANT_ALLOW }, assistant);
    if (!isAllowed) {
      expect(await call(PATH, { body })).toMatchObject({
        status: 403,
        body: { code: 'ASSISTANT_FORBIDDEN' },
      });
      return;
    }
    const headers = { 'content-type': 'application/json' };
    const answer = request(PATH, { method: 'POST', headers, body: JSON.stringify(body) });
    const { data } = await sent(
      account,
      answer.then(async (response) => readEvents(await response.text())),
    );
    expect(data).toMatchObject({ recipient: recipient_id });
  });
});
