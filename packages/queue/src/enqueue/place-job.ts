import type { NewJob } from '@gateway/actions';
import { idempotentJobId, newJobId } from '../jobs/job-id.ts';

/** A {@link NewJob} with its job id. Jobs of one account under the same Idempotency-Key share one id. */
export interface PlacedJob extends NewJob {
  jobId: string;
}

export function placeJob(job: NewJob, shard: number): PlacedJob {
  const address = { kind: 'send', shard, userId: job.data.userId } as const;
  const jobId = job.key === undefined ? newJobId(address) : idempotentJobId(address, job.key.idempotencyKey);
  return { ...job, jobId };
}
