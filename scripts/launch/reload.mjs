import { readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { builtName, ENTRIES } from '../lib/build/entries.mjs';
import { buildCode } from '../lib/code.mjs';
import { ROOT } from '../lib/root.mjs';
import { say, Stop } from '../lib/say.mjs';

/** ms without a further change before a build starts: a git checkout writes many files at once. */
const QUIET = 100;

/** Modules that processes load by URL instead of importing them. */
const THREADS = Object.keys(ENTRIES).filter((name) => name.includes('thread'));

/**
 * Builds after each change of the sources and restarts the processes whose code differs. A failed build is reported,
 * and the processes go on. Runs until `signal` aborts.
 * @param {object} options
 * @param {import('./parts.mjs').Part[]} options.parts
 * @param {import('../lib/supervisor.mjs').Supervisor} options.supervisor
 * @param {AbortSignal} options.signal
 */
export async function reloadOnChange({ parts, supervisor, signal }) {
  const folders = ['apps', 'packages'].flatMap((top) =>
    readdirSync(join(ROOT, top))
      .filter((name) => name !== 'console')
      .map((name) => join(ROOT, top, name, 'src')),
  );
  const changed = watchFolders(folders, signal);
  /** Builds of this run, to delete later: those of a whole day would fill the disk. @type {Set<string>} */
  const made = new Set();
  for (;;) {
    await changed();
    const build = await tryBuild(signal, made);
    if (build === undefined) continue;
    const stale = parts.filter((part) => differs(part.entry, part.build, build));
    if (stale.length > 0) say(`Restarting ${stale.map(({ child }) => child.name).join(', ')}…`);
    await Promise.all(
      stale.map(async (part) => {
        part.child = await supervisor.replace(part.child, part.options(build));
        part.build = build;
      }),
    );
    for (const old of made) {
      if (old === build || parts.some((part) => part.build === old)) continue;
      rmSync(old, { recursive: true, force: true });
      made.delete(old);
    }
  }
}

/** @param {AbortSignal} signal @param {Set<string>} made receives the build if it is new */
async function tryBuild(signal, made) {
  let isNew = false;
  try {
    const build = await buildCode(signal, () => (isNew = true));
    if (isNew) made.add(build);
    return build;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    return undefined;
  }
}

/**
 * Whether two builds differ in the code of a process. The entry imports chunks by names that contain their digest.
 * @param {string} entry @param {string} one @param {string} other
 */
function differs(entry, one, other) {
  return [builtName(entry) ?? '', ...THREADS].some(
    (name) => !readFileSync(join(one, name)).equals(readFileSync(join(other, name))),
  );
}

/**
 * Watches each folder separately: a recursive watch of Node 20 loses a file that was replaced by a rename, which is how
 * editors and git write files.
 * @param {string[]} roots @param {AbortSignal} signal ends the watch
 * @returns {() => Promise<void>} resolves after the next change, or at once if there was one since the last call
 */
function watchFolders(roots, signal) {
  /** @type {Map<string, import('node:fs').FSWatcher>} */
  const watchers = new Map();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  let isChanged = false;
  let wake = () => {};
  const onChange = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      watchAll();
      isChanged = true;
      wake();
    }, QUIET);
  };
  const watchAll = () => {
    for (const folder of roots.flatMap(foldersOf)) {
      if (watchers.has(folder)) continue;
      const watcher = watch(folder, onChange);
      // The folder was removed.
      watcher.on('error', () => watcher.close()).on('close', () => watchers.delete(folder));
      watchers.set(folder, watcher);
    }
  };
  watchAll();
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  });
  return async () => {
    if (!isChanged) await new Promise((resolve) => (wake = () => resolve(undefined)));
    isChanged = false;
  };
}

/** @param {string} root @returns {string[]} */
function foldersOf(root) {
  const below = readdirSync(root, { recursive: true, withFileTypes: true });
  return [
    root,
    ...below.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name)),
  ];
}
