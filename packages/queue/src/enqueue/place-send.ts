import { createHash } from 'node:crypto';
import type { SendJob } from '@gateway/contracts';
import { idempotentJobId, newJobId } from '../jobs/job-id.ts';

/** A message as it is to be accepted. */
export interface NewSend {
  job: Omit<SendJob, 'digest'>;
  /** The same key leads to the same job. */
  idempotencyKey?: string | undefined;
  /** ms since the epoch at which the job joins the line, behind what was accepted before; now by default. */
  sendAt?: number | undefined;
  /** The job of the text as its caller gave it, where that is another: a repeat under the same key is told by it. */
  asGiven?: Omit<SendJob, 'digest'>;
}

/** A {@link NewSend} with its place: its job id and, under a key, what tells it from another message under the same; else ''. */
export interface PlacedSend extends Omit<NewSend, 'asGiven'> {
  jobId: string;
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
