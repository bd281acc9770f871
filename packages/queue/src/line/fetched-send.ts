import {
  sendProgressSchema,
  type GatewayError,
  type SendJob,
  type SendProgress,
  type SendResult,
  type SendState,
} from '@gateway/contracts';
import type { Job } from 'bullmq';

export type BullmqSend = Job<SendJob, SendResult, 'send'>;

/** A job in hand: fetched, not yet ended or put back. */
export interface FetchedSend {
  readonly jobId: string;
  readonly data: SendJob;
  /** When it was accepted, ms since the epoch. */
  readonly acceptedAt: number;
  /** ms since the epoch from which on it was to go out. */
  readonly dueAt: number;
  /** When it was last asked for, ms since the epoch: its own time, or a later try by hand. */
  readonly askedAt: number;
  /** Tries of before. */
  readonly attempts: number;
  /** The trace that it belongs to, as it carries it; `undefined`: none. */
  readonly trace: string | undefined;
  /** What had gone out of it before it was fetched. */
  readonly progress: SendProgress;
  /** Notes what has gone out of it, before the next part goes. */
  note(progress: SendProgress): Promise<void>;
  /** Tells the queue of success, and does what goes with it in the same step. Rejects where the job is no longer ours. */
  complete(result: SendResult, along?: CompleteOptions): Promise<FetchedSend | 'strays' | null>;
  /** Tells the queue of final failure. @param attempts tries in all; one more than before by default. */
  fail(error: GatewayError, attempts?: number): Promise<void>;
  /** Puts the job back at the head of the line, no attempt used up. Several: the newest first. */
  putBack(): Promise<void>;
}

/** What is done in one step with the end of a job. */
export interface CompleteOptions {
  /** What must be remembered of the account's sends from now on; nothing new by default. */
  state?: SendState | undefined;
  /** Tries of the job in all; one more than before by default. */
  attempts?: number | undefined;
  /** Fetches the next job, as `SendConsumer.next` does. */
  fetchNext: boolean;
}

/** What a job holds, without what can be done with it. */
export function contentOf(
  job: BullmqSend,
): Pick<
  FetchedSend,
  'jobId' | 'data' | 'acceptedAt' | 'dueAt' | 'askedAt' | 'attempts' | 'trace' | 'progress'
> {
  // BullMQ's is 0 before anything was noted, for nearly every job.
  const dueAt = job.timestamp + (job.opts.delay ?? 0);
  const progress = job.progress === 0 ? undefined : sendProgressSchema.safeParse(job.progress);
  return {
    jobId: job.id ?? '',
    data: job.data,
    acceptedAt: job.timestamp,
    dueAt,
    askedAt: Math.max(dueAt, job.data.retriedAt ?? 0),
    attempts: job.attemptsMade,
    trace: job.opts.telemetry?.metadata,
    progress: progress?.success === true ? progress.data : { sent: [] },
  };
}
