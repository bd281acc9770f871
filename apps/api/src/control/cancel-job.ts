import { GatewayError, type JobView } from '@gateway/contracts';
import type { parseJobId } from '@gateway/queue';
import type { ApiContext } from '../context.ts';
import { isOnNextWorker, runInteractive } from './interactive.ts';

export interface CancelCall {
  jobId: string;
  address: NonNullable<ReturnType<typeof parseJobId>>;
  requestId: string;
  signal: AbortSignal;
}

/** Maximum attempts to find a send. Between two checks it can move from the queue to a worker or back. */
const LOOKS = 3;

/**
 * Cancels the part of a job that is not sent yet. Succeeds for a job that is already cancelled.
 * @returns the job after the cancellation.
 * @throws {GatewayError} `TOO_LATE`, `JOB_NOT_FOUND`; `WORKER_UNAVAILABLE` if only a worker can cancel the job and none
 * is running.
 */
export async function cancelJob(context: ApiContext, call: CancelCall): Promise<JobView> {
  const { producer } = context;
  const { jobId, address } = call;
  const before = await producer.job(jobId);
  if (before === null) throw new GatewayError('JOB_NOT_FOUND');
  if (before.state === 'cancelled') return before;
  if (address.kind === 'control') {
    if (await producer.control.withdraw(address.userId, jobId)) return { ...before, state: 'cancelled' };
    throw tooLate(jobId);
  }
  await cancelSend(context, call);
  const after = await producer.job(jobId);
  if (after?.state !== 'cancelled') throw tooLate(jobId);
  return after;
}

async function cancelSend(
  context: ApiContext,
  { jobId, address: { userId }, requestId, signal }: CancelCall,
): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    const outcome = await context.producer.jobs.cancelWaiting(userId, jobId);
    if (outcome === 'none') throw new GatewayError('JOB_NOT_FOUND');
    if (outcome !== 'fetched') return;
    const call = { name: 'send.cancel', userId, payload: { jobId }, requestId, signal } as const;
    const isLast = look === LOOKS - 1;
    try {
      const { result } = await runInteractive(context, call);
      if (result.outcome !== 'not_fetched') return;
    } catch (thrown) {
      if (isLast || !isOnNextWorker(thrown)) throw thrown;
    }
  }
}

function tooLate(jobId: string): GatewayError {
  return new GatewayError('TOO_LATE', undefined, { jobId });
}
