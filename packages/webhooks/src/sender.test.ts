import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWebhookSender, type WebhookOutcome, type WebhookSenderOptions } from './sender.ts';
import { Receiver } from './testing/receiver.ts';

const SECRET = 'a secret of 16 characters';
const BODY = JSON.stringify({ text: 'Привет 👋' });

let receiver: Receiver;
beforeEach(async () => {
  receiver = await Receiver.start();
});
afterEach(() => receiver[Symbol.asyncDispose]());

async function send(url: string, options: Partial<WebhookSenderOptions> = {}): Promise<WebhookOutcome> {
  const sender = createWebhookSender({ secret: SECRET, allowPrivate: true, ...options });
  try {
    return await sender.send({ id: 'w1', url, body: BODY, attempt: 2 });
  } finally {
    await sender.close();
  }
}

test('a webhook is posted as JSON with a signature of its bytes', async () => {
  expect(await send(receiver.url)).toMatchObject({ status: 204, error: null, final: false });
  const [call] = receiver.received;
  expect(call).toMatchObject({
    path: '/hook',
    body: BODY,
    headers: { 'content-type': 'application/json', 'x-webhook-id': 'w1', 'x-webhook-attempt': '2' },
  });
  const hmac = createHmac('sha256', SECRET).update(Buffer.from(BODY)).digest('hex');
  expect(call?.headers['x-signature']).toBe(`sha256=${hmac}`);
  const time = String(call?.headers['x-timestamp']);
  expect(Math.abs(Date.now() / 1_000 - Number(time))).toBeLessThan(60);
  const timed = createHmac('sha256', SECRET).update(`${time}.${BODY}`).digest('hex');
  expect(call?.headers['x-signature-v2']).toBe(`t=${time},sha256=${timed}`);
});

test('without a secret there is no signature', async () => {
  await send(receiver.url, { secret: undefined });
  expect(receiver.received[0]?.headers).not.toHaveProperty('x-signature');
  expect(receiver.received[0]?.headers).not.toHaveProperty('x-signature-v2');
});

test('user and password of the URL are sent in a header', async () => {
  await send(receiver.url.replace('//', '//us%40er:pass@'));
  expect(receiver.received[0]?.headers.authorization).toBe(
    `Basic ${Buffer.from('us@er:pass').toString('base64')}`,
  );
});

test.each([199 + 2, 202, 204])('%i is success', async (status) => {
  receiver.answerWith(status);
  expect((await send(receiver.url)).error).toBeNull();
});

test.each([400, 404, 429, 500, 503])('%i is not', async (status) => {
  receiver.answerWith(status);
  expect(await send(receiver.url)).toMatchObject({
    status,
    error: `the receiver answered ${status}`,
    final: false,
  });
});

test('a redirect is not followed', async () => {
  receiver.answerWith(302, { location: '/elsewhere' });
  expect(await send(receiver.url)).toMatchObject({ status: 302, error: 'the receiver answered 302' });
  expect(receiver.received).toHaveLength(1);
});

test('410 ends the delivery for good', async () => {
  receiver.answerWith(410);
  expect((await send(receiver.url)).final).toBe(true);
});

test.each([
  ['30', 30_000],
  ['999999', 3_600_000],
  ['soon', null],
])('Retry-After: %s means %j ms', async (value, ms) => {
  receiver.answerWith(503, { 'retry-after': value });
  expect((await send(receiver.url)).retryAfterMs).toBe(ms);
});

test('a receiver that does not answer times out', async () => {
  receiver.answers.push(() => {});
  expect(await send(receiver.url, { timeoutMs: 100 })).toMatchObject({
    status: null,
    error: 'no answer within 100 ms',
  });
});

test('an unreachable receiver is reported with the reason', async () => {
  expect(await send('http://127.0.0.1:9/')).toMatchObject({
    status: null,
    error: 'not reachable: nothing accepts connections there (ECONNREFUSED)',
  });
});

test('an endless answer is not read to its end', async () => {
  receiver.answers.push((response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'.repeat(10_000)), 1);
    response.on('close', () => clearInterval(timer));
  });
  expect(await send(receiver.url, { timeoutMs: 5_000 })).toMatchObject({ status: 200, error: null });
});

describe('if private addresses are not allowed', () => {
  const guarded = { allowPrivate: false };
  const FORBIDDEN = { status: null, final: true, error: expect.stringContaining('not a public address') };

  test.each([
    '127.0.0.1',
    'localhost',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0.0.0.0',
    '127.1',
    '0x7f000001',
    '2130706433',
  ])('does not connect to http://%s', async (host) => {
    expect(await send(`http://${host}:${receiver.port}/`, guarded)).toMatchObject(FORBIDDEN);
    expect(receiver.received).toEqual([]);
  });

  test('does not connect to a name that resolves to a private address at that moment', async () => {
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const url = `http://public.example:${receiver.port}/`;
    expect(await send(url, { ...guarded, resolve })).toMatchObject(FORBIDDEN);
    expect(receiver.received).toEqual([]);
    expect((await send(url, { allowPrivate: true, resolve })).status).toBe(204);
  });

  test('does not connect to a name that has any private address', async () => {
    const resolve = async () => [
      { address: '93.184.215.14', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ];
    expect(await send('http://mixed.example/', { ...guarded, resolve })).toMatchObject(FORBIDDEN);
  });
});
