import { join } from 'node:path';
import { builtName } from './entries.mjs';

/**
 * How node is run for a process of the product, beyond its entry (docs/performance.md).
 *
 * `semiSpace`: MiB of V8's young generation. The API makes a lot that lives as long as a request, and a fifth of its time went into looking through
 * it. A worker keeps more of what it makes, and is slower with more.
 *
 * `arenas`: places that glibc's allocator takes memory from. By default each of a process's dozen threads may have one, and memory that was
 * given back stays with it: 14 MiB for a worker of a thousand accounts. Other C libraries take no notice.
 * @type {Record<string, { semiSpace?: number, arenas: number }>}
 */
const TUNING = {
  'apps/api/src/main.ts': { semiSpace: 32, arenas: 2 },
  'apps/worker/src/main.ts': { arenas: 2 },
};

/**
 * What node is started with: the entry's built file, or the entry itself where it is no part of the product.
 * @param {string} entry the source @param {string} build the folder of the build
 */
export function nodeArguments(entry, build = join('dist', 'current')) {
  const built = builtName(entry);
  if (built === undefined) return entry.endsWith('.ts') ? ['--import', 'tsx', entry] : [entry];
  const semiSpace = TUNING[entry]?.semiSpace;
  const flags = semiSpace === undefined ? [] : [`--max-semi-space-size=${semiSpace}`];
  // Stacks name the TypeScript sources.
  return ['--enable-source-maps', ...flags, join(build, built)];
}

/** What it finds in its environment. @param {string} entry @returns {Record<string, string>} */
export function nodeEnvironment(entry) {
  const arenas = TUNING[entry]?.arenas;
  return arenas === undefined ? {} : { MALLOC_ARENA_MAX: String(arenas) };
}
