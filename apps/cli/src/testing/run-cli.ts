import { PassThrough, Readable, Writable } from 'node:stream';
import { main } from '../main.ts';
import type { Prompter } from '../prompter.ts';

export interface CliRun {
  code: number;
  stdout: string;
  stderr: string;
}

export interface CliWorld {
  url: string;
  env?: Record<string, string>;
  stdin?: string;
  /** A person's answers, in order; without them there is no terminal. */
  answers?: string[];
  signal?: AbortSignal;
}

/** Runs a command line in this process with its own environment and streams. */
export async function runCli(
  args: readonly string[],
  world: CliWorld,
): Promise<CliRun & { questions: string[] }> {
  const stdout = new Sink();
  const stderr = new Sink();
  const questions: string[] = [];
  const code = await main(args, {
    env: { GATEWAY_URL: world.url, SANDBOX_CONTROL_PORT: '1', ...world.env },
    stdin: world.stdin === undefined ? new PassThrough() : Readable.from([world.stdin]),
    stdout,
    stderr,
    prompter: world.answers === undefined ? null : scripted(world.answers, questions),
    signal: world.signal ?? new AbortController().signal,
  });
  return { code, stdout: stdout.text, stderr: stderr.text, questions };
}

function scripted(answers: readonly string[], questions: string[]): Prompter {
  const rest = [...answers];
  const answer = async (question: string) => {
    questions.push(question);
    const next = rest.shift();
    if (next === undefined) throw new Error(`no answer left for: ${question}`);
    return next;
  };
  return { ask: answer, askSecret: answer };
}

class Sink extends Writable {
  text = '';

  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    this.text += piece.toString();
    done();
  }
}
