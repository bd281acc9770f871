import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

const BIN = fileURLToPath(new URL('../../apps/cli/bin/telegram-gateway.mjs', import.meta.url));
const ALICE = '+9996622401';
const BOB = '+9996622402';
const CODE = '22222';
const PASSWORD = 'hunter2';
const KEY = 'a-key-of-the-command-line';

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

describe('the command line', () => {
  let stack: Stack;
  let sandboxPort: string;
  beforeAll(async () => {
    stack = await Stack.start({ API_KEYS: KEY });
    sandboxPort = new URL(String((await stack.sandbox.ready)['controlUrl'])).port;
    await stack.control.createAccount({
      phone: BOB,
      first_name: 'Bob',
      username: 'bob_example',
      password: PASSWORD,
      hint: 'the usual',
    });
  });
  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
  });

  /** Runs the command in its own process, with pipes in place of a terminal. */
  function cli(
    args: string[],
    {
      input = '',
      env = {},
      onStdout,
    }: {
      input?: string;
      env?: Record<string, string>;
      onStdout?: (text: string, stop: () => void) => void;
    } = {},
  ): Promise<Run> {
    const child = spawn(process.execPath, [BIN, ...args], {
      env: {
        PATH: process.env['PATH'] ?? '',
        GATEWAY_URL: stack.api.url,
        GATEWAY_API_KEY: KEY,
        SANDBOX_CONTROL_PORT: sandboxPort,
        ...env,
      },
    });
    const run: Run = { code: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      run.stdout += text;
      onStdout?.(run.stdout, () => child.kill('SIGINT'));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      run.stderr += text;
    });
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ ...run, code }));
    });
  }

  test('signs in step by step, code and password never shown', async () => {
    const started = await cli(['login', 'bob', '--phone', BOB]);
    expect(started).toMatchObject({ code: 0, stderr: expect.stringContaining(`/codes/${BOB}`) });
    const asked = await cli(['login', 'bob', '--code', CODE]);
    expect(asked).toMatchObject({ code: 1, stdout: expect.stringContaining('the usual') });
    const signedIn = await cli(['login', 'bob', '--password-stdin', '--json'], { input: `${PASSWORD}\n` });
    expect(signedIn.code).toBe(0);
    expect(JSON.parse(signedIn.stdout)).toMatchObject({
      status: 'authorized',
      user: { username: 'bob_example' },
    });
    for (const { stdout, stderr } of [started, asked, signedIn])
      for (const secret of [CODE, PASSWORD, KEY]) expect(stdout + stderr).not.toContain(secret);

    expect((await cli(['login', 'alice', '--phone', ALICE, '--code', CODE])).stdout).toContain(
      '✓ alice is signed in',
    );
  });

  test('sends, and shows the account', async () => {
    const sent = await cli(['send', 'alice', '@bob_example', '-'], { input: 'Привет 👋\n' });
    expect(sent).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^✓ sent as message \d+\n$/),
      stderr: '',
    });
    expect((await stack.control.messages()).at(-1)?.text).toBe('Привет 👋');
    expect((await cli(['status', 'alice'])).stdout).toMatch(/signed in: +yes, as .*\nstate: +ready\n/);
  });

  test('sends a file of messages, each once however often it is run', async () => {
    const file = join(stack.dataDir, 'mail.csv');
    const rows = Array.from({ length: 10 }, (_, index) => `@bob_example,"row ${index}, of the file"`);
    await writeFile(file, ['recipient_id,text', ...rows, '@nobody_has_this,lost'].join('\n'));
    const first = await cli(['send', 'alice', '--batch', file]);
    expect(first).toMatchObject({ code: 1, stdout: '11 of 11 accepted, 10 sent, 1 failed, 0 waiting\n' });
    expect(first.stderr).toContain('✗ line 12: RECIPIENT_NOT_FOUND');
    const again = await cli(['send', 'alice', '--batch', file, '--json']);
    expect(JSON.parse(again.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      sent: 0,
      sent_before: 10,
      failed: 1,
    });
    const texts = (await stack.control.messages())
      .map(({ text }) => text)
      .filter((text) => text.startsWith('row'));
    expect(texts).toEqual(Array.from({ length: 10 }, (_, index) => `row ${index}, of the file`));
  });

  test('pauses, watches, resumes and cancels', async () => {
    expect((await cli(['pause', 'alice'])).code).toBe(0);
    const send = (text: string) => cli(['send', 'alice', '@bob_example', text, '--async', '--json']);
    const kept = JSON.parse((await send('kept')).stdout);
    const dropped = JSON.parse((await send('dropped')).stdout);
    expect((await cli(['jobs', 'cancel', dropped.job_id])).code).toBe(0);
    expect((await cli(['jobs', 'wait', kept.job_id, '--timeout', '1'])).code).toBe(1);
    let resumed: Promise<Run> | undefined;
    const tail = await cli(['tail', kept.job_id], {
      onStdout() {
        resumed ??= cli(['resume', 'alice']);
      },
    });
    expect(tail).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/delayed, PAUSED\n(.*\n)*.*completed as message \d+\n$/),
    });
    expect(await resumed).toMatchObject({ code: 0 });
    expect((await cli(['jobs', 'get', dropped.job_id])).stdout).toContain('cancelled');
  });

  test('Ctrl-C ends it with code 130', async () => {
    await cli(['pause', 'alice']);
    const { job_id } = JSON.parse((await cli(['send', 'alice', 'me', 'x', '--async', '--json'])).stdout);
    const tail = await cli(['tail', job_id], { onStdout: (_text, stop) => stop() });
    expect(tail).toMatchObject({ code: 130, stderr: expect.stringContaining('Interrupted') });
    await cli(['resume', 'alice']);
  });

  test('explains an error, and exits with its code', async () => {
    expect(await cli(['send', 'carol', 'me', 'x'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('telegram-gateway login <user_id>'),
    });
    expect(await cli(['status', 'alice'], { env: { GATEWAY_API_KEY: '' } })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('GATEWAY_API_KEY'),
    });
    expect((await cli(['send', 'alice'])).code).toBe(2);
    expect((await cli(['nonsense'])).code).toBe(2);
    expect((await cli(['--help'])).code).toBe(0);
    const away = await cli(['status', 'alice'], { env: { GATEWAY_URL: 'http://127.0.0.1:1' } });
    expect(away).toMatchObject({ code: 3, stderr: expect.stringContaining('npm start') });
  });

  test('signs out', async () => {
    expect((await cli(['logout', 'bob'])).code).toBe(0);
    expect((await cli(['status', 'bob', '--json'])).stdout).toContain('"authorized":false');
  });
});
