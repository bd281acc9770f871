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

/** A job that this worker has fetched, and has neither ended nor put back. */
export interface FetchedSend {
  readonly jobId: string;
  readonly data: SendJob;
  /** Time at which it was enqueued, in ms since the epoch. */
  readonly acceptedAt: number;
  /** Earliest time to send it, in ms since the epoch: its `send_at`, else the time at which it was enqueued. */
  readonly dueAt: number;
  /** Time of the latest request to send it, in ms since the epoch: `dueAt`, or that of a later manual retry. */
  readonly askedAt: number;
  /** Number of earlier tries. */
  readonly attempts: number;
  /** Its trace context, as stored by BullMQ; `undefined` if it has none. */
  readonly trace: string | undefined;
  /** The parts that were sent before it was fetched. */
  readonly progress: SendProgress;
  /** Stores which parts have been sent. Call it before sending the next part. */
  saveProgress(progress: SendProgress): Promise<void>;
  /** Completes the job and applies `options`, in one atomic step. Rejects if this worker no longer owns the account. */
  complete(result: SendResult, options?: CompleteOptions): Promise<FetchedSend | 'needs_recovery' | null>;
  /** Fails the job for good. @param attempts total number of tries; one more than before by default. */
  fail(error: GatewayError, attempts?: number): Promise<void>;
  /** Puts the job back at the head of the queue; uses up no attempt. To put several back, start with the newest. */
  putBack(): Promise<void>;
}

/** What happens in one atomic step with the completion of a job. */
export interface CompleteOptions {
  /** The account's new send state; unchanged by default. */
  state?: SendState | undefined;
  /** Total number of tries of the job; one more than before by default. */
  attempts?: number | undefined;
  /** Whether to fetch the next job too, as `SendConsumer.next` does. */
  fetchNext: boolean;
}

/** The fields of a {@link FetchedSend}, without its methods. */
export function contentOf(
  job: BullmqSend,
): Pick<
  FetchedSend,
  'jobId' | 'data' | 'acceptedAt' | 'dueAt' | 'askedAt' | 'attempts' | 'trace' | 'progress'
> {
  const dueAt = job.timestamp + (job.opts.delay ?? 0);
  // BullMQ's initial progress is 0, and for most jobs it stays 0.
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
