import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from './lib/ports.mjs';
import { isAlive } from './lib/processes.mjs';
import { ROOT } from './lib/root.mjs';

const LAUNCHER = [process.execPath, join(ROOT, 'scripts', 'start.mjs')];
const NPM_START = ['npm', 'start', '--prefix', ROOT];

/** One `npm start` with its output and its processes. */
class Launcher {
  output = '';

  /** @param {Record<string, string>} env @param {string[]} command */
  constructor(env, [program = '', ...args] = LAUNCHER) {
    // The environment of a person's terminal, without the test settings.
    const { PATH, HOME } = process.env;
    this.process = spawn(program, args, { env: { PATH, HOME, ...env } });
    this.process.stdout.setEncoding('utf8').on('data', (text) => (this.output += text));
    this.process.stderr.setEncoding('utf8').on('data', (text) => (this.output += text));
    /** @type {Promise<number | null>} */
    this.exited = new Promise((resolve) => this.process.once('close', (code) => resolve(code)));
  }

  async ready() {
    await expect.poll(() => this.output, { timeout: 45_000 }).toContain('Paste these');
  }

  /** All descendants of the launcher, by their commands. @returns {Map<string, number>} */
  children() {
    const list = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,command='], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n');
    const rows = list.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)).filter((row) => row !== null);
    const below = new Map();
    const parents = new Set([this.process.pid]);
    for (let size = 0; size !== parents.size;) {
      size = parents.size;
      for (const [, pid, parent, command] of rows) {
        if (!parents.has(Number(parent))) continue;
        parents.add(Number(pid));
        below.set(command, Number(pid));
      }
    }
    return below;
  }

  /** Waits until a process runs whose command contains `part`. @param {string} part */
  async has(part) {
    const isThere = () => [...this.children().keys()].some((command) => command.includes(part));
    await expect.poll(isThere, { timeout: 45_000, interval: 5 }).toBe(true);
  }

  /** Collects all descendants of the launcher until it has ended, by pid. */
  async allUntilEnd() {
    /** @type {Map<number, string>} */
    const seen = new Map();
    const ended = this.exited.then(() => true);
    do {
      for (const [command, pid] of this.children()) seen.set(pid, command);
    } while (!(await Promise.race([ended, setImmediate(false)])));
    return seen;
  }

  /** @param {string} part */
  pidOf(part) {
    const found = [...this.children()].find(([command]) => command.includes(part));
    if (found === undefined) throw new Error(`no process ${part}`);
    return found[1];
  }
}

describe('npm start', () => {
  /** @type {Launcher[]} */
  const launchers = [];
  /** @type {string[]} */
  const directories = [];

  afterEach(async () => {
    for (const { process: child, exited } of launchers.splice(0)) {
      child.kill('SIGTERM');
      await exited;
    }
    for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
  });

  /** @returns {Promise<Record<string, string>>} settings for a separate stack */
  async function settings() {
    const directory = mkdtempSync(join(tmpdir(), 'gateway-start-'));
    directories.push(directory);
    const [api, sandbox, control] = [await freePort(), await freePort(), await freePort()];
    return {
      DATA_DIR: directory,
      PORT: `${api}`,
      SANDBOX_PORT: `${sandbox}`,
      SANDBOX_CONTROL_PORT: `${control}`,
    };
  }

  /** @param {Record<string, string>} env @param {string[]} [command] */
  function launch(env, command) {
    const launcher = new Launcher(env, command);
    launchers.push(launcher);
    return launcher;
  }

  test('the lines that it prints, pasted, sign in and send; a restart keeps everything; Ctrl+C leaves nothing running', async () => {
    const env = await settings();
    const first = launch(env);
    await first.ready();
    expect(first.output).toContain('SANDBOX');
    const lines = first.output.split('\n').filter((line) => line.trim().startsWith('curl '));
    expect(lines).toHaveLength(7);
    const answers = lines.map((line) => spawnSync('sh', ['-c', `${line} -sS`], { encoding: 'utf8' }).stdout);
    expect(answers.at(-2)).toContain('"success":true');
    expect(JSON.parse(answers.at(-1) ?? '')).toMatchObject([{ text: 'Привет, Bob! 👋' }]);

    // All at once, as when the machine loses power.
    const children = [...first.children().values()];
    for (const pid of [first.process.pid ?? 0, ...children]) process.kill(pid, 'SIGKILL');
    await first.exited;
    const second = launch(env);
    await second.ready();
    const last = second.children();
    expect([...last.keys()].join('\n')).toMatch(/redis|valkey/);
    expect(last.size).toBeGreaterThanOrEqual(5);
    const again = spawnSync('sh', ['-c', `${lines.at(-2)} -sS`], { encoding: 'utf8' }).stdout;
    expect(again).toContain('"success":true');
    expect(
      JSON.parse(spawnSync('sh', ['-c', `${lines.at(-1)} -sS`], { encoding: 'utf8' }).stdout),
    ).toHaveLength(2);
    second.process.kill('SIGINT');
    expect(await second.exited).toBe(0);
    for (const [command, pid] of last) expect(isAlive(pid), command).toBe(false);
  }, 60_000);

  test.each(['worker.mjs', 'redis-guard', 'redis-server'])(
    'when %s is killed it reports that and ends the rest',
    async (part) => {
      const launcher = launch(await settings());
      await launcher.ready();
      const children = launcher.children();
      process.kill(launcher.pidOf(part === 'redis-server' ? 'redis-server 127.0.0.1' : part), 'SIGKILL');
      expect(await launcher.exited).toBe(1);
      expect(launcher.output).toMatch(/(worker|api|sandbox|redis) has ended .*stopping the rest/);
      for (const [command, pid] of children)
        await expect.poll(() => isAlive(pid), { message: command }).toBe(false);
    },
    60_000,
  );

  test('when it is killed itself, its processes end by themselves', async () => {
    const launcher = launch(await settings());
    await launcher.ready();
    const children = launcher.children();
    launcher.process.kill('SIGKILL');
    for (const [command, pid] of children)
      await expect.poll(() => isAlive(pid), { message: command, timeout: 20_000 }).toBe(false);
  }, 60_000);

  const MOMENTS = ['a lock', 'redis-server', 'sandbox.mjs', 'api.mjs'];

  test.each(MOMENTS)(
    'SIGTERM during the start, once there is %s, leaves nothing running',
    async (moment) => {
      const env = await settings();
      const launcher = launch(env);
      const isLocked = () => existsSync(join(env['DATA_DIR'] ?? '', 'launcher.lock'));
      if (moment === 'a lock') await expect.poll(isLocked, { timeout: 45_000, interval: 5 }).toBe(true);
      else await launcher.has(moment);
      const seen = launcher.allUntilEnd();
      launcher.process.kill('SIGTERM');
      expect(await launcher.exited).toBe(0);
      expect(launcher.output).not.toContain('Paste these');
      for (const [pid, command] of await seen) expect(isAlive(pid), command).toBe(false);
    },
    60_000,
  );

  const LOST = /** @type {const} */ ([
    ['SIGTERM', 'redis-server'],
    ['SIGHUP', 'ready'],
  ]);

  test.each(LOST)(
    '%s to npm alone, at the stage %s, ends everything',
    async (signal, moment) => {
      const launcher = launch(await settings(), NPM_START);
      await (moment === 'ready' ? launcher.ready() : launcher.has(moment));
      const children = launcher.children();
      launcher.process.kill(signal);
      for (const [command, pid] of children)
        await expect.poll(() => isAlive(pid), { message: command, timeout: 20_000 }).toBe(false);
      // Its output closes only after the last process that could write to it has ended, including those started
      // meanwhile.
      await launcher.exited;
    },
    60_000,
  );

  test('a process whose launcher is killed while it loads ends by itself', async () => {
    for (const part of ['redis-guard', 'sandbox.mjs']) {
      const launcher = launch(await settings());
      await launcher.has(part);
      launcher.process.kill('SIGKILL');
      // Resolves once no process holds its output any more.
      await launcher.exited;
    }
  }, 120_000);

  test('a second one on the same data directory says what is wrong and does no harm; with its own settings it runs', async () => {
    const env = await settings();
    const first = launch(env);
    await first.ready();
    const sameDirectory = launch(env);
    expect(await sameDirectory.exited).toBe(1);
    expect(sameDirectory.output).toMatch(
      new RegExp(`in use by another npm start \\(pid ${first.process.pid}\\)`),
    );

    const samePort = launch({ ...(await settings()), PORT: env['PORT'] ?? '' });
    expect(await samePort.exited).toBe(1);
    expect(samePort.output).toContain(`Port ${env['PORT']} (PORT) is in use`);

    const other = launch({ ...(await settings()), API_KEYS: 'a-secret-key' });
    await other.ready();
    const health = await fetch(`http://127.0.0.1:${env['PORT']}/readyz`);
    expect(health.status).toBe(200);

    // With API keys the printed lines use one, without printing it.
    expect(other.output).not.toContain('a-secret-key');
    const start = other.output.split('\n').find((line) => line.includes('/auth/start'));
    const answer = spawnSync('sh', ['-c', `${start} -sS`], {
      encoding: 'utf8',
      env: { ...process.env, API_KEY: 'a-secret-key' },
    });
    expect(answer.stdout).toContain('code_sent');
  }, 60_000);

  test.each([
    [{ PORT: 'http' }, /^.*Bad setting: PORT must be a whole number/m],
    [{ TELEGRAM_API_ID: '1' }, /Bad setting: TELEGRAM_API_HASH is missing/],
    [{ HOST: '0.0.0.0' }, /HOST is 0\.0\.0\.0.*API_KEYS/],
    [{ REDIS_URL: 'redis://127.0.0.1:1' }, /No Redis answers at REDIS_URL/],
  ])('a bad setting %j stops it with a line that names the setting', async (bad, message) => {
    const launcher = launch({ ...(await settings()), ...bad });
    expect(await launcher.exited).toBe(1);
    expect(launcher.output).toMatch(message);
    expect(launcher.output).not.toContain('    at ');
  });

  test('without the key of its sessions it stops with a line that says so, and so do all its processes', async () => {
    const env = await settings();
    mkdirSync(join(env['DATA_DIR'] ?? '', 'telegram_sessions'));
    writeFileSync(join(env['DATA_DIR'] ?? '', 'telegram_sessions', 'alice.session'), 'v1.00000000.AAAA');
    const launcher = launch(env);
    expect(await launcher.exited).toBe(1);
    const keyFile = join(env['DATA_DIR'] ?? '', 'session_encryption.key');
    expect(launcher.output).toContain(`cannot start: the key file ${keyFile} is missing`);
    expect(launcher.output).toContain('stopping the rest');
    expect(existsSync(keyFile)).toBe(false);
  });

  test('with Telegram credentials the sandbox is not started', async () => {
    const env = await settings();
    const launcher = launch({ ...env, TELEGRAM_API_ID: '1', TELEGRAM_API_HASH: 'abc' });
    await launcher.ready();
    expect(launcher.output).not.toContain('SANDBOX');
    expect(() => launcher.pidOf('sandbox.mjs')).toThrow();
    expect(readFileSync(join(env['DATA_DIR'] ?? '', 'redis', 'redis.conf'), 'utf8')).toContain(
      'bind 127.0.0.1',
    );
  }, 60_000);
});
