import { once } from 'node:events';
import { GatewayError } from '@gateway/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAssistant, type AssistantOptions } from './assistant.ts';
import { begin, chunk, ChatServer, END, reply, type ChatScript } from './testing/chat-server.ts';

const HELLO = [{ role: 'user', content: 'hello' }];
const never = new AbortController().signal;

let server: ChatServer;
beforeEach(async () => {
  server = await ChatServer.start();
});
afterEach(() => server[Symbol.asyncDispose]());

function stream(options: Partial<AssistantOptions> = {}, extra = {}, signal: AbortSignal = never) {
  const assistant = createAssistant({
    baseUrl: server.baseUrl,
    model: 'm',
    apiKey: 'secret-key',
    ...options,
  });
  return assistant.stream({ messages: HELLO, extra }, signal);
}

async function read(...args: Parameters<typeof stream>): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of stream(...args)) pieces.push(piece);
  return pieces;
}

async function failure(...args: Parameters<typeof stream>): Promise<GatewayError> {
  const thrown = await read(...args).catch((error: unknown) => error);
  if (thrown instanceof GatewayError) return thrown;
  throw new Error(`no GatewayError: ${String(thrown)}`);
}

test('a reply comes piece by piece, under key and model', async () => {
  server.script = reply('Привет, 👋 world');
  expect(await read()).toEqual(['Привет, ', '👋 ', 'world']);
  expect(server.calls).toMatchObject([
    {
      path: '/v1/chat/completions',
      authorization: 'Bearer secret-key',
      body: { model: 'm', messages: HELLO, stream: true },
    },
  ]);
});

test('further fields are passed on, but for those that are ours', async () => {
  await read({}, { temperature: 0.5, model: 'other', stream: false, n: 3, messages: [] });
  expect(server.calls[0]?.body).toEqual({ model: 'other', temperature: 0.5, messages: HELLO, stream: true });
});

const WHOLE = `${chunk({ content: 'Привет 👋' })}${chunk({ content: '!' })}${END}`;

describe('however the stream is cut into chunks', () => {
  test.each<[string, (bytes: Buffer) => Buffer[]]>([
    ['byte by byte', (bytes) => Array.from(bytes, (byte) => Buffer.from([byte]))],
    ['all at once', (bytes) => [bytes]],
    [
      'in the middle of characters',
      (bytes) =>
        Array.from({ length: Math.ceil(bytes.length / 7) }, (_, index) =>
          bytes.subarray(index * 7, index * 7 + 7),
        ),
    ],
    ['with CRLF', (bytes) => [Buffer.from(bytes.toString().replaceAll('\n', '\r\n'))]],
    [
      'with comments',
      (bytes) => [Buffer.from(`: hello\n\n${bytes.toString().replace('\n\n', '\n\n: ping\n\n')}`)],
    ],
    ['with no end of line at the end', (bytes) => [bytes.subarray(0, -2)]],
  ])('%s', async (_how, cut) => {
    server.script = async (response) => {
      begin(response);
      for (const part of cut(Buffer.from(WHOLE))) if (!response.write(part)) await once(response, 'drain');
      response.end();
    };
    expect((await read()).join('')).toBe('Привет 👋!');
  });
});

test('what is no text of the reply is left out', async () => {
  server.script = (response) => {
    begin(response);
    response.write(chunk({ role: 'assistant', content: null }));
    response.write(chunk({ reasoning_content: 'hm', tool_calls: [{ index: 0, function: { name: 'f' } }] }));
    response.write(chunk({ content: 'yes' }));
    response.write(chunk({}, 'length'));
    response.write(`data: ${JSON.stringify({ choices: [], usage: { total_tokens: 5 } })}\n\n`);
    response.end('data: [DONE]\n\n');
  };
  expect(await read()).toEqual(['yes']);
});

describe('what goes wrong is told by a code', () => {
  const answers =
    (status: number, body: unknown, headers = {}): ChatScript =>
    (response) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        'x-should-retry': 'false',
        ...headers,
      });
      response.end(JSON.stringify(body));
    };
  const cutOff: ChatScript = (response) => {
    begin(response);
    response.write(chunk({ content: 'half' }), () => response.destroy());
  };
  const endsEarly: ChatScript = (response) => {
    begin(response);
    response.end(chunk({ content: 'half' }));
  };
  const errorInside: ChatScript = (response) => {
    begin(response);
    response.write(chunk({ content: 'half' }));
    response.end(`data: ${JSON.stringify({ error: { message: 'overloaded' } })}\n\n`);
  };
  const noStream: ChatScript = (response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html>');
  };
  test.each<[string, ChatScript, string]>([
    ['a refusal', answers(400, { error: { message: 'no such model' } }), 'ASSISTANT_REFUSED'],
    ['a wrong key', answers(401, { error: { message: 'wrong key secret-key' } }), 'ASSISTANT_REFUSED'],
    ['too many requests', answers(429, {}, { 'retry-after': '7' }), 'ASSISTANT_RATE_LIMITED'],
    ['its own trouble', answers(503, {}), 'ASSISTANT_UNAVAILABLE'],
    ['a cut connection', cutOff, 'ASSISTANT_UNAVAILABLE'],
    ['an end in the middle', endsEarly, 'ASSISTANT_UNAVAILABLE'],
    ['an error in the middle', errorInside, 'ASSISTANT_UNAVAILABLE'],
    ['something else', noStream, 'ASSISTANT_UNAVAILABLE'],
  ])('%s', async (_what, script, code) => {
    server.script = script;
    const error = await failure();
    expect(error.code).toBe(code);
    expect(JSON.stringify([error.toPublic(), String(error.cause)])).not.toContain('secret-key');
  });

  test('with what the endpoint says of it, and how long to wait', async () => {
    server.script = answers(400, { error: { message: 'no such model' } });
    expect((await failure()).message).toContain('no such model');
    server.script = answers(429, {}, { 'retry-after': '7' });
    expect((await failure()).details.retryAfter).toBe(7);
  });

  test('nobody there', async () => {
    expect((await failure({ baseUrl: 'http://127.0.0.1:9/v1' })).code).toBe('ASSISTANT_UNAVAILABLE');
  });

  test.each<[string, ChatScript, Partial<AssistantOptions>]>([
    ['no answer', () => {}, { firstPieceMs: 50 }],
    ['no first piece', begin, { firstPieceMs: 50 }],
    [
      'a pause',
      (response) => (begin(response), void response.write(chunk({ content: 'a' }))),
      { betweenMs: 50 },
    ],
    [
      'no end',
      (response) => (
        begin(response),
        void setInterval(() => response.write(chunk({ content: 'a' })), 5).unref()
      ),
      { wholeMs: 200 },
    ],
  ])('%s for too long', async (_what, script, options) => {
    server.script = script;
    expect((await failure(options)).code).toBe('ASSISTANT_TIMEOUT');
    await server.calls[0]?.closed;
  });
});

test('who hangs up, or has heard enough, ends the request', async () => {
  server.script = (response) => {
    begin(response);
    response.write(chunk({ content: 'a' }));
  };
  const caller = new AbortController();
  const reading = read({}, {}, caller.signal).catch(() => {});
  await expect.poll(() => server.calls.length).toBe(1);
  caller.abort();
  await server.calls[0]?.closed;
  await reading;
  for await (const _piece of stream()) break;
  await server.calls[1]?.closed;
});

test('a slow reader slows the model down', async () => {
  const piece = chunk({ content: 'x'.repeat(10_000) });
  let written = 0;
  let full = false;
  server.script = async (response) => {
    begin(response);
    while (written < 5_000) {
      written += 1;
      if (!response.write(piece)) {
        full = true;
        await once(response, 'drain');
        full = false;
      }
    }
    response.end(END);
  };
  const pieces = stream()[Symbol.asyncIterator]();
  await pieces.next();
  // The sockets' buffers fill up, and no more is read.
  await expect.poll(() => [full, written]).toEqual([true, expect.any(Number)]);
  const stuckAt = await settled(() => written);
  expect(stuckAt).toBeLessThan(4_000);
  let read = 1;
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) read += 1;
  expect(read).toBe(5_000);
});

/** What a number stays at. */
async function settled(count: () => number): Promise<number> {
  let last = -1;
  await expect
    .poll(
      () => {
        const now = count();
        const isSettled = now === last;
        last = now;
        return isSettled;
      },
      { interval: 200 },
    )
    .toBe(true);
  return last;
}
