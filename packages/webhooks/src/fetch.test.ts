import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFetcher, type FetcherOptions } from './fetch.ts';
import { Receiver } from './testing/receiver.ts';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await Receiver.start();
});
afterEach(() => receiver[Symbol.asyncDispose]());

async function read(url: string, options: Partial<FetcherOptions> = {}): Promise<string> {
  const fetcher = createFetcher({ allowPrivate: true, ...options });
  try {
    const { bytes } = await fetcher.fetch(url, new AbortController().signal);
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  } finally {
    await fetcher.close();
  }
}

test('follows five redirects, and not six', async () => {
  for (let hop = 1; hop <= 5; hop += 1) receiver.answerWith(302, { location: `/hop${hop}` });
  receiver.answers.push((response) => response.end('the file'));
  expect(await read(receiver.url)).toBe('the file');
  expect(receiver.received.map(({ path }) => path)).toEqual([
    '/hook',
    '/hop1',
    '/hop2',
    '/hop3',
    '/hop4',
    '/hop5',
  ]);
  for (let hop = 0; hop <= 5; hop += 1) receiver.answerWith(302, { location: '/hop' });
  await expect(read(receiver.url)).rejects.toThrow('redirects more than 5 times');
});

test.each([
  ['another scheme', 'file:///etc/passwd', 'not http:// or https://'],
  ['a password', 'http://user:secret@127.0.0.1/', 'a user or a password'],
  ['nothing', '', 'redirects to nowhere'],
])('refuses a redirect to %s', async (_what, location, message) => {
  receiver.answers.push((response) => {
    response.writeHead(302, location === '' ? {} : { location }).end();
  });
  await expect(read(receiver.url)).rejects.toThrow(message);
});

test.each(['127.0.0.1', 'localhost', '[::1]', '0x7f000001'])(
  'does not connect to http://%s if private addresses are not allowed',
  async (host) => {
    await expect(read(`http://${host}:${receiver.port}/`, { allowPrivate: false })).rejects.toThrow(
      'not a public one',
    );
    expect(receiver.received).toEqual([]);
  },
);

test('checks the address to which a name resolves at that moment', async () => {
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  const url = `http://public.example:${receiver.port}/`;
  await expect(read(url, { allowPrivate: false, resolve })).rejects.toThrow('not a public one');
  expect(receiver.received).toEqual([]);
});

test('reads an answer whole, though its server closes the connection while the reader is behind', async () => {
  const body = Buffer.alloc(64 * 1024, 'x');
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`);
      socket.end(body);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const closed = once(server, 'connection').then(async ([socket]) => once(socket, 'close'));
  const fetcher = createFetcher({ allowPrivate: true });
  const { port } = server.address() as AddressInfo;
  const { bytes } = await fetcher.fetch(`http://127.0.0.1:${port}/`, new AbortController().signal);
  await closed;
  expect(await buffer(bytes)).toEqual(body);
  await fetcher.close();
  server.close();
});

test('a server that sends no first byte in time, or stops, fails', async () => {
  receiver.answers.push(() => {});
  await expect(read(receiver.url, { firstByteMs: 50 })).rejects.toThrow('did not answer in time');
  receiver.answers.push((response) => {
    response.writeHead(200, { 'content-length': '10' }).write('half');
  });
  await expect(read(receiver.url, { idleMs: 50 })).rejects.toThrow('did not answer in time');
});
