import { createHash } from 'node:crypto';
import type { JobView } from '@gateway/contracts';
import type { ApiProducer } from './context.ts';

/**
 * ms after which a job is read again though nothing was told of it: what its worker does not tell (that it has begun, that a wait is
 * over) shows then; longer for one that was watched for long.
 */
const LOOK_AGAIN_MS = 1_000;
const LOOK_AGAIN_LATER_MS = 5_000;
const LONG_MS = 60_000;

const ENDED: ReadonlySet<JobView['state']> = new Set(['completed', 'failed', 'cancelled']);

export function hasEnded({ state }: JobView): boolean {
  return ENDED.has(state);
}

/**
 * A job as it stands, and again each time that it has changed, until it has ended, is not there any more, or the signal is aborted.
 * @throws {GatewayError} `QUEUE_UNAVAILABLE` where Redis goes away meanwhile.
 */
export async function* jobChanges(
  producer: Pick<ApiProducer, 'job' | 'watch'>,
  jobId: string,
  userId: string,
  signal: AbortSignal,
): AsyncGenerator<JobView> {
  const begun = Date.now();
  let shown = '';
  while (!signal.aborted) {
    // Listened to before it is read, so that no end falls in between.
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

/** Names how a job stands: equal for equal views, in every API process. */
export function versionOf(job: JobView): string {
  return createHash('sha256').update(JSON.stringify(job)).digest('base64url').slice(0, 16);
}
