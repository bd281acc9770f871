import { readUploadId } from '@gateway/contracts';
import type { MediaStore } from '@gateway/media';
import { dropExpiredUploads, mediaAccounts, type RedisClient } from '@gateway/queue';
import { sleep, type Logger } from '@gateway/runtime';

/** Bounds of the interval, ms. Between them, the interval equals the retention time. */
const OFTEN_MS = 1_000;
const SELDOM_MS = 10 * 60_000;

export interface MediaRetentionOptions {
  redis: RedisClient;
  media: MediaStore;
  /** How long a file that no job uses is kept, ms. */
  retentionMs: number;
  /** The most bytes that the unused uploads of an account may have. */
  quota: number;
  logger: Logger;
  signal: AbortSignal;
}

/**
 * Deletes the files that no job needs when their retention time is over, until the signal is aborted. All workers do
 * this: each deletion is one step in Redis, and deleting bytes twice does no harm. Never throws.
 */
export async function keepMediaRetention({
  signal,
  logger,
  ...options
}: MediaRetentionOptions): Promise<void> {
  const pause = Math.min(Math.max(options.retentionMs, OFTEN_MS), SELDOM_MS);
  while ((await sleep(pause, signal)) === 'elapsed') {
    try {
      await sweep(options, signal);
    } catch (error) {
      if (!signal.aborted) logger.warn({ err: error }, 'could not delete expired files; trying again later');
    }
  }
}

async function sweep(
  { redis, media, retentionMs, quota }: Omit<MediaRetentionOptions, 'signal' | 'logger'>,
  signal: AbortSignal,
): Promise<void> {
  /** The files that are needed, by account. */
  const kept = new Map<string, ReadonlySet<string>>();
  for (const userId of await mediaAccounts(redis)) {
    if (signal.aborted) return;
    const uploads = await dropExpiredUploads(redis, userId, retentionMs, quota);
    for (const uploadId of uploads.dropped)
      await media.delete({ userId, id: readUploadId(uploadId).storedAs });
    kept.set(userId, new Set([...uploads.kept].map((uploadId) => readUploadId(uploadId).storedAs)));
  }
  // Files without a record: of an upload that a crash cut off, or whose record Redis has lost.
  for await (const { userId, id, storedAt } of media.list()) {
    if (signal.aborted) return;
    if (storedAt < Date.now() - retentionMs && kept.get(userId)?.has(id) !== true)
      await media.delete({ userId, id });
  }
}
