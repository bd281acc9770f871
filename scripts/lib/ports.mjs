import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Whether it is possible to listen on a port now.
 * @param {string} host @param {number} port
 */
export async function isFree(host, port) {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/**
 * A loopback port that was free just now. From 32768 on, the system may give any port to an outgoing connection before
 * the caller listens.
 */
export async function freePort() {
  for (;;) {
    const port = randomInt(10_000, 32_768);
    if (await isFree('127.0.0.1', port)) return port;
  }
}
