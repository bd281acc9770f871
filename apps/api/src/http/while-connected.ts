import type { Context } from 'hono';
import type { ApiEnv } from '../context.ts';

/**
 * Runs `run` with a signal that aborts when the caller hangs up or `stopping` does. Not the request's own signal:
 * creating that costs as much as a web request, so code that runs for every message uses this.
 */
export async function whileConnected<T>(
  c: Context<ApiEnv>,
  stopping: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { outgoing } = c.env;
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (outgoing.destroyed || stopping.aborted) abort();
  outgoing.once('close', abort);
  stopping.addEventListener('abort', abort);
  try {
    return await run(controller.signal);
  } finally {
    outgoing.off('close', abort);
    stopping.removeEventListener('abort', abort);
  }
}
