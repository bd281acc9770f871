import { GatewayError, type SendJob } from '@gateway/contracts';
import type { Job } from 'bullmq';

/** Why a failed send must not be tried again under its own id; `null`: it may be. */
export function whyNotRetried(failedReason: string | undefined): string | null {
  const { code, kind } = GatewayError.fromPublicJson(failedReason ?? '');
  if (code === 'CANCELLED') return 'It was cancelled: send it anew.';
  if (kind === 'unknown_outcome') return 'It may be out: look into the chat first, then send it anew.';
  return null;
}

/**
 * Puts a send that has failed at the end of its account's line again, under its own id, so that Telegram knows it again.
 * @throws {GatewayError} `TOO_LATE` where it has not failed, or must not be tried again; `JOB_NOT_FOUND`.
 */
export async function retrySend(job: Job<SendJob> | undefined, jobId: string): Promise<void> {
  if (job === undefined) throw new GatewayError('JOB_NOT_FOUND');
  const state = await job.getState();
  if (state === 'unknown') throw new GatewayError('JOB_NOT_FOUND');
  const reason =
    state === 'failed'
      ? whyNotRetried(job.failedReason)
      : state === 'completed'
        ? 'It is out already.'
        : 'It has not failed: it goes out by itself.';
  if (reason !== null) throw new GatewayError('TOO_LATE', reason, { jobId });
  // Before it is in line: its next end is another one, to be told as well.
  await job.updateData({ ...job.data, retries: (job.data.retries ?? 0) + 1, retriedAt: Date.now() });
  try {
    await job.retry('failed');
  } catch (error) {
    // Somebody else was quicker.
    if ((await job.getState()) === 'failed') throw error;
    throw new GatewayError('TOO_LATE', 'It is being tried again already.', { jobId });
  }
}
