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
 * The ports that {@link freePort} gives. From 32768 on, the system may give any port to an outgoing connection before
 * the caller listens.
 */
const FIRST = 10_000;
const BLOCKS = 31;
const BLOCK_SIZE = Math.floor((32_768 - FIRST) / BLOCKS);
/** From one port to the next: the sandbox also uses those right behind its own. */
const STEP = 9;

let next = randomInt(BLOCK_SIZE);

/**
 * A loopback port that was free just now. A caller takes seconds until it listens, so the same port is not given again
 * soon, and processes with pids close to each other take theirs from different blocks.
 */
export async function freePort() {
  const block = FIRST + (process.pid % BLOCKS) * BLOCK_SIZE;
  for (;;) {
    const port = block + next;
    next = (next + STEP) % BLOCK_SIZE;
    if (await isFree('127.0.0.1', port)) return port;
  }
}
