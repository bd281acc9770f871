import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Stack } from './stack.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A command that was pasted into a shell. */
export interface Pasted {
  child: ChildProcess;
  /** What it has written to standard output so far. */
  output: () => string;
  /** What it has written to standard error so far. */
  errors: () => string;
  /** Its output, once it has ended. */
  ended: Promise<string>;
  /** Kills it and what it has started. */
  kill: () => Promise<void>;
}

interface PasteOptions {
  cwd?: string;
  env?: Record<string, string>;
}

/** Runs a documented command in a shell, with the addresses of this stack in place of those of `npm start`. */
export async function paste(
  stack: Stack,
  line: string,
  { cwd = ROOT, env = {} }: PasteOptions = {},
): Promise<Pasted> {
  const { controlUrl } = await stack.sandbox.ready;
  const command = line
    .replaceAll('http://127.0.0.1:3000', stack.api.url)
    .replaceAll('http://127.0.0.1:4480', String(controlUrl));
  const child = spawn('bash', ['-c', command], {
    cwd,
    // A group of its own, so that npm's children end with it.
    detached: true,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], GATEWAY_URL: stack.api.url, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = new Promise<string>((resolve) => {
    child.once('close', () => resolve(output));
  });
  const kill = async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
    await ended;
  };
  return { child, output: () => output, errors: () => errors, ended, kill };
}
