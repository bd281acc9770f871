import { actionOf, type JobEnvelope } from '@gateway/actions';
import { GatewayError } from '@gateway/contracts';
import type { Job } from 'bullmq';
import { hasUploads, useUploadsAgain } from '../media/uploads.ts';
import type { RedisClient } from '../redis/clients.ts';

/** Why a failed send must not be retried under its own id; `null` if it may be. */
export function whyNotRetried(failedReason: string | undefined): string | null {
  const { code, kind } = GatewayError.fromPublicJson(failedReason ?? '');
  if (code === 'CANCELLED') return 'It was cancelled: send it as a new message.';
  // A retry of the other job does not bring this one's place behind it back.
  if (code === 'DEPENDENCY_FAILED')
    return 'The job that it waited for sent nothing: retry that job, then send this as a new action.';
  if (kind === 'unknown_outcome')
    return 'It may have been sent: check the chat first, then send it as a new message.';
  return null;
}

/**
 * Puts a failed send at the end of its account's queue again, under its own id: Telegram then recognises a repeat.
 * @throws {GatewayError} `TOO_LATE` if it has not failed, or must not be retried; `JOB_NOT_FOUND`; or
 * `UPLOAD_NOT_FOUND` if a file that it still has to send has expired.
 */
export async function retryJob(
  redis: RedisClient,
  job: Job<JobEnvelope> | undefined,
  jobId: string,
): Promise<void> {
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
  const { userId } = job.data;
  const uploads = uploadsToSend(job);
  if (!(await hasUploads(redis, userId, uploads)))
    throw new GatewayError('UPLOAD_NOT_FOUND', undefined, { jobId });
  // Count the retry before the job is in the queue: its next end needs a webhook of its own.
  await job.updateData({ ...job.data, retries: (job.data.retries ?? 0) + 1, retriedAt: Date.now() });
  try {
    await job.retry('failed');
  } catch (error) {
    // If the job is no longer failed, another caller has retried it first.
    if ((await job.getState()) === 'failed') throw error;
    throw new GatewayError('TOO_LATE', 'It is already being retried.', { jobId });
  }
  // Afterwards: while the job counts as failed, its worker may still be giving the uploads back.
  await useUploadsAgain(redis, userId, uploads, jobId);
}

/** The uploads that a retry needs: none once the files are sent, and only the rest of the text is left. */
function uploadsToSend({ name, data, progress }: Job<JobEnvelope>): readonly string[] {
  const action = actionOf(name);
  if (action?.uploadsOf === undefined) return [];
  const made = action.steps.progress.safeParse(progress).data ?? action.steps.none;
  return action.steps.result(made) === null ? action.uploadsOf(data, made) : [];
}
