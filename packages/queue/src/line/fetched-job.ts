import type { AnyAction, JobEnvelope } from '@gateway/actions';
import type { GatewayError, SendState } from '@gateway/contracts';
import type { Job } from 'bullmq';
import type { DependencyEnd } from './dependents.ts';

export type BullmqJob = Job<JobEnvelope, object>;

/** A job that this worker has fetched, and has neither ended nor put back. */
export interface FetchedJob {
  readonly jobId: string;
  readonly action: AnyAction;
  /** A valid job of `action`. */
  readonly data: JobEnvelope;
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
  /** How the job ended that this one waited for; `undefined` if it waited for none. */
  readonly dependency: DependencyEnd | undefined;
  /** The progress of the job before it was fetched. It is valid for `action`. */
  readonly progress: object;
  /** Stores the progress of the job. Call it before the next step. @throws {Fenced} if another owner has taken over. */
  saveProgress(progress: object): Promise<void>;
  /**
   * Completes the job, applies `options` and publishes the result, in one atomic step. Rejects if this worker no longer
   * owns the account.
   * @returns what `fetchNext` fetched; `null` without it.
   */
  complete(result: object, options?: CompleteOptions): Promise<Fetched | null>;
  /**
   * Fails the job for good, and publishes its end.
   * @param attempts total number of tries; one more than before by default.
   */
  fail(error: GatewayError, attempts?: number): Promise<void>;
  /** How many jobs that waited for this one went to the head of the queue when it ended; 0 before. */
  released(): number;
  /** Puts the job back at the head of the queue; uses up no attempt. To put several back, start with the newest. */
  putBack(): Promise<void>;
}

/** A job that only a newer worker can run. It is back at the head of the queue. */
export interface NewerJob {
  readonly jobId: string;
  /** What this worker does not know, for the log. */
  readonly newer: string;
}

/** No job waits now. */
export interface NothingWaits {
  /** When the next `send_at` is due, in ms since the epoch; Infinity if no job has one. */
  readonly nextDueAt: number;
}

/**
 * The next job, or that none waits. `needs_recovery`: active jobs of this account exist that this consumer did not
 * fetch (a fetch whose reply was lost, or a former owner's late fetch). The order is certain again after a recovery.
 */
export type Fetched = FetchedJob | NewerJob | NothingWaits | 'needs_recovery';

/** What happens in one atomic step with the completion of a job. */
export interface CompleteOptions {
  /** The account's new send state; unchanged by default. */
  state?: SendState | undefined;
  /** Total number of tries of the job; one more than before by default. */
  attempts?: number | undefined;
  /** Id of the private chat in which the job's messages are; `undefined`: another chat, or not known. */
  privateChat?: string | undefined;
  /** Whether to fetch the next job too, as `AccountConsumer.next` does. */
  fetchNext: boolean;
}

/** Ends jobs in the queue, or puts them back. */
export interface JobEnds {
  complete(job: BullmqJob, result: object, options: CompleteOptions): Promise<Fetched | null>;
  fail(job: BullmqJob, error: GatewayError, attempts?: number): Promise<void>;
  putBack(job: BullmqJob): Promise<void>;
  /** How many jobs that waited for the latest job that ended went to the head of the queue. */
  released(): number;
}

/** A {@link FetchedJob} that BullMQ has read. */
export class OwnedJob implements FetchedJob {
  readonly #job: BullmqJob;
  readonly #ends: JobEnds;
  readonly action: AnyAction;
  readonly dependency: DependencyEnd | undefined;
  readonly dueAt: number;
  readonly progress: object;
  #released = 0;

  constructor(job: BullmqJob, action: AnyAction, dependency: DependencyEnd | undefined, ends: JobEnds) {
    this.#job = job;
    this.#ends = ends;
    this.action = action;
    this.dependency = dependency;
    this.dueAt = job.timestamp + (job.opts.delay ?? 0);
    const { progress, none } = action.steps;
    // BullMQ's initial progress is 0, and for most jobs it stays 0.
    this.progress = (job.progress === 0 ? undefined : progress.safeParse(job.progress).data) ?? none;
  }

  get jobId(): string {
    return this.#job.id ?? '';
  }

  get data(): JobEnvelope {
    return this.#job.data;
  }

  get acceptedAt(): number {
    return this.#job.timestamp;
  }

  get askedAt(): number {
    return Math.max(this.dueAt, this.data.retriedAt ?? 0);
  }

  get attempts(): number {
    return this.#job.attemptsMade;
  }

  get trace(): string | undefined {
    return this.#job.opts.telemetry?.metadata;
  }

  async saveProgress(progress: object): Promise<void> {
    await this.#job.updateProgress(progress);
  }

  async complete(result: object, options: CompleteOptions = { fetchNext: false }): Promise<Fetched | null> {
    const next = await this.#ends.complete(this.#job, result, options);
    this.#released = this.#ends.released();
    return next;
  }

  async fail(error: GatewayError, attempts?: number): Promise<void> {
    await this.#ends.fail(this.#job, error, attempts);
    this.#released = this.#ends.released();
  }

  released(): number {
    return this.#released;
  }

  async putBack(): Promise<void> {
    await this.#ends.putBack(this.#job);
  }
}
