import { basename } from 'node:path';

/** ms between two looks at the parent process. No event tells a process that its parent has ended. */
const POLL = 250;

/**
 * Calls `onGone` once the npm that runs this process's script has ended. npm passes SIGHUP on to nobody.
 * Does nothing where this process is not itself the command of an npm script.
 */
export function watchNpm(onGone: () => void): void {
  const script = basename(process.argv[1] ?? '');
  // All that npm's script starts inherits the variable.
  // oxlint-disable-next-line node/no-process-env -- It is npm's own, no setting.
  const command = process.env['npm_lifecycle_script'];
  if (script === '' || command?.includes(script) !== true) return;
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(timer);
    onGone();
  }, POLL);
  timer.unref();
}
