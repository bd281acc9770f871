import { once } from 'node:events';
import { begin, chunk, ChatServer, END, reply } from '@gateway/assistant/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readEvents } from '../../apps/api/src/testing/read-events.ts';
import { Stack } from '../env/stack.ts';

const BOT_TOKEN = '700900:AAbbCCddEEffGGhhIIjjKKllMMnn';
const PATH = '/message_stream';

describe('Assistant', () => {
  let model: ChatServer;
  let stack: Stack;
  let alice: number;
  let bob: number;
  let user123: number;
  beforeAll(async () => {
    model = await ChatServer.start();
    stack = await Stack.start({
      ASSISTANT_BASE_URL: model.baseUrl,
      ASSISTANT_MODEL: 'test-model',
      ASSISTANT_API_KEY: 'assistant-key',
      TELEGRAM_BOT_TOKEN: BOT_TOKEN,
      ASSISTANT_ALLOW: 'alice,user123,bot.700900',
      ASSISTANT_IDLE_TIMEOUT: '3s',
    });
    alice = await stack.signIn('alice', '+9996627201');
    bob = await stack.signIn('bob', '+9996627202');
    user123 = await stack.signIn('user123', '+9996627203');
    for (const id of [alice, user123]) await stack.control.addContacts(id, [bob]);
  });
  beforeEach(async () => {
    await stack.control.clearFaults();
    model.calls.length = 0;
    model.script = reply('Привет! **Готово** 👋');
  });
  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
  });

  const ask = (more: object = {}) => ({
    user_id: 'alice',
    send_to_telegram: true,
    send_as_user: true,
    recipient_id: String(bob),
    messages: [{ role: 'user', content: 'hello' }],
    ...more,
  });
  const post = (body: object, init: RequestInit = {}) =>
    fetch(stack.api.url + PATH, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...init,
    });
  const stream = async (body: object) =>
    readEvents(await (await post(body)).text()).map(({ event, data }) => [event, data]);
  const sent = (from = alice) => stack.control.messages({ from, to: bob });

  test("the original document's payload ends with the message at the recipient", async () => {
    const events = await stream({
      user_id: 'user123',
      send_to_telegram: true,
      send_as_user: true,
      recipient_id: String(bob),
      messages: [{ role: 'user', content: '…' }],
    });
    expect(events.map(([event]) => event)).toEqual([
      'delta',
      'delta',
      'delta',
      'message',
      'telegram',
      'telegram',
      'done',
    ]);
    expect((await sent(user123)).map(({ text }) => text)).toEqual(['Привет! Готово 👋']);
  });

  test('`delta`, `message`, `telegram` queued, `telegram` completed, `done`; Markdown of the model becomes formatting', async () => {
    const events = await stream(ask());
    const [message] = (await sent()).slice(-1);
    expect(events).toEqual([
      ['delta', { text: 'Привет! ' }],
      ['delta', { text: '**Готово** ' }],
      ['delta', { text: '👋' }],
      ['message', { role: 'assistant', content: 'Привет! **Готово** 👋', finish_reason: 'stop' }],
      ['telegram', { state: 'queued', job_id: expect.any(String) }],
      [
        'telegram',
        { state: 'completed', job_id: expect.any(String), message_id: message?.id, date: message?.date },
      ],
      ['done', { request_id: expect.any(String) }],
    ]);
    expect(message).toMatchObject({
      text: 'Привет! Готово 👋',
      entities: [{ type: 'bold', offset: 8, length: 6 }],
    });
    expect(model.calls).toMatchObject([
      { authorization: 'Bearer assistant-key', body: { model: 'test-model' } },
    ]);
  });

  test('an answer is read correctly however its stream is split', async () => {
    model.script = async (response) => {
      begin(response);
      for (const byte of Buffer.from(chunk({ content: 'по байту 👋' }) + END))
        if (!response.write(Buffer.from([byte]))) await once(response, 'drain');
      response.end();
    };
    await stream(ask());
    expect((await sent()).at(-1)?.text).toBe('по байту 👋');
  });

  test('`role: assistant` as the last message is streamed and sent as it is, with no model called', async () => {
    const messages = [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: 'written by hand' },
    ];
    await stream(ask({ messages }));
    expect((await sent()).at(-1)?.text).toBe('written by hand');
    expect(model.calls).toEqual([]);
  });

  test('unknown fields are passed on to the assistant', async () => {
    await stream(ask({ temperature: 0.1, metadata: { a: 1 } }));
    expect(model.calls[0]?.body).toMatchObject({ temperature: 0.1, metadata: { a: 1 } });
    expect(model.calls[0]?.body).not.toHaveProperty('recipient_id');
  });

  test('`delayed` with its reason; the message is sent afterwards', async () => {
    await stack.control.fault({
      user_id: user123,
      method: 'messages.sendMessage',
      error: 'FLOOD_WAIT_90',
      times: 1,
    });
    const events = await stream(
      ask({ user_id: 'user123', messages: [{ role: 'assistant', content: 'held' }] }),
    );
    expect(events.at(-2)).toEqual([
      'telegram',
      {
        state: 'delayed',
        job_id: expect.any(String),
        code: 'FLOOD_WAIT',
        reason: 'FLOOD_WAIT',
        retry_at: expect.any(String),
      },
    ]);
    await stack.api.request('DELETE', `/jobs/${events.at(-2)?.[1].job_id}`, undefined, {});
  });

  test('a model that closes its stream early is an `error` event with a code, and nothing is sent', async () => {
    const before = await sent();
    model.script = (response) => {
      begin(response);
      response.write(chunk({ content: 'half' }), () => response.destroy());
    };
    const events = await stream(ask());
    expect(events.slice(-2)).toEqual([
      [
        'error',
        expect.objectContaining({ status: 'error', code: 'ASSISTANT_UNAVAILABLE', kind: 'retryable' }),
      ],
      ['done', expect.anything()],
    ]);
    expect(await sent()).toEqual(before);
  });

  test.each<[string, string, string]>([
    [
      'empty reasons, then the end',
      chunk({ content: 'half' }, '') + chunk({ content: '!' }, ''),
      'ASSISTANT_UNAVAILABLE',
    ],
    [
      'the reason “error”',
      `${chunk({ content: 'half' })}${chunk({}, 'error')}data: [DONE]\n\n`,
      'ASSISTANT_UNAVAILABLE',
    ],
    [
      'an error in the stream',
      `${chunk({ content: 'half' })}data: {"error":{"message":"Overloaded"}}\n\n`,
      'ASSISTANT_UNAVAILABLE',
    ],
    [
      'a rate limit in the stream',
      'data: {"error":{"code":429,"message":"slow down"}}\n\n',
      'ASSISTANT_RATE_LIMITED',
    ],
    ['a refusal', chunk({ refusal: 'I cannot do that.' }) + END, 'ASSISTANT_DECLINED'],
    [
      'a tool call',
      chunk({ tool_calls: [{ function: { name: 'f' } }] }) + chunk({}, 'tool_calls'),
      'ASSISTANT_TOOL_CALL',
    ],
    ['an HTML page', '<html></html>', 'ASSISTANT_BAD_RESPONSE'],
    ['nothing but a thought', chunk({ content: '<think>hm</think>' }) + END, 'ASSISTANT_EMPTY'],
  ])('%s: an `error` event names the cause, and nothing is sent', async (_what, body, code) => {
    const before = await sent();
    model.script = (response) => {
      begin(response);
      response.end(body);
    };
    const events = await stream(ask());
    expect(events.slice(-2)).toEqual([
      ['error', expect.objectContaining({ status: 'error', code })],
      ['done', expect.anything()],
    ]);
    if (code === 'ASSISTANT_DECLINED') expect(events.at(-2)?.[1].refusal).toBe('I cannot do that.');
    expect(await sent()).toEqual(before);
  });

  test('a truncated reply is sent only with `send_if_cut`', async () => {
    const before = await sent();
    model.script = (response) => {
      begin(response);
      response.end(`${chunk({ content: 'cut off' })}${chunk({}, 'length')}data: [DONE]\n\n`);
    };
    const events = await stream(ask());
    expect(events.slice(-3)).toMatchObject([
      ['message', { content: 'cut off', finish_reason: 'length' }],
      ['telegram', { state: 'failed', code: 'ASSISTANT_INCOMPLETE', kind: 'permanent' }],
      ['done', {}],
    ]);
    expect(await sent()).toEqual(before);
    const asked = await stream(ask({ send_if_cut: true }));
    expect(asked.at(-2)).toMatchObject(['telegram', { state: 'completed' }]);
    expect((await sent()).at(-1)?.text).toBe('cut off');
    expect(model.calls.at(-1)?.body).not.toHaveProperty('send_if_cut');
  });

  test('parts of text are joined, and no event contains thoughts', async () => {
    model.script = (response) => {
      begin(response);
      response.write(chunk({ content: '<think>secret</th' }));
      response.write(chunk({ content: 'ink>\n\nThe ' }));
      response.write(chunk({ reasoning_content: 'secret' }));
      response.write(
        chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'secret' }] }] }),
      );
      response.end(chunk({ content: [{ type: 'text', text: 'answer' }] }) + END);
    };
    const events = await stream(ask());
    expect(JSON.stringify(events)).not.toContain('secret');
    expect(events.at(-2)).toMatchObject(['telegram', { state: 'completed' }]);
    expect((await sent()).at(-1)?.text).toBe('The answer');
  });

  test('a connection that stays open after the reply delays nothing', async () => {
    model.script = (response) => {
      begin(response);
      response.write(chunk({ content: 'all said' }) + chunk({}, 'stop'));
    };
    expect((await stream(ask())).at(-2)).toMatchObject(['telegram', { state: 'completed' }]);
    expect((await sent()).at(-1)?.text).toBe('all said');
  });

  test('thinking may take longer than ASSISTANT_IDLE_TIMEOUT, silence may not', async () => {
    model.script = (response, body) => {
      begin(response);
      if (JSON.stringify(body).includes('silent')) return;
      let left = 10;
      const timer = setInterval(() => {
        left -= 1;
        response.write(left % 2 === 0 ? ': still thinking\n\n' : chunk({ reasoning_content: 'hm' }));
        if (left > 0) return;
        clearInterval(timer);
        response.end(chunk({ content: 'thought over' }) + END);
      }, 400);
    };
    const [thinking, silent] = await Promise.all([
      stream(ask()),
      stream(ask({ messages: [{ role: 'user', content: 'silent' }] })),
    ]);
    expect(thinking.at(-2)).toMatchObject(['telegram', { state: 'completed' }]);
    expect(silent.at(-2)).toMatchObject(['error', { code: 'ASSISTANT_TIMEOUT' }]);
  });

  test('a caller that disconnects stops the model, and nothing is sent', async () => {
    const before = await sent();
    model.script = (response) => {
      begin(response);
      response.write(chunk({ content: 'half ' }));
    };
    const caller = new AbortController();
    const response = await post(ask(), { signal: caller.signal });
    await response.body?.getReader().read();
    caller.abort();
    await model.calls[0]?.closed;
    expect(await sent()).toEqual(before);
  });

  test('a reply is enqueued even if the caller hangs up after the model finished, once', async () => {
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', delay_ms: 1_500 });
    const caller = new AbortController();
    const response = await post(ask({ messages: [{ role: 'assistant', content: 'hung up' }] }), {
      signal: caller.signal,
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ''; !text.includes('queued'); text += (await reader?.read())?.value ?? '');
    caller.abort();
    await expect.poll(async () => (await sent()).filter(({ text }) => text === 'hung up')).toHaveLength(1);
  });

  test('an Idempotency-Key belongs to one request: a repeat gets its reply, and a message is refused', async () => {
    const headers = { 'content-type': 'application/json', 'Idempotency-Key': 'asked-once' };
    const once = async (body: object) => post(body, { headers });
    model.script = reply('the first answer');
    const told = readEvents(await (await once(ask())).text());
    expect(told.at(-2)?.data).toMatchObject({ state: 'completed' });
    model.script = reply('another answer');
    const again = readEvents(await (await once(ask())).text());
    expect(again.map(({ event }) => event)).toEqual(['telegram', 'telegram', 'done']);
    expect(again[1]?.data).toEqual(told.at(-2)?.data);
    expect(model.calls).toHaveLength(1);
    const key = { 'Idempotency-Key': 'of-a-send' };
    const message = { user_id: 'alice', recipient_id: String(bob), text: 'a message of its own' };
    await stack.api.post('/telegram/user/send', message, key);
    expect((await post(ask(), { headers: { ...headers, ...key } })).status).toBe(422);
  });

  test('two simultaneous equal requests are one message, although the model writes two replies', async () => {
    const headers = { 'content-type': 'application/json', 'Idempotency-Key': 'twice at a time' };
    let written = 0;
    model.script = async (response, body) => {
      written += 1;
      const text = `reply ${written}`;
      await expect.poll(() => model.calls.length, { interval: 20 }).toBe(2);
      await reply(text)(response, body);
    };
    const both = await Promise.all([post(ask(), { headers }), post(ask(), { headers })]);
    const told = await Promise.all(both.map(async (each) => readEvents(await each.text())));
    const ends = told.map((events) => events.at(-2)?.data);
    expect(ends[0]).toMatchObject({ state: 'completed' });
    expect(ends[0]).toEqual(ends[1]);
    expect((await sent()).filter(({ text }) => /^reply [12]$/.test(text))).toHaveLength(1);
  });

  test('`ASSISTANT_ALLOW` limits which accounts the assistant may write from', async () => {
    expect(await stack.api.post(PATH, ask({ user_id: 'bob', recipient_id: 'me' }))).toMatchObject({
      status: 403,
      body: { code: 'ASSISTANT_FORBIDDEN' },
    });
  });

  test('`send_as_user:false` sends by the bot of `TELEGRAM_BOT_TOKEN`', async () => {
    const bot = await stack.control.createBot({
      bot_token: BOT_TOKEN,
      first_name: 'Helper',
      username: 'helper_bot',
    });
    await stack.api.send('bob', '@helper_bot', '/start');
    await expect
      .poll(async () => (await stack.api.status('bot.700900')).body.state, { timeout: 60_000, interval: 500 })
      .toBe('ready');
    const events = await stream(ask({ send_as_user: false }));
    expect(events.at(-2)).toMatchObject(['telegram', { state: 'completed' }]);
    expect((await sent(bot)).map(({ text }) => text)).toEqual(['Привет! Готово 👋']);
    // The bot is shared: one Idempotency-Key used for two accounts is two replies.
    const headers = { 'content-type': 'application/json', 'Idempotency-Key': '1' };
    for (const user_id of ['alice', 'user123']) {
      const told = readEvents(await (await post(ask({ user_id, send_as_user: false }), { headers })).text());
      expect(told.at(-2)?.data).toMatchObject({ state: 'completed' });
    }
    expect(await sent(bot)).toHaveLength(3);
  }, 90_000);

  test('the start-up log quotes the clause on AI', () => {
    expect(stack.apiProcess.output).toContain('artificial intelligence, machine learning models');
    expect(stack.apiProcess.output).not.toContain('assistant-key');
  });
});
