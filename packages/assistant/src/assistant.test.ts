import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { asking, HELLO } from './testing/asking.ts';
import { begin, chunk, ChatServer, END, reply, type ChatScript } from './testing/chat-server.ts';

let server: ChatServer;
beforeEach(async () => {
  server = await ChatServer.start();
});
afterEach(() => server[Symbol.asyncDispose]());

const { stream, read, failure } = asking(() => server);

test('a reply arrives piece by piece; the request has the key and the model', async () => {
  server.script = reply('Привет, 👋 world');
  expect(await read()).toEqual({ pieces: ['Привет, ', '👋 ', 'world'], finish: 'stop' });
  expect(server.calls).toMatchObject([
    {
      path: '/v1/chat/completions',
      authorization: 'Bearer secret-key',
      body: { model: 'm', messages: HELLO, stream: true },
    },
  ]);
});

test('further fields are passed on, except those that the gateway sets itself', async () => {
  await read({}, { temperature: 0.5, model: 'other', stream: false, n: 3, messages: [] });
  expect(server.calls[0]?.body).toEqual({ model: 'other', temperature: 0.5, messages: HELLO, stream: true });
});

const WHOLE = `${chunk({ content: 'Привет 👋' })}${chunk({ content: '!' })}${END}`;

describe('a stream cut into chunks', () => {
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
    expect((await read()).pieces.join('')).toBe('Привет 👋!');
  });
});

describe('HTTP errors', () => {
  const answers =
    (status: number, body: unknown, headers = {}): ChatScript =>
    (response) => {
      response.writeHead(status, { 'x-should-retry': 'false', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
  const said = (message: string, more = {}) => ({ error: { message, ...more } });

  test.each<[number, unknown, string, string]>([
    [400, said('no such field'), 'ASSISTANT_REFUSED', 'refused the request (400). It said: no such field'],
    [
      401,
      said('wrong key secret-key'),
      'ASSISTANT_REFUSED',
      'check ASSISTANT_API_KEY (401). It said: wrong key …',
    ],
    [402, said('Insufficient credits'), 'ASSISTANT_REFUSED', 'out of credit (402)'],
    [403, { detail: 'Forbidden' }, 'ASSISTANT_REFUSED', 'API key lacks permission: check ASSISTANT_API_KEY'],
    [
      404,
      '404 page not found',
      'ASSISTANT_REFUSED',
      'check ASSISTANT_BASE_URL and the model (404). It said: 404',
    ],
    [404, { error: "model 'm' not found" }, 'ASSISTANT_REFUSED', "It said: model 'm' not found"],
    [413, '', 'ASSISTANT_REFUSED', 'too long'],
    [422, { detail: [{ msg: 'field required' }] }, 'ASSISTANT_REFUSED', 'It said: field required'],
    [429, [said('Resource exhausted')], 'ASSISTANT_RATE_LIMITED', 'It said: Resource exhausted'],
    [429, said('No quota', { code: 'insufficient_quota' }), 'ASSISTANT_REFUSED', 'out of credit'],
    [500, {}, 'ASSISTANT_UNAVAILABLE', 'failed (500).'],
    [502, '<html><title>Bad gateway</title>', 'ASSISTANT_UNAVAILABLE', 'failed (502). It said: Bad gateway'],
    [503, { message: 'Loading model' }, 'ASSISTANT_UNAVAILABLE', 'It said: Loading model'],
    [529, said('Overloaded'), 'ASSISTANT_UNAVAILABLE', 'Overloaded'],
  ])('%i with %j', async (status, body, code, message) => {
    server.script = answers(status, body);
    const error = await failure();
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(JSON.stringify([error.toPublic(), String(error.cause)])).not.toContain('secret-key');
  });

  const RETRY_INFO = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '25.3s' };
  test.each<[object, object, number | undefined]>([
    [{ 'retry-after': '7' }, {}, 7],
    [{ 'retry-after': '0.5' }, {}, 1],
    [{ 'retry-after-ms': '1500', 'retry-after': '99' }, {}, 2],
    [{ 'retry-after': new Date(Date.now() + 3_600_500).toUTCString() }, {}, expect.closeTo(3_600, -1)],
    [{}, [said('Quota exceeded', { code: 429, details: [RETRY_INFO] })], 26],
    [{ 'retry-after': 'soon' }, {}, undefined],
    [{ 'retry-after': '-1' }, {}, undefined],
    [{}, {}, undefined],
  ])('429 with %j and %j: wait %s s', async (headers, body, seconds) => {
    server.script = answers(429, body, headers);
    expect((await failure()).details.retryAfter).toEqual(seconds);
  });

  test('an endpoint that is not reachable', async () => {
    const gone = await ChatServer.start();
    const { baseUrl } = gone;
    await gone[Symbol.asyncDispose]();
    const { code, message } = await failure({ baseUrl });
    expect(code).toBe('ASSISTANT_UNAVAILABLE');
    expect(message).toContain('ECONNREFUSED');
  });

  test('user and password of the address are sent decoded, and no error shows them', async () => {
    const baseUrl = server.baseUrl.replace('//', '//user:p%40ss@');
    await read({ baseUrl, apiKey: undefined });
    expect(server.calls[0]?.authorization).toBe(`Basic ${btoa('user:p@ss')}`);
    server.script = (response) => void response.destroy();
    const error = await failure({ baseUrl });
    expect(JSON.stringify([error.toPublic(), String(error.cause)])).not.toContain('p%40ss');
  });

  test.each<[string, ChatScript]>([
    ['a 503', (response) => void response.writeHead(503).end()],
    ['a connection that is cut', (response) => void response.destroy()],
  ])('%s is retried once', async (_what, first) => {
    server.script = (response, body) => (server.calls.length === 1 ? first : reply('yes'))(response, body);
    expect(await read()).toEqual({ pieces: ['yes'], finish: 'stop' });
    server.calls.length = 0;
    server.script = first;
    expect((await failure()).code).toBe('ASSISTANT_UNAVAILABLE');
    expect(server.calls).toHaveLength(2);
  });

  test('a query in the address stays after the path', async () => {
    await read({ baseUrl: `${server.baseUrl}/?api-version=2024-10-21` });
    expect(server.calls[0]?.path).toBe('/v1/chat/completions?api-version=2024-10-21');
  });
});

describe('time limits', () => {
  const idle = { idleMs: 500 };
  const write = (piece: string): ChatScript => {
    return (response) => {
      begin(response);
      response.write(piece);
    };
  };

  test.each<[string, ChatScript]>([
    ['no answer', () => {}],
    ['no first piece', begin],
    ['a pause', write(chunk({ content: 'a' }))],
    ['a pause after reasoning', write(chunk({ reasoning_content: 'a' }))],
  ])('%s for too long', async (_what, script) => {
    server.script = script;
    const { code, message } = await failure({ idleMs: 50 });
    expect({ code, message }).toEqual({
      code: 'ASSISTANT_TIMEOUT',
      message: 'The assistant sent nothing for 0.05 s (ASSISTANT_IDLE_TIMEOUT).',
    });
    await server.calls[0]?.closed;
  });

  test('a reply that takes too long as a whole', async () => {
    server.script = (response) => {
      begin(response);
      const timer = setInterval(() => response.write(chunk({ content: 'a' })), 5);
      response.on('close', () => clearInterval(timer));
    };
    const { code, message } = await failure({ maxMs: 200 });
    expect({ code, message }).toEqual({
      code: 'ASSISTANT_TIMEOUT',
      message: 'The assistant took longer than 0.2 s (ASSISTANT_MAX_TIME).',
    });
    await server.calls[0]?.closed;
  });

  test.each([
    ['thoughts', chunk({ reasoning_content: 'hm' })],
    ['comments', ': OPENROUTER PROCESSING\n\n'],
    ['empty lines', '\n'],
  ])('%s that go on longer than the idle limit keep the request alive', async (_what, sign) => {
    let signs = 0;
    server.script = (response) => {
      begin(response);
      const timer = setInterval(() => {
        signs += 1;
        if (signs < 12) return void response.write(sign);
        clearInterval(timer);
        response.end(`\n${chunk({ content: 'done' })}${END}`);
      }, 60);
    };
    expect(await read(idle)).toEqual({ pieces: ['done'], finish: 'stop' });
    expect(signs).toBe(12);
  });

  test.each([
    ['', ''],
    ['and comments go on', ': ping\n\n'],
    ['and usage follows', 'data: {"choices":[],"usage":{"total_tokens":5}}\n\n'],
  ])('a reply that has ended is returned although the connection stays open %s', async (_what, later) => {
    server.script = (response) => {
      begin(response);
      response.write(chunk({ content: 'all' }) + chunk({}, 'stop'));
      const timer = setInterval(() => response.write(later), 100);
      response.on('close', () => clearInterval(timer));
    };
    expect(await read()).toEqual({ pieces: ['all'], finish: 'stop' });
    await server.calls[0]?.closed;
  });

  test('text after a `stop` belongs to the reply: Gemini’s proxies write one into each chunk', async () => {
    server.script = (response) => {
      begin(response);
      response.write(chunk({ content: 'one ' }, 'stop'));
      setTimeout(() => response.end(chunk({ content: 'two' }, 'stop')), 100);
    };
    expect(await read()).toEqual({ pieces: ['one ', 'two'], finish: 'stop' });
  });

  test('a connection that breaks after the end of the reply does not change it', async () => {
    server.script = (response) => {
      begin(response);
      response.write(chunk({ content: 'all' }) + chunk({}, 'stop'), () => response.destroy());
    };
    expect(await read()).toEqual({ pieces: ['all'], finish: 'stop' });
  });

  test('a caller that leaves after the end of the reply does not cancel it', async () => {
    server.script = write(chunk({ content: 'all' }) + chunk({}, 'stop'));
    const caller = new AbortController();
    const parts: unknown[] = [];
    for await (const part of stream({}, {}, caller.signal)) {
      parts.push(part);
      caller.abort();
    }
    expect(parts).toEqual([{ text: 'all' }, { finish: 'stop' }]);
  });
});

test('a caller that disconnects or stops reading ends the request', async () => {
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
  for await (const _part of stream()) break;
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
  // The sockets' buffers fill up, and nothing more is read.
  await expect.poll(() => [full, written]).toEqual([true, expect.any(Number)]);
  const stuckAt = await settled(() => written);
  expect(stuckAt).toBeLessThan(4_000);
  let parts = 1;
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) parts += 1;
  expect(parts).toBe(5_000 + 1);
});

test.each([
  ['empty chunks and comments', `${chunk({})}: ping\n\n`.repeat(1_000), 50],
  ['events that cannot be read', '"\n\n'.repeat(21_000), 3],
])('%s in large numbers are skipped', async (_what, piece, times) => {
  server.script = async (response) => {
    begin(response);
    response.write(': hello\n\n');
    for (let left = times; left > 0; left -= 1) if (!response.write(piece)) await once(response, 'drain');
    response.end(chunk({ content: 'Hi' }) + END);
  };
  expect(await read()).toEqual({ pieces: ['Hi'], finish: 'stop' });
});

test('a long answer is read in many turns of the event loop', async () => {
  server.script = (response) => {
    begin(response);
    response.end(`${chunk({}).repeat(1_000)}${chunk({ content: 'Hi' })}${END}`);
  };
  // By this clock each look at the time is 10 ms after the one before, which is all that a turn may take.
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 10));
  let turns = 0;
  let turn = setImmediate(function count() {
    turns += 1;
    turn = setImmediate(count);
  });
  onTestFinished(() => {
    clearImmediate(turn);
    clock.mockRestore();
  });
  expect(await read()).toEqual({ pieces: ['Hi'], finish: 'stop' });
  // Each of these chunks is two lines.
  expect(turns).toBeGreaterThan(1_000);
});

/** The value at which a count stops changing. */
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
