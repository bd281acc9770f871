import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { digestOf } from './build/digest.mjs';
import { ENTRIES } from './build/entries.mjs';
import { ROOT } from './root.mjs';
import { say, Stop } from './say.mjs';

/** All builds, each in a folder named after the digest of its sources. */
const BUILDS = join(ROOT, 'dist');
/** A link to the newest build, for users that do not know its digest: the image, npm's scripts and the tests. */
const CURRENT = 'current';

/** Number of older builds to keep, and for at least how many ms: a process may still load files of its build. */
const KEPT_BUILDS = 4;
const KEPT_MS = 86_400_000;

/** Files that are not part of the product. Changing them needs no new build. */
const EXCLUDED = /\.test\.(ts|mjs)$|\/testing\//;

/** The sources of the build. */
function sources() {
  const packages = ['apps', 'packages'].flatMap((top) =>
    readdirSync(join(ROOT, top))
      .filter((name) => name !== 'console')
      .map((name) => join(top, name)),
  );
  return [
    ...packages.sort().flatMap((path) => [join(path, 'src'), join(path, 'package.json')]),
    'package.json',
    'pnpm-lock.yaml',
    'tsconfig.json',
    'tsconfig.base.json',
    join('scripts', 'lib', 'build', 'bundle.mjs'),
    join('scripts', 'lib', 'build', 'entries.mjs'),
  ];
}

/**
 * Builds the product's code, unless a build of the same sources exists. Processes may call it at the same time.
 * @param {AbortSignal} signal
 * @param {(line: string) => void} [tell] receives a line when a build starts
 * @returns {Promise<string>} the folder of the build, absolute
 */
export async function buildCode(signal, tell = say) {
  const digest = digestOf(sources(), { isLeftOut: (path) => EXCLUDED.test(path) });
  return ensureBuild(BUILDS, digest.slice(0, 16), async (directory, folder) => {
    tell('Building the code (once)…');
    try {
      const { bundle } = await import('./build/bundle.mjs');
      await bundle(ENTRIES, directory, folder, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw toStop(error);
    }
    signal.throwIfAborted();
  });
}

/**
 * Makes the named build, unless it exists, and points `current` to it. A build is either complete or absent.
 * @param {string} builds the folder of all builds
 * @param {string} name
 * @param {(directory: string, folder: string) => Promise<void>} make writes the files into `directory`, which becomes
 * `folder`
 * @returns {Promise<string>} its folder
 */
export async function ensureBuild(builds, name, make) {
  const folder = join(builds, name);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}-${randomBytes(4).toString('hex')}`;
    try {
      mkdirSync(unfinished, { recursive: true });
      await make(unfinished, folder);
      renameSync(unfinished, folder);
    } catch (error) {
      // Another process may have made the same build in the meantime.
      if (!existsSync(folder)) throw error;
    } finally {
      rmSync(unfinished, { recursive: true, force: true, maxRetries: 3 });
    }
    removeOld(builds);
  }
  pointTo(builds, name);
  return folder;
}

/** @param {unknown} error */
function toStop(error) {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
    return new Stop(
      `Dependencies are missing (${message}).\nRun \`npm start\` in the gateway once: it installs them.`,
    );
  return new Stop(`Could not build the code: ${message}`);
}

/** Points `current` to a build, atomically. @param {string} builds @param {string} name */
function pointTo(builds, name) {
  const current = join(builds, CURRENT);
  if (existsSync(current) && readlinkSync(current) === name) return;
  const link = `${current}.${process.pid}-${randomBytes(4).toString('hex')}`;
  symlinkSync(name, link);
  renameSync(link, current);
}

/** Removes old builds, and the remains of builds that were killed. @param {string} builds */
function removeOld(builds) {
  const old = readdirSync(builds, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ path: join(builds, name), changedAt: statSync(join(builds, name)).mtimeMs }))
    .sort((a, b) => b.changedAt - a.changedAt)
    .slice(KEPT_BUILDS + 1);
  for (const { path, changedAt } of old)
    if (Date.now() - changedAt > KEPT_MS) rmSync(path, { recursive: true, force: true });
}
