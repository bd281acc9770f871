import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from './lib/ports.mjs';
import { isAlive } from './lib/processes.mjs';
import { ROOT } from './lib/root.mjs';

const TIMEOUT = 60_000;

/** A copy of the repository, whose sources the tests change. @type {string} */
let copy;
/** @type {import('node:child_process').ChildProcess} */
let dev;
/** @type {Promise<number | null>} */
let exited;
let output = '';

beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), 'gateway-dev-'));
  for (const name of [
    'scripts',
    'apps',
    'packages',
    'package.json',
    'pnpm-lock.yaml',
    'tsconfig.json',
    'tsconfig.base.json',
  ])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true, verbatimSymlinks: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const { PATH, HOME } = process.env;
  dev = spawn(process.execPath, [join(copy, 'scripts', 'dev.mjs')], {
    env: {
      PATH,
      HOME,
      DATA_DIR: join(copy, 'data'),
      PORT: `${await freePort()}`,
      SANDBOX_PORT: `${await freePort()}`,
      SANDBOX_CONTROL_PORT: `${await freePort()}`,
    },
  });
  for (const stream of [dev.stdout, dev.stderr])
    stream?.setEncoding('utf8').on('data', (text) => (output += text));
  exited = new Promise((resolve) => dev.once('close', resolve));
  await vi.waitFor(() => expect(output).toContain('Paste these'), { timeout: TIMEOUT });
}, 90_000);

afterAll(async () => {
  dev.kill('SIGTERM');
  await exited;
  rmSync(copy, { recursive: true, force: true });
}, 120_000);

/**
 * Makes a change and returns the output from then on, once it matches. @param {RegExp} wanted @param {() => void}
 * change
 */
async function after(change, wanted) {
  const before = output.length;
  change();
  await expect.poll(() => output.slice(before), { timeout: TIMEOUT }).toMatch(wanted);
  return output.slice(before);
}

/** Replaces a file by a rename, as editors and git do. @param {string} path @param {(text: string) => string} change */
function rewrite(path, change) {
  const file = join(copy, path);
  writeFileSync(`${file}.new`, change(readFileSync(file, 'utf8')));
  renameSync(`${file}.new`, file);
}

/** Commands of the processes below the launcher, by pid. */
function children() {
  const rows = spawnSync('ps', ['-A', '-o', 'pid=,command='], { encoding: 'utf8' }).stdout.trim().split('\n');
  return new Map(
    rows.filter((row) => row.includes(copy)).map((row) => [Number.parseInt(row, 10), row.trim()]),
  );
}

const KEYS = 'packages/queue/src/keys.ts';
const MAIN = 'apps/worker/src/main.ts';
const SERVING = /worker: serving 16 of 16 shards/;

test('Vite serves the console with the API behind it, and reloads the page on a change', async () => {
  const url = /Console +(\S+)/.exec(output)?.[1] ?? '';
  expect(await (await fetch(url)).text()).toContain('/console/src/main.tsx');
  expect(await (await fetch(new URL('config.json', url))).json()).toMatchObject({ sandbox: true });
  // Vite only watches files that a page has requested.
  await (await fetch(new URL('src/app.tsx', url))).text();
  await after(() => rewrite('packages/console/src/app.tsx', (text) => `${text}\n`), /reload src\/app\.tsx/);
}, 120_000);

test('a change in packages/queue restarts worker and API: the old worker has stopped before the new one starts', async () => {
  const lines = await after(
    () => rewrite(KEYS, (text) => `console.log('new code in', process.argv[1]);\n${text}`),
    /serving 16 of 16 shards[^]*api: listening|api: listening[^]*serving 16 of 16 shards/,
  );
  expect(lines).toMatch(/Restarting worker, api…/);
  expect(lines).toMatch(/worker: stopped[^]*new code in \S+worker\.mjs[^]*worker: serving/);
  expect(lines).toMatch(/api: stopped[^]*new code in \S+api\.mjs[^]*api: listening/);
  expect(lines).not.toContain('sandbox: data centres');
}, 120_000);

test('a change in apps/worker restarts the worker only; a comment restarts nothing', async () => {
  appendFileSync(join(copy, 'apps/api/src/main.ts'), '// A comment.\n');
  const lines = await after(() => rewrite(MAIN, (text) => `${text}console.log('worker ran');\n`), SERVING);
  expect(lines).toMatch(/Restarting worker…/);
  expect(lines).not.toContain('api: stop');
}, 120_000);

test('a failed build is reported and changes nothing; a process that crashes starts after the next change', async () => {
  const good = readFileSync(join(copy, MAIN), 'utf8');
  const failed = await after(() => rewrite(MAIN, () => 'not TypeScript'), /Could not build the code/);
  expect(failed).toContain(MAIN);
  expect(failed).not.toContain('Restarting');
  await after(
    () => rewrite(MAIN, () => "throw new Error('boom');"),
    /worker has ended \(exit code 1\)\. It starts again/,
  );
  await after(() => rewrite(MAIN, () => good), SERVING);
  // The builds of a whole day do not fill the disk.
  expect(readdirSync(join(copy, 'dist')).length).toBeLessThan(6);
}, 120_000);

test('on SIGINT every process ends', async () => {
  const running = children();
  expect([...running.values()].join('\n')).toMatch(/dev-server/);
  dev.kill('SIGINT');
  expect(await exited).toBe(0);
  for (const [pid, command] of running) expect(isAlive(pid), command).toBe(false);
}, 120_000);
