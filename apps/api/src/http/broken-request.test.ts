import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { enqueued } from '../testing/a-send.ts';
import { rawRequest } from '../testing/raw-request.ts';
import { useRealQueues } from '../testing/real-queues.ts';
import { startedApi } from '../testing/started-api.ts';

const queues = useRealQueues();

/** What every answer carries. */
const COMMON = {
  'x-request-id': expect.any(String),
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-type': 'application/json',
};

/** The last of the answers that came back. */
function readAnswer(bytes: string) {
  const [head = '', text = ''] = bytes.slice(bytes.lastIndexOf('HTTP/1.1 ')).split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers: Record<string, string> = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  const body: unknown = JSON.parse(text);
  return { status: Number(first.split(' ')[1]), headers, body };
}

test('a body that does not come is cut off, with the id of its request', async () => {
  const { url } = await startedApi(queues, {}, { receiveTimeoutMs: 100 });
  const head =
    'POST /telegram/user/send HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\nX-Request-Id: r1\r\n\r\n{';
  const { status, headers, body } = readAnswer(await rawRequest(url, head));
  expect(status).toBe(408);
  expect(headers).toMatchObject({ ...COMMON, 'x-request-id': 'r1', connection: 'close' });
  expect(body).toEqual({
    status: 'error',
    code: 'REQUEST_TIMEOUT',
    message: 'The request did not arrive in time.',
    kind: 'retryable',
    request_id: 'r1',
  });
});

test.each([
  [
    'a head that does not come is cut off',
    408,
    'REQUEST_TIMEOUT',
    'GET / HTTP/1.1\r\nHost: localhost\r\n',
    { receiveTimeoutMs: 100 },
  ],
  ['what is no HTTP is refused', 400, 'VALIDATION', 'nonsense\r\n\r\n', {}],
])('%s, with an id of its own', async (_, expected, code, bytes, limits) => {
  const { url } = await startedApi(queues, {}, limits);
  const { status, headers, body } = readAnswer(await rawRequest(url, bytes));
  expect(status).toBe(expected);
  expect(headers).toMatchObject({ ...COMMON, connection: 'close' });
  expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(body).toMatchObject({ status: 'error', code, request_id: headers['x-request-id'] });
});

test('a body that its caller ends early is refused as such', async () => {
  const { url } = await startedApi(queues);
  const head =
    'POST /telegram/user/send HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\nX-Request-Id: r1\r\n\r\n{';
  const { status, body } = readAnswer(await rawRequest(url, head, true));
  expect(status).toBe(400);
  expect(body).toMatchObject({
    request_id: 'r1',
    message: expect.stringMatching(/body of the request ended early/),
  });
});

test('HTTP/1.0 without Host gets /healthz, and without keys nothing else', async () => {
  const { url } = await startedApi(queues);
  expect(readAnswer(await rawRequest(url, 'GET /healthz HTTP/1.0\r\n\r\n')).status).toBe(200);
  expect(readAnswer(await rawRequest(url, 'GET /jobs/x HTTP/1.0\r\n\r\n')).status).toBe(403);
});

/**
 * Sends the head of a request, and more once the answer has begun.
 * @param andNoMore says that these were the last bytes.
 * @returns what came back until the connection closed.
 */
async function behindAnswer(url: string, head: string, more: string, andNoMore = false): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    if (received === '') socket.write(more);
    if (received === '' && andNoMore) socket.end();
    received += text;
  });
  socket.write(`${head}\r\nHost: localhost\r\nX-Request-Id: r1\r\n\r\n`);
  await once(socket, 'close');
  return received;
}

const nonsenseBehind = (url: string, path: string) =>
  behindAnswer(url, `GET ${path} HTTP/1.1`, 'nonsense\r\n\r\n');

test('a body that ends early behind its answer gets no second one', async () => {
  const { url } = await startedApi(queues);
  const received = await behindAnswer(url, 'POST /nothing HTTP/1.1\r\nContent-Length: 50', '{', true);
  expect(received).toMatch(/^HTTP\/1\.1 404 /);
  expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
});

test('nonsense behind an answer is refused, with an id of its own', async () => {
  const { url } = await startedApi(queues);
  const received = await nonsenseBehind(url, '/healthz');
  expect(received).toMatch(/^HTTP\/1\.1 200 /);
  const { status, body } = readAnswer(received);
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 'VALIDATION', request_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
});

test('nothing is written into an answer that has begun', async () => {
  const { url } = await startedApi(queues);
  const { jobId } = await enqueued(queues);
  const received = await nonsenseBehind(url, `/jobs/${jobId}/events`);
  expect(received).toMatch(/^HTTP\/1\.1 200 /);
  expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
});
