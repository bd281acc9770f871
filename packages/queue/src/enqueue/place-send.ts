import { createHash } from 'node:crypto';
import type { SendJob } from '@gateway/contracts';
import { idempotentJobId, newJobId } from '../jobs/job-id.ts';

/** A message to enqueue. */
export interface NewSend {
  job: Omit<SendJob, 'digest'>;
  /** Sends of one account under the same key share one job. */
  idempotencyKey?: string | undefined;
  /** Time at which the job joins the queue, behind jobs enqueued earlier, in ms since the epoch; now by default. */
  sendAt?: number | undefined;
  /**
   * The job of the caller's original text, if normalisation changed it. Its digest recognises a repeat under the key.
   */
  asGiven?: Omit<SendJob, 'digest'>;
}

/** A {@link NewSend} with its job id and digest. */
export interface PlacedSend extends Omit<NewSend, 'asGiven'> {
  jobId: string;
  /** Tells a repeat under the same Idempotency-Key from another message; '' without a key. */
  digest: string;
}

export function placeSend(send: NewSend, shard: number): PlacedSend {
  const { job, idempotencyKey, sendAt, asGiven } = send;
  const address = { kind: 'send', shard, userId: job.userId } as const;
  if (idempotencyKey === undefined) return { job, sendAt, jobId: newJobId(address), digest: '' };
  const jobId = idempotentJobId(address, idempotencyKey);
  return { job, sendAt, idempotencyKey, jobId, digest: digestOf(asGiven ?? job, sendAt) };
}

function digestOf(
  { requestId: _requestId, askedDigest: _asked, ...message }: Omit<SendJob, 'digest'>,
  sendAt?: number,
): string {
  return createHash('sha256')
    .update(JSON.stringify([message, sendAt]))
    .digest('base64url');
}
