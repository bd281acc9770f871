import { basename } from 'node:path';

/** ms between checks of the parent process. No event reports that a parent has ended. */
const POLL = 250;

/**
 * Calls `onGone` once the npm that runs this process's script has ended; npm does not forward SIGHUP. Does nothing if
 * this process is not itself the command of an npm script.
 */
export function watchNpm(onGone: () => void): void {
  const script = basename(process.argv[1] ?? '');
  // Every descendant of npm's script inherits the variable.
  // oxlint-disable-next-line node/no-process-env -- npm sets it; it is not a setting.
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
