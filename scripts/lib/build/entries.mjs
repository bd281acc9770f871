/**
 * The files of a build and the source of each: processes, modules of threads, and modules that scripts import. They are
 * in one folder, so that `new URL('format-thread.ts', import.meta.url)` also finds a thread in a build.
 * @type {Record<string, string>}
 */
export const ENTRIES = {
  'api.mjs': 'apps/api/src/main.ts',
  'api-healthy.mjs': 'apps/api/src/healthy.ts',
  'worker.mjs': 'apps/worker/src/main.ts',
  'worker-healthy.mjs': 'apps/worker/src/healthy.ts',
  'sandbox.mjs': 'packages/sandbox/src/main.ts',
  'cli.mjs': 'apps/cli/src/main.ts',
  'settings.mjs': 'packages/runtime/src/settings/settings.ts',
  'thread-host.mjs': 'packages/runtime/src/thread-host.mjs',
  'format-thread.mjs': 'packages/formatting/src/format-thread.ts',
  'waveform-thread.mjs': 'packages/media/src/waveform-thread.ts',
  'sqlite-thread.mjs': 'packages/session-formats/src/sqlite-thread.mjs',
};

/** The built file of a source, if it has one. @param {string} source @returns {string | undefined} */
export function builtName(source) {
  return Object.keys(ENTRIES).find((name) => ENTRIES[name] === source);
}
