import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../ports.mjs';
import { commandOf, endProcess, isAlive } from '../processes.mjs';
import { say, Stop } from '../say.mjs';

/** ms for Redis to load its file and answer. */
const START_TIMEOUT = 30_000;
const GRACE = 5_000;

/**
 * Starts the product's own Redis: on a free loopback port, with a password, with an append-only file in `directory`.
 * @param {object} options
 * @param {string} options.binary
 * @param {string} options.directory
 * @param {import('../supervisor.mjs').Supervisor} options.supervisor runs it, and ends it last
 * @returns {Promise<string>} its URL
 */
export async function startRedis({ binary, directory, supervisor }) {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const configFile = join(directory, 'redis.conf');
  await endOrphan(configFile, join(directory, 'redis.pid'));
  const port = await freePort();
  const password = randomBytes(24).toString('hex');
  writeFileSync(configFile, config({ port, password, directory }), { mode: 0o600 });
  const guard = supervisor.start({
    name: 'redis',
    command: [join(import.meta.dirname, 'redis-guard.mjs'), binary, configFile],
    env: {},
    graceMs: GRACE + 2_000,
  });
  guard.onMessage((message) => {
    // If the guard itself is killed, Redis is ended by its pid.
    if (message['type'] === 'spawned' && typeof message['pid'] === 'number') guard.alsoEnd(message['pid']);
  });
  await answers(port, password, guard);
  return `redis://:${password}@127.0.0.1:${port}`;
}

/** @param {{ port: number, password: string, directory: string }} options */
function config({ port, password, directory }) {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir ${JSON.stringify(directory)}`,
    `pidfile ${JSON.stringify(join(directory, 'redis.pid'))}`,
    `logfile ${JSON.stringify(join(directory, 'redis.log'))}`,
    'daemonize no',
    'appendonly yes',
    'appendfsync everysec',
    'maxmemory-policy noeviction',
    'save ""',
    '',
  ].join('\n');
}

/**
 * Ends a Redis that an earlier launcher left running, e.g. because everything but Redis was killed. Two servers must
 * not use the same files.
 * @param {string} configFile @param {string} pidFile
 */
async function endOrphan(configFile, pidFile) {
  if (!existsSync(configFile) || !existsSync(pidFile)) return;
  const port = /^port (\d+)$/m.exec(readFileSync(configFile, 'utf8'))?.[1];
  const pid = Number(readFileSync(pidFile, 'utf8'));
  // Redis shows its address in its command line. Another process that has the pid now does not.
  if (port !== undefined && pid > 0 && isAlive(pid) && commandOf(pid).includes(`127.0.0.1:${port}`)) {
    say(`Ending a Redis that an earlier run left behind (pid ${pid}).`);
    await endProcess(pid, GRACE);
  }
  rmSync(pidFile, { force: true });
}

/** @param {number} port @param {string} password @param {import('../supervisor.mjs').Child} guard */
async function answers(port, password, guard) {
  const deadline = Date.now() + START_TIMEOUT;
  while (Date.now() < deadline && !guard.hasEnded) {
    const reply = await ask({ host: '127.0.0.1', port, lines: [`AUTH ${password}`, 'PING'] });
    if (reply.includes('PONG')) return;
    await delay(20);
  }
  throw new Stop('Redis did not start; see redis.log in the data directory.');
}

/**
 * Whether a server of REDIS_URL is reachable. The product's own clients report a wrong password.
 * @param {import('../../../packages/runtime/src/redis-address.ts').RedisAddress} address
 */
export async function checkRedis({ nodes, tls }) {
  if (tls) return;
  const replies = await Promise.all(nodes.map((node) => ask({ ...node, lines: ['PING'] })));
  const hosts = nodes.map(({ host, port }) => `${host}:${port}`).join(', ');
  if (replies.every((reply) => reply === ''))
    throw new Stop(`No Redis answers at REDIS_URL (${hosts}). Start it, or unset REDIS_URL.`);
}

/**
 * Sends inline commands and returns the first reply; empty if there is none.
 * @param {{ host: string, port: number, lines: string[] }} options
 * @returns {Promise<string>}
 */
function ask({ host, port, lines }) {
  return new Promise((resolve) => {
    let reply = '';
    const socket = connect({ host, port, timeout: 2_000 }, () =>
      socket.write(lines.map((line) => `${line}\r\n`).join('')),
    );
    socket.on('data', (chunk) => {
      reply += chunk.toString('latin1');
      if (reply.split('\r\n').length > lines.length || reply.startsWith('-')) socket.destroy();
    });
    socket.on('timeout', () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => resolve(reply));
  });
}
