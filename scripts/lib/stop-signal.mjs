import { basename } from 'node:path';
import { commandOf, isAlive, parentOf, startOf } from './processes.mjs';
import { Interrupted } from './say.mjs';

/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** ms between checks of the parent processes. No event reports that a parent has ended. */
const POLL = 250;

/**
 * Aborts with an {@link Interrupted} when this script must stop: on SIGINT, SIGTERM or SIGHUP, or when the npm that
 * started it has ended. npm sends SIGTERM only to its shell, which may end without its command, and does not forward
 * SIGHUP.
 *
 * From this call until `release` these signals do not end the process: the caller stops everything it has started.
 * @returns {{ signal: AbortSignal, release: () => void }}
 */
export function stopSignal() {
  const stop = new AbortController();
  /** @param {NodeJS.Signals} name */
  const onSignal = (name) => stop.abort(new Interrupted(name));
  for (const name of SIGNALS) process.on(name, onSignal);
  const unwatch = isRunByNpm() ? watchNpm(() => stop.abort(new Interrupted('npm has ended'))) : () => {};
  const release = () => {
    for (const name of SIGNALS) process.off(name, onSignal);
    unwatch();
  };
  return { signal: stop.signal, release };
}

/**
 * Whether this script itself is the command of an npm script. The variable alone does not show that, because all
 * descendants inherit it.
 */
function isRunByNpm() {
  const script = basename(process.argv[1] ?? '');
  return script !== '' && (process.env['npm_lifecycle_script'] ?? '').includes(script);
}

/** @param {() => void} onGone called once @returns {() => void} stops watching */
function watchNpm(onGone) {
  const above = [process.ppid];
  // The shell between npm and its command, unless the command has replaced it.
  if (commandOf(process.ppid).includes(process.env['npm_lifecycle_script'] ?? ''))
    above.push(parentOf(process.ppid));
  const started = above.map((pid) => ({ pid, start: startOf(pid) }));
  const timer = setInterval(() => {
    if (
      started.every(({ pid, start }) => isAlive(pid) && startOf(pid) === start) &&
      process.ppid === above[0]
    )
      return;
    clearInterval(timer);
    onGone();
  }, POLL);
  timer.unref();
  if (isAdopted(process.ppid)) onGone();
  return () => clearInterval(timer);
}

/** Whether the parent is the system's first process: npm ended before this script started. */
function isAdopted(/** @type {number} */ ppid) {
  return ppid === 1 && !/\b(npm|npx|pnpm|yarn|bun|node|sh)\b/.test(commandOf(ppid));
}
