import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildConsole } from '../lib/build/console.mjs';
import { buildCode } from '../lib/code.mjs';
import { checkNode, installDependencies } from '../lib/dependencies.mjs';
import { isFree } from '../lib/ports.mjs';
import { ROOT } from '../lib/root.mjs';
import { Interrupted, say, Stop } from '../lib/say.mjs';
import { stopSignal } from '../lib/stop-signal.mjs';
import { Supervisor } from '../lib/supervisor.mjs';
import { lockDataDir } from './data-dir-lock.mjs';
import { introduce } from './introduce.mjs';
import { isSandboxed, startConsole, startParts } from './parts.mjs';
import { reloadOnChange } from './reload.mjs';

/** @typedef {import('../../packages/runtime/src/settings/settings.ts').Settings} Settings */
/** @typedef {{ build: string, isReloading: boolean, signal: AbortSignal }} LaunchOptions */

/**
 * Installs, builds and runs everything until a signal arrives or a process ends unexpectedly.
 * @param {{ isReloading?: boolean }} [options] `isReloading`: a process restarts when its sources change
 */
export async function launch({ isReloading = false } = {}) {
  process.chdir(ROOT);
  checkNode();
  const { signal } = stopSignal();
  try {
    await installDependencies(signal);
    // While processes reload, Vite serves the console from its sources.
    if (!isReloading) await buildConsole(signal);
    const build = await buildCode(signal);
    const settings = await readSettings(build);
    signal.throwIfAborted();
    const unlock = lockDataDir(settings.DATA_DIR);
    try {
      await checkPorts(settings);
      await run(settings, { build, isReloading, signal });
    } finally {
      unlock();
    }
  } catch (error) {
    // A stop is not an error, whenever it happens.
    if (!(error instanceof Interrupted)) throw error;
    say(`\nStopped: ${error.message}.`);
  }
}

/**
 * Settings from the environment and `.env`, parsed by the product's own code.
 * @param {string} build @returns {Promise<Settings>}
 */
async function readSettings(build) {
  /** @type {typeof import('../../packages/runtime/src/settings/settings.ts')} */
  const runtime = await import(pathToFileURL(join(build, 'settings.mjs')).href);
  try {
    return runtime.readSettings();
  } catch (error) {
    if (error instanceof Error && error.name === 'SettingsError') throw new Stop(error.message);
    throw error;
  }
}

/** @param {Settings} settings */
async function checkPorts(settings) {
  const wanted = [
    { setting: 'PORT', host: settings.HOST, port: settings.PORT },
    ...(isSandboxed(settings)
      ? [
          { setting: 'SANDBOX_PORT', host: '127.0.0.1', port: settings.SANDBOX_PORT },
          { setting: 'SANDBOX_CONTROL_PORT', host: '127.0.0.1', port: settings.SANDBOX_CONTROL_PORT },
        ]
      : []),
  ];
  for (const { setting, host, port } of wanted) {
    if (port === 0 || (await isFree(host, port))) continue;
    throw new Stop(
      `Port ${port} (${setting}) is in use on ${host}: by another npm start, or another program.\n` +
        `Stop that one, or set another ${setting}, e.g. ${setting}=${port + 100} npm start`,
    );
  }
}

/**
 * Starts everything, prints the addresses, and waits until `signal` aborts or a process ends unexpectedly. Ends all
 * processes before it returns.
 * @param {Settings} settings @param {LaunchOptions} options
 * @throws {Interrupted | Stop} always, with the reason
 */
async function run(settings, { build, isReloading, signal }) {
  const crashed = new AbortController();
  /** @type {import('./parts.mjs').Part[]} processes that restart after a change */
  let reloaded = [];
  const supervisor = new Supervisor((crash, child) => {
    if (reloaded.some((part) => part.child === child))
      say(`${crash}. It starts again when its code changes.`);
    else crashed.abort(new Stop(`${crash}: stopping the rest.`));
  });
  const over = rejectOn(AbortSignal.any([signal, crashed.signal]));
  const start = async () => {
    const { parts, apiUrl, telegram } = await startParts(settings, { build, supervisor, signal });
    const consoleUrl = isReloading ? await startConsole(supervisor, apiUrl) : `${apiUrl}/console`;
    introduce({ settings, apiUrl, consoleUrl, telegram });
    if (!isReloading) return;
    reloaded = parts;
    await reloadOnChange({ parts, supervisor, signal });
  };
  try {
    await Promise.race([start(), over]);
    await over;
  } finally {
    if (signal.aborted) say('\nStopping…');
    await supervisor.stop();
  }
}

/** @param {AbortSignal} signal @returns {Promise<never>} rejects with the signal's reason */
function rejectOn(signal) {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}
