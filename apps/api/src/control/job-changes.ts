import { createHash } from 'node:crypto';
import type { JobView } from '@gateway/contracts';
import type { Producer } from '@gateway/queue';

/**
 * ms after which a job is re-read without a notification. This shows changes that workers do not publish (a job was
 * started, a wait is over). The interval is longer for a job that has been watched for a long time.
 */
const LOOK_AGAIN_MS = 1_000;
const LOOK_AGAIN_LATER_MS = 5_000;
const LONG_MS = 60_000;

const ENDED: ReadonlySet<JobView['state']> = new Set(['completed', 'failed', 'cancelled']);

export function hasEnded({ state }: JobView): boolean {
  return ENDED.has(state);
}

/**
 * Yields a job now and after every change. Ends when the job ends or no longer exists, or when the signal is aborted.
 * @throws {GatewayError} `QUEUE_UNAVAILABLE` if Redis becomes unavailable.
 */
export async function* jobChanges(
  producer: Pick<Producer, 'job' | 'watch'>,
  jobId: string,
  userId: string,
  signal: AbortSignal,
): AsyncGenerator<JobView> {
  const begun = Date.now();
  let shown = '';
  while (!signal.aborted) {
    // Subscribes before reading, so that an end between the two is not missed.
    const watched = producer.watch(jobId, userId);
    try {
      const job = await producer.job(jobId);
      if (job === null) return;
      const version = versionOf(job);
      if (version !== shown) yield job;
      if (hasEnded(job)) return;
      shown = version;
      await watched.until(Date.now() - begun < LONG_MS ? LOOK_AGAIN_MS : LOOK_AGAIN_LATER_MS, signal);
    } finally {
      watched.cancel();
    }
  }
}

/** A version string for a job's state. Equal states give equal strings in every API process. */
export function versionOf(job: JobView): string {
  return createHash('sha256').update(JSON.stringify(job)).digest('base64url').slice(0, 16);
}
