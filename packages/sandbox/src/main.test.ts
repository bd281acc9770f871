import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeArguments } from '../../../scripts/lib/node-arguments.mjs';
import { freePort } from '../../../scripts/lib/ports.mjs';
import { ROOT } from '../../../scripts/lib/root.mjs';
import { signedIn } from './testing/mtcute-users.ts';

interface Ready {
  dataCenters: { id: number; host: string; port: number }[];
  controlUrl: string;
  publicKeyFile: string;
}

let dataDir: string;
const children: ChildProcess[] = [];
const servers: Server[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sandbox-main-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) await end(child, 'SIGKILL');
  for (const server of servers.splice(0)) server.close();
  await rm(dataDir, { recursive: true });
});

function start(env: Record<string, string> = {}): ChildProcess {
  const command = nodeArguments('packages/sandbox/src/main.ts');
  const child = fork(join(ROOT, command.at(-1) ?? ''), {
    execArgv: command.slice(0, -1),
    env: {
      PATH: process.env['PATH'],
      DATA_DIR: dataDir,
      SANDBOX_PORT: '0',
      SANDBOX_CONTROL_PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.push(child);
  return child;
}

async function ready(child: ChildProcess): Promise<Ready> {
  const ended = outcome(child).then(({ code, stderr }) => {
    throw new Error(`the sandbox ended with ${code}: ${stderr}`);
  });
  const [message] = await Promise.race([once(child, 'message'), ended]);
  expect(message).toMatchObject({ type: 'ready' });
  return message;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const closed = once(child, 'close');
  child.kill(signal);
  await closed;
  return child.exitCode;
}

async function occupy(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
}

async function asks(controlUrl: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(
    controlUrl + path,
    body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) },
  );
  return answer.json();
}

async function outcome(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  let stderr = '';
  child.stderr?.on('data', (text) => (stderr += text));
  await once(child, 'close');
  return { code: child.exitCode, stderr };
}

test('sends its addresses to its parent, and keeps its state through a kill -9', async () => {
  const ports = { SANDBOX_PORT: String(await freePort()), SANDBOX_CONTROL_PORT: String(await freePort()) };
  const first = start(ports);
  const { dataCenters, controlUrl, publicKeyFile } = await ready(first);
  expect(dataCenters.map(({ id, host }) => [id, host])).toEqual([
    [2, '127.0.0.1'],
    [1, '127.0.0.1'],
    [3, '127.0.0.1'],
  ]);
  const publicKeyPem = await readFile(publicKeyFile, 'utf8');
  expect(publicKeyPem).toMatch(/^-----BEGIN RSA PUBLIC KEY-----/);
  expect((await stat(publicKeyFile)).mode & 0o777).toBe(0o644);

  const control = { lastCode: () => ({ phone: '', code: '11111', delivery: 'app' as const }) };
  const { client, id } = await signedIn({ dataCenters, publicKeyPem, control }, '+9996611001');
  await client.sendText('me', 'до');
  await end(first, 'SIGKILL');

  const second = start(ports);
  expect(await ready(second)).toEqual({ type: 'ready', dataCenters, controlUrl, publicKeyFile });
  expect(await readFile(publicKeyFile, 'utf8')).toBe(publicKeyPem);
  await client.sendText('me', 'после');
  expect(await asks(controlUrl, `/messages?from=${id}`)).toMatchObject([{ text: 'до' }, { text: 'после' }]);
  expect(await asks(controlUrl, '/codes/+9996611001')).toMatchObject({ code: '11111' });
});

test('stops gracefully on SIGTERM, and when its parent ends', async () => {
  const first = start();
  await ready(first);
  expect(await end(first, 'SIGTERM')).toBe(0);
  const second = start();
  await ready(second);
  const gone = once(second, 'exit');
  second.disconnect();
  expect(await gone).toEqual([0, null]);
});

test.each(['SANDBOX_PORT', 'SANDBOX_CONTROL_PORT'])(
  'says in one line that %s is taken, and ends',
  async (setting) => {
    const port = await freePort();
    await occupy(port);
    const { code, stderr } = await outcome(start({ [setting]: String(port) }));
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringContaining(`${setting} ${port} on 127.0.0.1 is in use`),
    ]);
  },
);

test('exits with one line for a bad setting, and for a directory that another sandbox uses', async () => {
  expect(await outcome(start({ SANDBOX_PORT: 'high' }))).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^sandbox: SANDBOX_PORT: .*\n$/),
  });
  const first = start();
  await ready(first);
  const second = await outcome(start());
  expect(second).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^sandbox: .* is in use by process \d+; .*\n$/),
  });
});

test('other data centres use free ports if the next ones are taken, and keep them', async () => {
  const port = await freePort();
  await occupy(port + 1);
  const main = String(port);
  const first = start({ SANDBOX_PORT: main });
  const { dataCenters } = await ready(first);
  expect(dataCenters).not.toContainEqual(expect.objectContaining({ port: port + 1 }));
  await end(first, 'SIGTERM');
  expect((await ready(start({ SANDBOX_PORT: main }))).dataCenters).toEqual(dataCenters);
});
