import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import type { ApiEnv } from '../context.ts';
import { listen } from './server.ts';

/** Longer than a test may take, so that a server which waits for it fails the test. */
const LONG_GRACE = 10 * 60_000;

async function serve(answer: () => Promise<Response>) {
  const app = new Hono<ApiEnv>();
  app.all('/', answer);
  return listen(app, { host: '127.0.0.1', port: 0 });
}

test('closing does not wait for kept connections, nor for those that never asked anything', async () => {
  const server = await serve(async () => new Response('done'));
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(socket, 'connect');
  expect(await (await fetch(server.url)).text()).toBe('done');
  await server.close(LONG_GRACE);
  socket.destroy();
});

test('closing cuts a request off that goes on after the grace', async () => {
  let begun = () => {};
  const hasBegun = new Promise<void>((resolve) => (begun = resolve));
  const server = await serve(async () => {
    begun();
    return new Promise(() => {});
  });
  const asked = fetch(server.url).catch((error: unknown) => error);
  await hasBegun;
  await server.close(1);
  expect(await asked).toBeInstanceOf(TypeError);
});

test('a caller that reads only once its whole body is written gets an answer that came before', async () => {
  const server = await serve(async () => new Response('too large', { headers: { Connection: 'close' } }));
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  const bytes = 32 * 1024 * 1024;
  socket.write(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bytes}\r\n\r\n`);
  await new Promise<void>((resolve, reject) =>
    socket.write(Buffer.alloc(bytes), (error) => (error ? reject(error) : resolve())),
  );
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 .*too large$/s);
});
