/**
 * MiB of V8's young generation, by what runs: the API makes a lot that lives as long as a request, and a fifth of its time went into looking through
 * it (docs/performance.md). A worker keeps more of what it makes, and is slower with more.
 * @type {Record<string, number>}
 */
const SEMI_SPACE = { 'apps/api/src/main.ts': 32 };

/** What node is started with for a process of the product. @param {string} entry */
export function nodeArguments(entry) {
  const semiSpace = SEMI_SPACE[entry];
  const flags = semiSpace === undefined ? [] : [`--max-semi-space-size=${semiSpace}`];
  return [...flags, '--import', 'tsx', entry];
}
