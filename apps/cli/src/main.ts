import { isLocale } from '@gateway/texts';
import { CommanderError } from 'commander';
import { addressOf, createContext, type Runner } from './command-context.ts';
import { EXIT, failureOf, Interrupted, UsageError } from './failure.ts';
import { writeUsage } from './help.ts';
import type { Io } from './io.ts';
import { langIn, languageOf, sayIn } from './language.ts';
import { Output } from './output.ts';
import { createProgram } from './program.ts';
import { terminalPrompter } from './prompter.ts';

/** Runs one command line (without the program's name). @returns the exit code. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.ok;
  const lang = langIn(args);
  const language = languageOf(io.env, lang);
  const run: Runner = async (options, command) => {
    try {
      if (lang !== undefined && !isLocale(lang)) throw new UsageError(`--lang must be en or ru, not ${lang}`);
      exitCode = await command(createContext(io, options, language));
    } catch (thrown) {
      const error: unknown = io.signal.aborted ? io.signal.reason : thrown;
      const failure = failureOf(error, addressOf(io, options));
      new Output(io, options.json === true, language).failure(failure);
      ({ exitCode } = failure);
    }
  };
  const program = createProgram(run, language);
  writeUsage(program, language, {
    out: (text) => io.stdout.write(text),
    err: (text) => io.stderr.write(text),
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has already printed the error.
    exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  return exitCode;
}

/** Runs {@link main} for this process. The first Ctrl-C stops it gracefully, a second one at once. */
export async function runInTerminal(): Promise<void> {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => abort.abort(new Interrupted()));
  const { stdin, stdout, stderr } = process;
  // The reader of the output has closed the pipe, as in `| head`.
  stdout.on('error', () => abort.abort(new Interrupted()));
  const isTerminal = stdin.isTTY && stderr.isTTY;
  // oxlint-disable-next-line node/no-process-env -- The only access; all other code uses `io.env`.
  const { env } = process;
  const args = process.argv.slice(2);
  const say = sayIn(languageOf(env, langIn(args)));
  const prompter = isTerminal ? terminalPrompter(stdin, stderr, abort.signal, say) : null;
  process.exitCode = await main(args, {
    env,
    stdin,
    stdout,
    stderr,
    prompter,
    signal: abort.signal,
  });
}
