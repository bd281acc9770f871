import { join } from 'node:path';
import { builtName } from './build/entries.mjs';

/**
 * Node's arguments for a process of the product, in addition to its entry (docs/performance.md).
 *
 * `semiSpace`: MiB of V8's young generation. The API creates many objects that live as long as a request, and spent a
 * fifth of its time on scanning them. A worker keeps more of its objects, and is slower with a larger one.
 *
 * `arenas`: number of memory pools of glibc's allocator. By default, each of a process's dozen threads may have one,
 * and freed memory stays in it: 14 MiB for a worker of a thousand accounts. Other C libraries ignore this.
 * @type {Record<string, { semiSpace?: number, arenas: number }>}
 */
const TUNING = {
  'apps/api/src/main.ts': { semiSpace: 32, arenas: 2 },
  'apps/worker/src/main.ts': { arenas: 2 },
};

/**
 * Node's arguments for an entry: its built file, or the entry itself if it is not part of the product.
 * @param {string} entry the source @param {string} build the folder of the build
 */
export function nodeArguments(entry, build = join('dist', 'current')) {
  const built = builtName(entry);
  if (built === undefined) return entry.endsWith('.ts') ? ['--import', 'tsx', entry] : [entry];
  const semiSpace = TUNING[entry]?.semiSpace;
  const flags = semiSpace === undefined ? [] : [`--max-semi-space-size=${semiSpace}`];
  // Stack traces name the TypeScript sources.
  return ['--enable-source-maps', ...flags, join(build, built)];
}

/** Environment variables of the process. @param {string} entry @returns {Record<string, string>} */
export function nodeEnvironment(entry) {
  const arenas = TUNING[entry]?.arenas;
  return arenas === undefined ? {} : { MALLOC_ARENA_MAX: String(arenas) };
}
