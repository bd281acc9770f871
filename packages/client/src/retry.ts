import { GatewayApiError, GatewayConnectionError } from './errors.ts';

/** Whether a call that failed with `error` can be retried without taking effect twice. */
export type RetryRule = (error: GatewayApiError | GatewayConnectionError) => boolean;

/** HTTP statuses that are usually temporary. */
const TEMPORARY_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** For calls that are safe to repeat: reads, and changes that have no further effect the second time. */
export const repeatable: RetryRule = (error) =>
  error instanceof GatewayConnectionError || TEMPORARY_STATUSES.has(error.status) || mayPass(error);

/** Whether the error ended a stream, which began with a 200, and is temporary. */
function mayPass({ status, kind }: GatewayApiError): boolean {
  return status === 200 && kind === 'retryable';
}

/**
 * For sends with an Idempotency-Key: two with the same key are one message. An error that names a job is final, since
 * the same key would get it again. The exception is QUEUE_UNAVAILABLE: the queue may or may not have accepted the job.
 */
export const withIdempotencyKey: RetryRule = (error) =>
  repeatable(error) &&
  (error instanceof GatewayConnectionError || error.jobId === null || error.code === 'QUEUE_UNAVAILABLE');

/**
 * For sign-in and account calls: a second code request voids the first code, and a code submitted twice counts as two
 * attempts. Retries only if the gateway reports that the call has not started and will not start.
 */
export const ifNotStarted: RetryRule = (error) =>
  error instanceof GatewayApiError &&
  error.kind !== 'unknown_outcome' &&
  (error.code === 'WORKER_UNAVAILABLE' || error.code === 'QUEUE_UNAVAILABLE');

export const never: RetryRule = () => false;

/** ms. If the gateway asks for a longer wait, the call fails instead of waiting. */
const LONGEST_WAIT_MS = 30_000;

/**
 * ms to wait before the next attempt: exponential backoff with jitter, but at least what the gateway asks for.
 * The jitter keeps callers that failed together from retrying together. `null`: the wait is too long, do not retry.
 * @param tries number of attempts that have failed, at least 1
 * @param retryAfter seconds that the gateway asks for
 * @param chance random number from 0 to 1, for the jitter
 */
export function waitBefore(tries: number, baseMs: number, retryAfter: number | null, chance: number) {
  const backoff = Math.min(LONGEST_WAIT_MS, baseMs * 2 ** (tries - 1)) * (0.5 + chance / 2);
  const asked = (retryAfter ?? 0) * 1_000;
  return asked > LONGEST_WAIT_MS ? null : Math.max(asked, backoff);
}

/** @throws the signal's reason if it aborts. */
export async function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
