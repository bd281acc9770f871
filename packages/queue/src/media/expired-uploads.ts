import { MEDIA_ACCOUNTS_KEY, sendJobKey } from '../keys.ts';
import { whyNotRetried } from '../line/retry-job.ts';
import type { RedisClient } from '../redis/clients.ts';
import { dropUnusedUpload, readUploadJobs, readUploads, releaseUpload, returnUpload } from './uploads.ts';

/** The accounts that may have uploads. */
export async function mediaAccounts(redis: RedisClient): Promise<string[]> {
  return redis.smembers(MEDIA_ACCOUNTS_KEY);
}

/**
 * Forgets an account's uploads that no job has used for the retention time, and those whose jobs have all ended. The
 * latter happens at a job's end; this finds what a crash or a cancelled job left behind.
 * @param quota the most bytes that the account's unused uploads may have.
 * @returns `dropped`: the uploads whose bytes can go; `kept`: the others.
 */
export async function dropExpiredUploads(
  redis: RedisClient,
  userId: string,
  retentionMs: number,
  quota: number,
): Promise<{ dropped: string[]; kept: Set<string> }> {
  const dropped: string[] = [];
  const kept = new Set<string>();
  for (const [uploadId, { createdAt }] of await readUploads(redis, userId)) {
    const jobs = await readUploadJobs(redis, userId, uploadId);
    const isExpired = createdAt < Date.now() - retentionMs;
    const isDropped =
      jobs.length > 0
        ? await releaseEnded(redis, userId, uploadId, jobs, quota)
        : isExpired && (await dropUnusedUpload(redis, userId, uploadId));
    if (isDropped) dropped.push(uploadId);
    else kept.add(uploadId);
  }
  return { dropped, kept };
}

async function releaseEnded(
  redis: RedisClient,
  userId: string,
  uploadId: string,
  jobs: readonly string[],
  quota: number,
): Promise<boolean> {
  for (const jobId of jobs) {
    const job = sendJobKey(userId, jobId);
    const [isThere, [finishedOn, failedReason]] = await Promise.all([
      redis.exists(job),
      redis.hmget(job, 'finishedOn', 'failedReason'),
    ]);
    if (isThere === 1 && finishedOn === null) continue;
    const mayBeRetried = typeof failedReason === 'string' && whyNotRetried(failedReason) === null;
    const isDropped = mayBeRetried
      ? await returnUpload(redis, userId, uploadId, jobId, quota)
      : await releaseUpload(redis, userId, uploadId, jobId);
    if (isDropped) return true;
  }
  return false;
}
