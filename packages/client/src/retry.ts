import { GatewayApiError, GatewayConnectionError } from './errors.ts';

/** Whether a call that failed so may be made again, without doing twice what should be done once. */
export type RetryRule = (error: GatewayApiError | GatewayConnectionError) => boolean;

/** Statuses that another try may not meet. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** For calls that change nothing, or nothing further when they are made twice. */
export const repeatable: RetryRule = (error) =>
  error instanceof GatewayConnectionError || PASSING.has(error.status);

/**
 * For sends under an Idempotency-Key, of which two are one message. An error that names a job is that job's end, which the same key
 * would be told again; save where the queue could not say whether it took the job.
 */
export const underOneKey: RetryRule = (error) =>
  repeatable(error) &&
  (error instanceof GatewayConnectionError || error.jobId === null || error.code === 'QUEUE_UNAVAILABLE');

/**
 * For what a person does, step by step: a code asked for twice voids the first one, a code given twice counts as two tries. Only where the
 * gateway says that nothing has begun, and nothing will.
 */
export const ifNotBegun: RetryRule = (error) =>
  error instanceof GatewayApiError &&
  error.kind !== 'unknown_outcome' &&
  (error.code === 'WORKER_UNAVAILABLE' || error.code === 'QUEUE_UNAVAILABLE');

export const never: RetryRule = () => false;

/** ms; a gateway that asks for a longer wait is not waited for: its caller is told. */
const LONGEST_WAIT_MS = 30_000;

/**
 * ms to wait before another try: what the gateway asks for, and else twice as long each time, with chance in it so that callers who failed
 * together do not come back together. `null`: it is not worth waiting for.
 * @param tries that have failed, at least 1
 * @param chance 0 to 1
 */
export function waitBefore(tries: number, baseMs: number, retryAfter: number | null, chance: number) {
  const backoff = Math.min(LONGEST_WAIT_MS, baseMs * 2 ** (tries - 1)) * (0.5 + chance / 2);
  const asked = (retryAfter ?? 0) * 1_000;
  return asked > LONGEST_WAIT_MS ? null : Math.max(asked, backoff);
}

/** @throws the signal's reason. */
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
