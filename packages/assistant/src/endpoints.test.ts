import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asking } from './testing/asking.ts';
import { ChatServer, type ChatScript } from './testing/chat-server.ts';
import { delta, DONE, events, HI } from './testing/chunks.ts';
import { COMPLETE_REPLIES } from './testing/complete-replies.ts';

let server: ChatServer;
beforeAll(async () => {
  server = await ChatServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const { read, failure } = asking(() => server);

const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };

function answer(body: string | Buffer, headers: Record<string, string> = SSE): ChatScript {
  return (response) => {
    response.writeHead(200, headers);
    response.end(body);
  };
}

async function reply(body: string | Buffer, headers?: Record<string, string>) {
  server.script = answer(body, headers);
  const { pieces, finish } = await read();
  return [pieces.join(''), finish];
}

describe('a complete reply in the format of', () => {
  test.each(COMPLETE_REPLIES)('%s', async (_who, body) => {
    expect(await reply(body)).toEqual(['Hi', 'stop']);
  });
});

describe('an answer with', () => {
  const COMPLETION = {
    id: 'c',
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hi 👋' }, finish_reason: 'stop' }],
    usage: { total_tokens: 5 },
  };
  const STREAM = events(delta({ content: 'Hi 👋' }), delta({}, 'stop'), DONE);
  const json = { 'content-type': 'application/json' };

  test.each<[string, string | Buffer, Record<string, string>]>([
    ['no Content-Type', STREAM, {}],
    ['the Content-Type of something else', STREAM, { 'content-type': 'text/plain' }],
    ['gzip', gzipSync(STREAM), { ...SSE, 'content-encoding': 'gzip' }],
    ['a byte order mark', `\ufeff${STREAM}`, SSE],
    ['CRLF', STREAM.replaceAll('\n', '\r\n'), SSE],
    ['CR', STREAM.replaceAll('\n', '\r'), SSE],
    ['no space after `data:`', STREAM.replaceAll('data: ', 'data:'), SSE],
    ['one line end between events', STREAM.replaceAll('\n\n', '\n'), SSE],
    ['no `data:` at all', STREAM.replaceAll('data: ', ''), SSE],
    ['event names, ids and retries', `retry: 5\nid: 1\nevent: message\n${STREAM}`, SSE],
    ['words between', `data: ping\n\nhello\n\n${STREAM}`, SSE],
    [
      'JSON over several data lines',
      `data: {\ndata: "choices": [{"delta": {"content":\ndata: "Hi 👋"}}]}\n\n${events(delta({}, 'stop'))}`,
      SSE,
    ],
    ['a JSON document', JSON.stringify(COMPLETION), json],
    ['a JSON document over several lines', JSON.stringify(COMPLETION, null, 2), json],
    [
      'a JSON document after empty lines that keep the connection',
      `\n\n\n${JSON.stringify(COMPLETION)}`,
      json,
    ],
    ['a JSON document said to be a stream', JSON.stringify(COMPLETION), SSE],
    ['a list of chunks', JSON.stringify([delta({ content: 'Hi 👋' }), delta({}, 'stop')], null, 1), json],
  ])('%s', async (_how, body, headers) => {
    expect(await reply(body, headers)).toEqual(['Hi 👋', 'stop']);
  });
});

test('a character that is cut in two arrives complete', async () => {
  server.script = answer(
    events(delta({ content: 'Hi \ud83d' }), delta({ content: '\udc4b!' }), delta({}, 'stop'), DONE),
  );
  expect(await read()).toEqual({ pieces: ['Hi ', '👋!'], finish: 'stop' });
  expect(await reply(events(delta({ content: 'Hi \ud83d' }), delta({}, 'stop'), DONE))).toEqual([
    'Hi \ud83d',
    'stop',
  ]);
});

describe('a reply that was cut is reported as cut', () => {
  test.each([
    ['length', 'length'],
    ['MAX_TOKENS', 'length'],
    ['max_tokens', 'length'],
    ['model_length', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['content_filter', 'content_filter'],
    ['SAFETY', 'content_filter'],
    ['refusal', 'content_filter'],
    ['guardrail_intervened', 'content_filter'],
  ])('%s: %s', async (reason, finish) => {
    expect(await reply(events(HI, delta({}, reason), DONE))).toEqual(['Hi', finish]);
  });

  test('even if a `stop` follows', async () => {
    expect(await reply(events(HI, delta({}, 'length'), delta({}, 'stop'), DONE))).toEqual(['Hi', 'length']);
  });

  test('in Ollama’s own API and in a JSON document', async () => {
    const ollama = { message: { content: 'Hi' }, done: true, done_reason: 'length' };
    expect(await reply(JSON.stringify(ollama))).toEqual(['Hi', 'length']);
    const document = { choices: [{ message: { content: 'Hi' }, finish_reason: 'length' }] };
    expect(await reply(JSON.stringify(document))).toEqual(['Hi', 'length']);
  });
});

describe('a reply is incomplete', () => {
  test.each<[string, string, string]>([
    ['if the connection just ends', events(HI), 'stopped in the middle'],
    [
      'if every reason is empty',
      events(delta({ content: 'Hi' }, ''), delta({ content: '!' }, '')),
      'stopped in the middle',
    ],
    ['if every reason is “null”', events(delta({ content: 'Hi' }, 'null')), 'stopped in the middle'],
    [
      'if text follows an end that is not repeated',
      events(delta({ content: 'a' }, 'stop'), HI),
      'stopped in the middle',
    ],
    ['after an error', events(HI, delta({}, 'error'), DONE), '“error”'],
    ['if vLLM aborts it but still sends [DONE]', events(HI, delta({}, 'abort'), DONE), '“abort”'],
    [
      'if DeepSeek lacks resources',
      events(HI, delta({}, 'insufficient_system_resource'), DONE),
      'insufficient',
    ],
    ['with an unknown finish reason', events(HI, delta({}, 'because'), DONE), '“because”'],
    [
      'if Ollama’s own API stops',
      `${JSON.stringify({ message: { content: 'Hi' }, done: false })}\n`,
      'stopped in the middle',
    ],
    [
      'if a piece of it is broken',
      `${events(HI)}data: {"choices":[{"delta":{"cont\n\n${events(DONE)}`,
      'broken',
    ],
    ['if only comments arrived', ': ping\n\n: ping\n\n', 'stopped in the middle'],
  ])('%s', async (_why, body, message) => {
    server.script = answer(body);
    const error = await failure();
    expect(error.code).toBe('ASSISTANT_UNAVAILABLE');
    expect(error.message).toContain(message);
  });
});

describe('an error inside the answer', () => {
  const overloaded = { message: 'Overloaded' };
  test.each<[string, string, string, string]>([
    [
      'OpenAI',
      events(HI, { error: { message: 'The server had an error', type: 'server_error' } }),
      'UNAVAILABLE',
      'The server had an error',
    ],
    [
      'OpenRouter',
      events(HI, {
        ...delta({ content: '' }, 'error'),
        error: { code: 502, message: 'Provider disconnected' },
      }),
      'UNAVAILABLE',
      '(502). It said: Provider disconnected',
    ],
    ['a rate limit', events({ error: { code: 429, message: 'slow down' } }), 'RATE_LIMITED', 'slow down'],
    [
      'a rate limit by its name',
      events({ error: { type: 'rate_limit_exceeded', message: 'slow down' } }),
      'RATE_LIMITED',
      'slow down',
    ],
    [
      'a wrong key',
      events({ error: { code: 'invalid_api_key', message: 'Incorrect API key' } }),
      'REFUSED',
      'check ASSISTANT_API_KEY',
    ],
    [
      'a request that is too long',
      events({ error: { code: 'context_length_exceeded', message: 'maximum context length' } }),
      'REFUSED',
      'maximum context length',
    ],
    [
      'vLLM',
      events(HI, { object: 'error', message: 'EngineDeadError', code: 500 }, DONE),
      'UNAVAILABLE',
      'EngineDeadError',
    ],
    [
      'Anthropic',
      `event: error\n${events({ type: 'error', error: { type: 'overloaded_error', ...overloaded } })}`,
      'UNAVAILABLE',
      'Overloaded',
    ],
    [
      'a named event with a text',
      `event: error\n${events('upstream is gone')}`,
      'UNAVAILABLE',
      'upstream is gone',
    ],
    [
      'Groq',
      events(HI, { ...delta({}), x_groq: { error: 'over capacity' } }),
      'UNAVAILABLE',
      'over capacity',
    ],
    ['Ollama', '{"error":"model runner has unexpectedly stopped"}\n', 'UNAVAILABLE', 'model runner'],
    [
      'Gemini',
      JSON.stringify(
        [{ error: { code: 404, message: 'models/x is not found', status: 'NOT_FOUND' } }],
        null,
        2,
      ),
      'REFUSED',
      'models/x is not found',
    ],
    ['FastAPI', '{"detail":"Not authenticated"}', 'UNAVAILABLE', 'Not authenticated'],
    ['without `data:`', `${events(HI)}{"error":{"message":"Overloaded"}}\n\n`, 'UNAVAILABLE', 'Overloaded'],
    [
      'after the end',
      events(HI, delta({}, 'stop'), { error: overloaded }, DONE),
      'UNAVAILABLE',
      'Overloaded',
    ],
  ])('%s', async (_who, body, code, message) => {
    server.script = answer(body);
    const error = await failure();
    expect(error.code).toBe(`ASSISTANT_${code}`);
    expect(error.message).toContain(message);
  });

  test('never shows the key', async () => {
    server.script = answer(events({ error: { message: 'no such key: secret-key' } }));
    const error = await failure();
    expect(JSON.stringify([error.toPublic(), String(error.cause)])).not.toContain('secret-key');
  });
});

describe('an answer that is not a chat completion', () => {
  test.each([
    ['an HTML page', '<!DOCTYPE html>\n<html><body>Sign in</body></html>', 'HTML'],
    ['an HTML page after empty lines', '\n\n <html>', 'HTML'],
    ['a text', 'upstream connect error or disconnect/reset before headers', 'upstream connect error'],
    ['nothing', '', 'empty'],
    ['broken JSON', '{"choices":[', 'broken'],
    ['JSON of another API', '{"code":1001,"msg":"invalid key"}', '"msg":"invalid key"'],
    ['a list of models', '{"object":"list","data":[]}', '"object":"list"'],
    ['events of another API', events({ type: 'message_start' }, { type: 'message_stop' }), 'message_start'],
    ['JSON that is nested too deeply', `data: ${'['.repeat(500_000)}${']'.repeat(500_000)}\n\n`, 'nested'],
    ['a line without an end', `data: ${'x'.repeat(2_000_000)}`, 'too long'],
    ['an event without an end', 'data: x\n'.repeat(600_000), 'too long'],
    ['a document without an end', `{"choices":[\n${'{},\n'.repeat(400_000)}`, 'too long'],
  ])('%s', async (_what, body, message) => {
    server.script = answer(body);
    const error = await failure();
    expect(error.code).toBe('ASSISTANT_BAD_RESPONSE');
    expect(error.message).toContain(message);
  });
});

describe('a refusal or a tool call instead of a reply', () => {
  test.each([
    [
      'a refusal',
      events(delta({ refusal: 'I cannot ' }), delta({ refusal: 'do that.' }), delta({}, 'stop'), DONE),
    ],
    [
      'a refusal in parts',
      events(delta({ content: [{ type: 'refusal', refusal: 'I cannot do that.' }] }, 'stop')),
    ],
    [
      'a refusal of a whole message',
      JSON.stringify({
        choices: [{ message: { content: null, refusal: 'I cannot do that.' }, finish_reason: 'stop' }],
      }),
    ],
  ])('%s', async (_what, body) => {
    server.script = answer(body);
    expect((await failure()).toPublic()).toEqual({
      code: 'ASSISTANT_DECLINED',
      kind: 'permanent',
      message: 'The assistant declined to answer: I cannot do that.',
      refusal: 'I cannot do that.',
    });
  });

  const call = { function: { name: 'get_weather', arguments: '' }, id: 'call_1', index: 0, type: 'function' };
  test.each([
    ['OpenAI', events(delta({ content: null, tool_calls: [call] }), delta({}, 'tool_calls'), DONE)],
    ['with a text before it', events(HI, delta({ tool_calls: [call] }), delta({}, 'tool_calls'), DONE)],
    ['Gemini, ended with `stop`', events(delta({ tool_calls: [call] }, 'stop'), DONE)],
    [
      'the older functions',
      events(delta({ function_call: { name: 'get_weather', arguments: '' } }), delta({}, 'function_call')),
    ],
    [
      'Ollama’s own API',
      JSON.stringify({ message: { content: '', tool_calls: [call] }, done: true, done_reason: 'stop' }),
    ],
  ])('a tool call: %s', async (_who, body) => {
    server.script = answer(body);
    const { code, message, kind } = await failure();
    expect({ code, kind }).toEqual({ code: 'ASSISTANT_TOOL_CALL', kind: 'permanent' });
    expect(message).toContain('“get_weather”');
  });
});
