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

/** What node is started with. @param {string} entry */
export function nodeArguments(entry) {
  const semiSpace = TUNING[entry]?.semiSpace;
  const flags = semiSpace === undefined ? [] : [`--max-semi-space-size=${semiSpace}`];
  return [...flags, '--import', 'tsx', entry];
}

/** What it finds in its environment. @param {string} entry @returns {Record<string, string>} */
export function nodeEnvironment(entry) {
  const arenas = TUNING[entry]?.arenas;
  return arenas === undefined ? {} : { MALLOC_ARENA_MAX: String(arenas) };
}
