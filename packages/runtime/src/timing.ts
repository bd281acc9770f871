import { setTimeout as delay } from 'node:timers/promises';

/** Waits `ms` or until the signal aborts; the result says which. Never throws. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<'elapsed' | 'aborted'> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
    return 'elapsed';
  } catch {
    return 'aborted';
  }
}

/**
 * Settles with the promise, or rejects with `onTimeout()` after `ms`. Swallows a later rejection, because nobody waits
 * for it any more.
 * After a process stood still, its timers are due before it has read its input. So this reads the input first, then
 * times out.
 */
export function withTimeout<T>(promise: Promise<T>, ms: number, onTimeout: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(onTimeout())), ms);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
