import { runChaos } from './chaos.ts';
import { HELP, readOptions } from './options.ts';
import { isClean, report } from './report.ts';

/**
 * A chaos run from the command line. `TEST_REDIS_SERVER` is the path of Redis's binary.
 * @returns the exit code: 0 if no fault was found.
 */
export async function main(args: readonly string[], say: (line: string) => void): Promise<number> {
  const options = readOptions(args);
  if (options === 'help') {
    say(HELP);
    return 0;
  }
  say(`seed ${options.seed}`);
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const { findings, directory, discard } = await runChaos({ ...options, say, signal: interrupted.signal });
  say(`\n${report(findings)}`);
  if (isClean(findings)) {
    await discard();
    return 0;
  }
  const again = [
    'npm run chaos --',
    ...args,
    ...(args.some((arg) => arg.startsWith('--seed')) ? [] : ['--seed', findings.seed]),
  ];
  say(`\nFaults were found. Data and logs: ${directory}\nRepeat with: ${again.join(' ')}`);
  return 1;
}
