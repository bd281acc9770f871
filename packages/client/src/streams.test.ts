import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayClient, GatewayConnectionError } from './index.ts';
import { cut, events, json, refusal, ScriptedGateway } from './testing/scripted-gateway.ts';

const jobEvent = (id: string, state: string) =>
  `event: job\nid: ${id}\ndata: ${JSON.stringify({ status: 'ok', job_id: 'j1', state })}\n\n`;
const REQUEST = { user_id: 'alice', messages: [{ role: 'user', content: 'hi' }] };

let gateway: ScriptedGateway;
let client: GatewayClient;
beforeAll(async () => {
  gateway = await ScriptedGateway.start();
  client = new GatewayClient({ baseUrl: gateway.url, backoffMs: 1 });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
});

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

const states = async () => (await collect(client.jobEvents('j1'))).map(({ state }) => state);

describe('a QR sign-in', () => {
  const event = (name: string, data: object) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  const code = event('qr', { status: 'qr', url: 'tg://login?token=a', expires_at: '2024-01-15T12:00:30Z' });
  const watched = async () =>
    (await collect(client.auth.watchQr('alice'))).map(({ event: name, data }) => [name, data.status]);

  test('is reported until it ends', async () => {
    const end = event('authorized', { status: 'authorized', user: null });
    gateway.answers(events([': hello\n\n', code, event('other', {}), code, end], 'stays open'));
    expect(await watched()).toEqual([
      ['qr', 'qr'],
      ['qr', 'qr'],
      ['authorized', 'authorized'],
    ]);
    expect(gateway.requests[0]).toMatchObject({ path: '/telegram/user/auth/qr/alice' });
  });

  test('that is cut off throws, and so does one that was never started', async () => {
    gateway.answers(events([code]));
    await expect(watched()).rejects.toThrow(GatewayConnectionError);
    gateway.answers(refusal(409, 'AUTH_NOT_STARTED'));
    await expect(watched()).rejects.toMatchObject({ code: 'AUTH_NOT_STARTED' });
  });
});

describe('the events of a job', () => {
  test('are yielded until the job ends', async () => {
    gateway.answers(
      events([': hello\n\n', jobEvent('a', 'waiting'), jobEvent('b', 'completed')], 'stays open'),
    );
    expect(await states()).toEqual(['waiting', 'completed']);
    expect(gateway.requests).toHaveLength(1);
    await expect.poll(() => gateway.hangUps).toBe(1);
  });

  test('continue after the last one yielded if the stream is cut off', async () => {
    gateway.answers(
      events([jobEvent('a', 'waiting'), 'event: job\nid: b\nda'], 'is cut'),
      cut,
      refusal(503, 'QUEUE_UNAVAILABLE'),
      events([jobEvent('b', 'active')]),
      events([jobEvent('c', 'completed')]),
    );
    expect(await states()).toEqual(['waiting', 'active', 'completed']);
    const told = gateway.requests.map(({ headers }) => headers['last-event-id']);
    expect(told).toEqual([undefined, 'a', 'a', 'a', 'b']);
  });

  test('go on after an error that may pass, and throw another', async () => {
    const error = (code: string, kind: string) =>
      `event: error\nretry: 1\ndata: ${JSON.stringify({ status: 'error', code, message: 'm', kind })}\n\n`;
    gateway.answers(
      events([jobEvent('a', 'waiting'), error('QUEUE_UNAVAILABLE', 'retryable')]),
      events([jobEvent('b', 'active'), error('INTERNAL', 'permanent')]),
    );
    await expect(states()).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(gateway.requests.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, 'a']);
  });

  test('end if there is nothing more to yield', async () => {
    gateway.answers(events([jobEvent('a', 'waiting')]), (response) => {
      response.writeHead(204).end();
    });
    expect(await states()).toEqual(['waiting']);
  });

  test('throw if the job does not exist or the gateway stays away', async () => {
    gateway.answers(refusal(404, 'JOB_NOT_FOUND'));
    await expect(states()).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    expect(gateway.requests).toHaveLength(1);
    gateway.answers(events([jobEvent('a', 'waiting')], 'is cut'), cut);
    await expect(states()).rejects.toBeInstanceOf(GatewayConnectionError);
    expect(gateway.requests).toHaveLength(4);
  });

  test('end with the signal and throw its reason', async () => {
    gateway.answers(events([jobEvent('a', 'waiting')], 'stays open'));
    const abort = new AbortController();
    const told: string[] = [];
    const listening = (async () => {
      for await (const { state } of client.jobEvents('j1', { signal: abort.signal })) told.push(state);
    })();
    await expect.poll(() => told).toEqual(['waiting']);
    abort.abort(new Error('enough'));
    await expect(listening).rejects.toThrow('enough');
    await expect.poll(() => gateway.hangUps).toBe(1);
  });

  test('leaving the loop closes the connection', async () => {
    gateway.answers(events([jobEvent('a', 'waiting')], 'stays open'));
    for await (const { state } of client.jobEvents('j1')) if (state === 'waiting') break;
    await expect.poll(() => gateway.hangUps).toBe(1);
  });
});

describe('the events of an account', () => {
  const told = (seq: number) =>
    `event: message.new\nid: ${seq}\ndata: ${JSON.stringify({ type: 'message.new', seq })}\n\n`;
  const typing = `event: chat.typing\ndata: ${JSON.stringify({ type: 'chat.typing', seq: null })}\n\n`;
  const gone = { status: 'error', code: 'EVENTS_GONE', message: 'm', kind: 'permanent', oldest_seq: 9 };
  const end = `event: error\nid: 8\nretry: 1\ndata: ${JSON.stringify(gone)}\n\n`;
  const paths = () => gateway.requests.map(({ path }) => path);

  test('go on after the last one yielded, and end where the next is gone', async () => {
    gateway.answers(
      events([told(4), typing], 'is cut'),
      refusal(503, 'QUEUE_UNAVAILABLE'),
      events([told(5)]),
      events([end]),
    );
    const seqs: (number | null)[] = [];
    const listening = (async () => {
      for await (const { seq } of client.updates('alice', { after: 3 })) seqs.push(seq);
    })();
    await expect(listening).rejects.toMatchObject({ code: 'EVENTS_GONE', body: { oldest_seq: 9 } });
    expect(seqs).toEqual([4, null, 5]);
    const path = '/telegram/accounts/alice/updates?after=';
    expect(paths()).toEqual([3, 4, 4, 5].map((seq) => path + seq));
  });

  test('go on however often the stream of a quiet account breaks off', async () => {
    const quiet = Array.from({ length: 12 }, () => events([': still here\n\n'], 'is cut'));
    gateway.answers(...quiet, events([told(8)], 'stays open'));
    for await (const { seq } of client.updates('alice', { after: 7 })) {
      expect(seq).toBe(8);
      break;
    }
    expect(paths()).toHaveLength(quiet.length + 1);
  });

  test('begin with the next one, even if the first stream breaks off before it', async () => {
    gateway.answers(json(200, { status: 'ok', events: [], next: 7 }), cut, events([told(8)], 'stays open'));
    for await (const { seq } of client.updates('alice')) {
      expect(seq).toBe(8);
      break;
    }
    expect(paths()).toEqual([
      '/telegram/accounts/alice/updates',
      '/telegram/accounts/alice/updates?after=7',
      '/telegram/accounts/alice/updates?after=7',
    ]);
  });
});

describe("the assistant's stream", () => {
  const text = [
    'event: delta\ndata: {"text":"Привет, "}\n\n',
    ': still here\n\n',
    'event: delta\r\ndata: {"text":"👋🏽"}\r\n\r\n',
    'event: news\ndata: {}\n\n',
    'event: message\ndata: {"role":"assistant","content":"Привет, 👋🏽"}\n\n',
    'event: telegram\ndata: {"state":"completed","message_id":7,"date":"d"}\n\n',
    'event: done\ndata: {}\n\n',
  ].join('');
  const expected = [
    { event: 'delta', data: { text: 'Привет, ' } },
    { event: 'delta', data: { text: '👋🏽' } },
    { event: 'message', data: { role: 'assistant', content: 'Привет, 👋🏽' } },
    { event: 'telegram', data: { state: 'completed', message_id: 7, date: 'd' } },
    { event: 'done', data: {} },
  ];

  test('is the same however its bytes are cut', async () => {
    const bytes = Buffer.from(text);
    const byteByByte = Array.from(bytes, (byte) => Buffer.from([byte]));
    for (const pieces of [[bytes], byteByByte, [bytes.subarray(0, 33), bytes.subarray(33)]]) {
      gateway.answers(events(pieces));
      expect(await collect(client.streamMessage(REQUEST))).toEqual(expected);
    }
    expect(JSON.parse(gateway.requests[0]!.body)).toEqual(REQUEST);
  });

  test('a refusal before it starts is an ordinary error', async () => {
    gateway.answers(refusal(503, 'ASSISTANT_NOT_CONFIGURED'));
    await expect(collect(client.streamMessage(REQUEST))).rejects.toMatchObject({
      code: 'ASSISTANT_NOT_CONFIGURED',
    });
    expect(gateway.requests).toHaveLength(1);
  });

  test.each(['ends', 'is cut'] as const)(
    'one that %s in the middle throws and is not restarted',
    async (end) => {
      gateway.answers(events(['event: delta\ndata: {"text":"x"}\n\n'], end));
      await expect(collect(client.streamMessage(REQUEST))).rejects.toBeInstanceOf(GatewayConnectionError);
      expect(gateway.requests).toHaveLength(1);
    },
  );

  test('a connection that is cut before it starts is not opened again', async () => {
    gateway.answers(cut);
    await expect(collect(client.streamMessage(REQUEST))).rejects.toBeInstanceOf(GatewayConnectionError);
    expect(gateway.requests).toHaveLength(1);
  });

  test('one may end with an error of its own', async () => {
    gateway.answers(
      events(['event: error\ndata: {"code":"ASSISTANT_EMPTY","message":"m","kind":"retryable"}\n\n']),
    );
    expect(await collect(client.streamMessage(REQUEST))).toMatchObject([
      { event: 'error', data: { code: 'ASSISTANT_EMPTY' } },
    ]);
  });

  test('leaving the loop closes the connection', async () => {
    gateway.answers(events([text.slice(0, 60)], 'stays open'));
    for await (const { event } of client.streamMessage(REQUEST)) if (event === 'delta') break;
    await expect.poll(() => gateway.hangUps).toBe(1);
  });
});

test('an answer that is not a stream is refused', async () => {
  gateway.answers(json(200, { status: 'ok' }));
  await expect(collect(client.streamMessage(REQUEST))).rejects.toMatchObject({ code: 'NOT_A_GATEWAY' });
});
