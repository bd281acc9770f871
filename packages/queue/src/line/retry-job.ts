import type { JobEnvelope } from '@gateway/actions';
import { GatewayError } from '@gateway/contracts';
import type { Job } from 'bullmq';

/** Why a failed send must not be retried under its own id; `null` if it may be. */
export function whyNotRetried(failedReason: string | undefined): string | null {
  const { code, kind } = GatewayError.fromPublicJson(failedReason ?? '');
  if (code === 'CANCELLED') return 'It was cancelled: send it as a new message.';
  if (kind === 'unknown_outcome')
    return 'It may have been sent: check the chat first, then send it as a new message.';
  return null;
}

/**
 * Puts a failed send at the end of its account's queue again, under its own id: Telegram then recognises a repeat.
 * @throws {GatewayError} `TOO_LATE` if it has not failed, or must not be retried; `JOB_NOT_FOUND`.
 */
export async function retryJob(job: Job<JobEnvelope> | undefined, jobId: string): Promise<void> {
  if (job === undefined) throw new GatewayError('JOB_NOT_FOUND');
  const state = await job.getState();
  if (state === 'unknown') throw new GatewayError('JOB_NOT_FOUND');
  const reason =
    state === 'failed'
      ? whyNotRetried(job.failedReason)
      : state === 'completed'
        ? 'It was sent.'
        : 'It has not failed: it will be sent without a retry.';
  if (reason !== null) throw new GatewayError('TOO_LATE', reason, { jobId });
  // Count the retry before the job is in the queue: its next end needs a webhook of its own.
  await job.updateData({ ...job.data, retries: (job.data.retries ?? 0) + 1, retriedAt: Date.now() });
  try {
    await job.retry('failed');
  } catch (error) {
    // If the job is no longer failed, another caller has retried it first.
    if ((await job.getState()) === 'failed') throw error;
    throw new GatewayError('TOO_LATE', 'It is already being retried.', { jobId });
  }
}
