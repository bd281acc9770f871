import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from './lib/ports.mjs';
import { isAlive } from './lib/processes.mjs';
import { ROOT } from './lib/root.mjs';

/** One `npm start`, its output, and the processes that it runs. */
class Launcher {
  output = '';

  /** @param {Record<string, string>} env */
  constructor(env) {
    // As a person's terminal has it: nothing of the tests' own settings.
    const { PATH, HOME } = process.env;
    this.process = spawn(process.execPath, [join(ROOT, 'scripts', 'start.mjs')], {
      env: { PATH, HOME, ...env },
    });
    this.process.stdout.setEncoding('utf8').on('data', (text) => (this.output += text));
    this.process.stderr.setEncoding('utf8').on('data', (text) => (this.output += text));
    /** @type {Promise<number | null>} */
    this.exited = new Promise((resolve) => this.process.once('close', (code) => resolve(code)));
  }

  async ready() {
    await expect.poll(() => this.output, { timeout: 25_000 }).toContain('Paste these');
  }

  /** Every process below the launcher, by its command. @returns {Map<string, number>} */
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

  /** @returns {Promise<Record<string, string>>} settings of a stack of its own */
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

  /** @param {Record<string, string>} env */
  function launch(env) {
    const launcher = new Launcher(env);
    launchers.push(launcher);
    return launcher;
  }

  test('the lines that it prints, pasted, sign in and send; a restart knows all of it', async () => {
    const env = await settings();
    const first = launch(env);
    await first.ready();
    expect(first.output).toContain('SANDBOX');
    const lines = first.output.split('\n').filter((line) => line.trim().startsWith('curl '));
    expect(lines).toHaveLength(7);
    const answers = lines.map((line) => spawnSync('sh', ['-c', `${line} -sS`], { encoding: 'utf8' }).stdout);
    expect(answers.at(-2)).toContain('"success":true');
    expect(JSON.parse(answers.at(-1) ?? '')).toMatchObject([{ text: 'Привет, Bob! 👋' }]);

    // Everything at once, as when the machine loses power.
    const children = [...first.children().values()];
    for (const pid of [first.process.pid ?? 0, ...children]) process.kill(pid, 'SIGKILL');
    await first.exited;
    const second = launch(env);
    await second.ready();
    const again = spawnSync('sh', ['-c', `${lines.at(-2)} -sS`], { encoding: 'utf8' }).stdout;
    expect(again).toContain('"success":true');
    expect(
      JSON.parse(spawnSync('sh', ['-c', `${lines.at(-1)} -sS`], { encoding: 'utf8' }).stdout),
    ).toHaveLength(2);
  }, 60_000);

  test.each(['SIGINT', 'SIGTERM'])(
    'on %s everything ends, and nothing is left',
    async (signal) => {
      const launcher = launch(await settings());
      await launcher.ready();
      const children = launcher.children();
      expect([...children.keys()].join('\n')).toMatch(/redis|valkey/);
      expect(children.size).toBeGreaterThanOrEqual(5);
      launcher.process.kill(/** @type {NodeJS.Signals} */ (signal));
      expect(await launcher.exited).toBe(0);
      for (const [command, pid] of children) expect(isAlive(pid), command).toBe(false);
    },
    60_000,
  );

  test.each(['apps/worker', 'apps/api', 'packages/sandbox', 'redis-guard', 'redis-server'])(
    'when %s is killed it says so and ends the rest',
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

  test('a second one beside it says what is wrong and does no harm; with settings of its own it runs', async () => {
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

    const other = launch(await settings());
    await other.ready();
    const health = await fetch(`http://127.0.0.1:${env['PORT']}/readyz`);
    expect(health.status).toBe(200);
  }, 60_000);

  test.each([
    [{ PORT: 'http' }, /^.*Bad setting: PORT must be a whole number/m],
    [{ TELEGRAM_API_ID: '1' }, /Bad setting: TELEGRAM_API_HASH is missing/],
    [{ HOST: '0.0.0.0' }, /HOST is 0\.0\.0\.0.*API_KEYS/],
    [{ REDIS_URL: 'redis://127.0.0.1:1' }, /No Redis answers at REDIS_URL/],
  ])('a bad setting %j stops it with a line that names it', async (bad, message) => {
    const launcher = launch({ ...(await settings()), ...bad });
    expect(await launcher.exited).toBe(1);
    expect(launcher.output).toMatch(message);
    expect(launcher.output).not.toContain('    at ');
  });

  test('with API keys the lines that it prints carry one, which is not printed', async () => {
    const launcher = launch({ ...(await settings()), API_KEYS: 'a-secret-key' });
    await launcher.ready();
    expect(launcher.output).not.toContain('a-secret-key');
    const start = launcher.output.split('\n').find((line) => line.includes('/auth/start'));
    const answer = spawnSync('sh', ['-c', `${start} -sS`], {
      encoding: 'utf8',
      env: { ...process.env, API_KEY: 'a-secret-key' },
    });
    expect(answer.stdout).toContain('code_sent');
  }, 60_000);

  test('with credentials of Telegram the sandbox is not started', async () => {
    const env = await settings();
    const launcher = launch({ ...env, TELEGRAM_API_ID: '1', TELEGRAM_API_HASH: 'abc' });
    await launcher.ready();
    expect(launcher.output).not.toContain('SANDBOX');
    expect(() => launcher.pidOf('packages/sandbox')).toThrow();
    expect(readFileSync(join(env['DATA_DIR'] ?? '', 'redis', 'redis.conf'), 'utf8')).toContain(
      'bind 127.0.0.1',
    );
  }, 60_000);
});
