import { basename } from 'node:path';

/** ms between two looks at the parent process. No event tells a process that its parent has ended. */
const POLL = 250;

/**
 * Calls `onGone` once the npm that runs this process's script has ended. npm passes SIGHUP on to nobody, so this process would run on.
 * Does nothing where this process is not itself the command of an npm script.
 */
export function watchNpm(onGone: () => void): void {
  const script = basename(process.argv[1] ?? '');
  // The variable is inherited by all that npm's scripts start.
  if (script === '' || process.env['npm_lifecycle_script']?.includes(script) !== true) return;
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(timer);
    onGone();
  }, POLL);
  timer.unref();
}
