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

/** A loopback port that was free just now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
