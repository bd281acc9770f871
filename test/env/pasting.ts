import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
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
  /** What a person at a terminal types, each once the question is shown. Without them the command has no terminal. */
  answers?: readonly (readonly [question: string, answer: string])[];
}

/** Whether this machine has util-linux' `script`, which makes a terminal. */
export const HAS_TERMINALS = /util-linux/.test(
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '',
);

/** Runs a documented command in a shell, with the addresses of this stack in place of those of `npm start`. */
export async function paste(
  stack: Stack,
  line: string,
  { cwd = ROOT, env = {}, answers }: PasteOptions = {},
): Promise<Pasted> {
  const { controlUrl } = await stack.sandbox.ready;
  const command = line
    .replaceAll('http://127.0.0.1:3000', stack.api.url)
    .replaceAll('http://127.0.0.1:4480', String(controlUrl));
  // A terminal of `script` has no width, so prompts would break each line after its first character.
  const [program, ...args] =
    answers === undefined
      ? (['bash', '-c', command] as const)
      : ([
          'script',
          '--quiet',
          '--return',
          '--command',
          `stty cols 200 rows 50; ${command}`,
          '/dev/null',
        ] as const);
  const child = spawn(program, args, {
    cwd,
    // A group of its own, so that npm's children end with it.
    detached: true,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      SHELL: '/bin/bash',
      GATEWAY_URL: stack.api.url,
      ...env,
    },
    // Given a pipe of Node, which is a socket, bash would run a person's .bashrc.
    stdio: [answers === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  const toAnswer = [...(answers ?? [])];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    const [question, answer] = toAnswer[0] ?? [];
    if (question === undefined || !output.includes(question)) return;
    toAnswer.shift();
    child.stdin?.write(`${answer}\r`);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
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
