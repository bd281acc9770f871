import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { useRealQueues } from '../testing/real-queues.ts';

const queues = useRealQueues();

const HEAD = 'POST /telegram/user/send HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const MIB = 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, ' ');
const CHUNK = Buffer.concat([Buffer.from('10000\r\n'), PIECE, Buffer.from('\r\n')]);

/**
 * Sends the head, then the piece repeatedly, up to `bytes` and as fast as the server reads.
 * @returns the answer, until the connection closed. Rejects if the connection broke while it sent.
 */
async function upload(url: string, head: string, piece: Buffer, bytes: number): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
  });
  const closed = once(socket, 'close');
  let sent = 0;
  const send = () => {
    while (sent < bytes && socket.writable) {
      sent += piece.length;
      if (!socket.write(piece)) return;
    }
  };
  socket.on('drain', send);
  socket.write(head);
  send();
  await closed;
  return received;
}

test.each([
  ['5 MB that are announced', `${HEAD}Content-Length: ${5 * MIB}\r\n\r\n`, PIECE, 5 * MIB],
  ['25 MB in chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\n`, CHUNK, 25 * MIB],
])(
  'a caller that sends %s is told 413 while it sends, and the connection closes',
  async (_, head, piece, bytes) => {
    const { url } = queues.api();
    const received = await upload(await url, head, piece, bytes);
    expect(received).toMatch(/^HTTP\/1\.1 413 .*\r\nConnection: close\r\n.*"code":"PAYLOAD_TOO_LARGE"/is);
  },
);

test('a caller that never stops sending gets 413 too, and is cut off', async () => {
  const { url } = queues.api();
  const socket = connect(Number(new URL(await url).port), '127.0.0.1');
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
  });
  // What it still sends once it is cut off is refused.
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
  const sending = setInterval(() => socket.write(CHUNK), 20);
  await closed;
  clearInterval(sending);
  expect(received).toMatch(/^HTTP\/1\.1 413 /);
});
