/**
 * Runs something under a signal that is aborted with the first of two, and lets go of both afterwards: `AbortSignal.any` over a signal
 * that lives as long as the process keeps about 1.2 KB a call for ever (measured on Node 20.20).
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
