const REFUSALS: [RegExp, string][] = [
  [/\bOOM command not allowed\b/, 'it is out of memory (maxmemory)'],
  [/\bMISCONF\b/, 'it cannot save to its disk'],
  [/\bNOREPLICAS\b/, 'it has too few replicas (min-replicas-to-write)'],
  [/\bREADONLY You can't write\b/, 'it is a read-only replica'],
];

/**
 * Why a reachable Redis refuses a write, in words for a person; `null` for any other error. Nothing was changed: Redis
 * refuses a script's first write or none.
 */
export function redisRefusal(error: unknown): string | null {
  const message = error instanceof Error ? error.message : String(error);
  return REFUSALS.find(([pattern]) => pattern.test(message))?.[1] ?? null;
}
