import { setTimeout as delay } from 'node:timers/promises';

/** Waits `ms`, or until the signal is aborted; says which by its result. Never throws. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<'elapsed' | 'aborted'> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
    return 'elapsed';
  } catch {
    return 'aborted';
  }
}

/**
 * The promise's own end, or `onTimeout()`'s error after `ms`. A rejection that comes later is swallowed: nobody waits for it any more.
 * A process that stood still finds its timers due before it has read what has come meanwhile: that is read first.
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
