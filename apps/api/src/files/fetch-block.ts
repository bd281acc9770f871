import { GatewayError, type ControlPayload } from '@gateway/contracts';
import { sleep } from '@gateway/runtime';
import type { ApiContext } from '../context.ts';
import { isOnNextWorker } from '../control/interactive.ts';

/** ms that one try may take. A repeat is cheap: the worker fetches a block once for all who want it. */
const TRY_MS = 5_000;
/** ms before the next try after an error that says nothing about time. */
const RETRY_MS = 500;

export interface Patience {
  /** How long retryable errors are retried. */
  patienceMs: number;
  /** Whether a flood wait is one of them. */
  waitsForFlood: boolean;
  /** Aborted when nobody needs the block any more. */
  signal: AbortSignal;
}

export interface BlockRequest {
  userId: string;
  block: ControlPayload<'read.file_block'>;
  requestId: string;
}

/**
 * Lets the account's worker fetch a block into the media store. A worker that ends meanwhile costs only time. Returns
 * early if the signal is aborted.
 * @throws {GatewayError} `FILE_NOT_FOUND`, `FLOOD_WAIT`, `NOT_AUTHORIZED` and others.
 */
export async function fetchBlock(
  { producer }: Pick<ApiContext, 'producer'>,
  request: BlockRequest,
  { patienceMs, waitsForFlood, signal }: Patience,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      await tryOnce(producer, request, signal);
      return;
    } catch (thrown) {
      const error = GatewayError.from(thrown);
      const { retryAfter } = error.details;
      const pause = retryAfter === undefined ? RETRY_MS : retryAfter * 1_000;
      const isLate = Date.now() + pause > deadline;
      if (isLate || !isRetried(error, waitsForFlood)) throw error;
      if ((await sleep(pause, signal)) === 'aborted') return;
    }
  }
}

function isRetried(error: GatewayError, waitsForFlood: boolean): boolean {
  const { code, kind } = error;
  if (code === 'FLOOD_WAIT') return waitsForFlood;
  if (isOnNextWorker(error)) return true;
  return kind === 'retryable' && code !== 'INTERNAL';
}

async function tryOnce(
  producer: ApiContext['producer'],
  { userId, block, requestId }: BlockRequest,
  signal: AbortSignal,
): Promise<void> {
  const expiresAt = Date.now() + TRY_MS;
  const { jobId, wait } = await producer.control.enqueue('read.file_block', userId, block, {
    expiresAt,
    requestId,
  });
  try {
    await wait.until(TRY_MS, signal);
    const isDone = (await producer.control.result('read.file_block', jobId)) !== null;
    // The withdrawal leaves a job alone that a worker has started.
    if (!isDone) await producer.control.withdraw(userId, jobId);
    else producer.control.drop(userId, jobId).catch(() => {}); // JOB_RETENTION ends it too.
    if (!isDone && !signal.aborted) throw new GatewayError('WORKER_UNAVAILABLE');
  } finally {
    wait.cancel();
  }
}
