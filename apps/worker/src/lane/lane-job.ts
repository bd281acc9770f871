import type { JobEnvelope } from '@gateway/actions';
import { GatewayError, sendResultSchema, type Hold } from '@gateway/contracts';
import type { FetchedJob } from '@gateway/queue';
import { withDependency } from './dependency.ts';
import type { Verdict } from './verdict.ts';

/** The verdict on an attempt (`null`: it succeeded), or a fault of the worker. */
export type Attempted = { verdict: Verdict | null } | { fault: unknown };

/** The name of the waits of uploads. No action has this name. */
const TRANSFER = 'transfer';

/** A job that the lane has fetched and that has not ended. It knows which of its steps are done and which is next. */
export class LaneJob {
  readonly job: FetchedJob;
  /** The job's data, with the messages of the job that it waited for. */
  readonly data: JobEnvelope;
  /** Why it cannot run: the job that it waited for sent nothing. */
  readonly refusal: GatewayError | null;
  /** Number of steps of the whole job, as far as it is known. */
  steps: number;
  #progress: object;
  #isTransfer: boolean | undefined;
  /** Attempts of the next step since the lane fetched the job. */
  tries = 0;
  /** Failed attempts that count towards the limit of the next step. Kept while the job is back in its queue. */
  failures = 0;
  /** All attempts of the job that reached Telegram, except those answered with a wait. */
  attempts: number;
  #hasFailed = false;
  /** Whether a step of this job is running now. */
  isRunning = false;
  /** Resolves when its step, which runs beside those of other chats, has ended; `null` if there is none. */
  beside: Promise<void> | null = null;
  /** Whether that step transfers a file. */
  isTransferring = false;
  /** What became of a step that ran beside others; `null` while there is none. */
  attempted: Attempted | null = null;
  /** The place of its next transfer among those of the lane, the lowest first; 0: none yet. */
  transferTurn = 0;
  /** Since when the next step, a transfer, finds no connection for files, ms since the epoch; `null`: it finds one. */
  withoutConnectionSince: number | null = null;
  /** The next step begins at this time, ms since the epoch. */
  pausedUntil = 0;
  /** Whether the job is cancelled: none of its remaining steps may run. */
  cancelled = false;
  #onLeft: (() => void)[] = [];
  /** How the job ended; `null` while it has not. */
  ended: 'done' | 'failed' | 'cancelled' | null = null;
  /** Since when it waits for its turn among the account's jobs, ms since the epoch; `null`: it does not. */
  waitsForTurnSince: number | null = null;
  /** The hold that was published for this job; `null` if none was. */
  shownHold: Hold | null = null;

  constructor(job: FetchedJob) {
    this.job = job;
    this.attempts = job.attempts;
    const data = withDependency(job);
    this.refusal = data instanceof GatewayError ? data : null;
    this.data = data instanceof GatewayError ? job.data : data;
    this.#progress = job.progress;
    this.steps = this.#countSteps();
  }

  get jobId(): string {
    return this.job.jobId;
  }

  /** The id of the request that enqueued the job, for the log. */
  get requestId(): string {
    return this.job.data.requestId;
  }

  /** The `recipient_id`s of the chats in whose order the job stands. */
  get recipients(): readonly [string, ...string[]] {
    return this.job.action.chatsOf(this.data);
  }

  /** The `recipient_id` of the chat that the job writes to. */
  get recipient(): string {
    return this.recipients[0];
  }

  #countSteps(): number {
    return this.job.action.steps.count(this.data, this.#progress);
  }

  get progress(): object {
    return this.#progress;
  }

  #setProgress(progress: object): void {
    this.#progress = progress;
    this.#isTransfer = undefined;
  }

  /** Whether the next step only brings a part of a file to Telegram. */
  get isTransfer(): boolean {
    // A lane asks each of hundreds of files whenever it picks the next job.
    return (this.#isTransfer ??= this.job.action.steps.isTransfer?.(this.data, this.#progress) ?? false);
  }

  /** By which waits apply to the next step: uploads make no messages, and have waits of their own. */
  get limits(): { name: string; makesMessages: boolean } {
    const { name, makesMessages } = this.job.action;
    return this.isTransfer ? { name: TRANSFER, makesMessages: false } : { name, makesMessages };
  }

  /** The index of the next step, from 0. */
  get step(): number {
    return this.job.action.steps.done(this.#progress);
  }

  /** Telegram's ids of the messages that the job has made. */
  get messageIds(): number[] {
    const { makesMessages, steps } = this.job.action;
    const made = makesMessages ? sendResultSchema.safeParse(steps.result(this.#progress)).data : undefined;
    return made === undefined ? [] : (made.message_ids ?? [made.message_id]);
  }

  /** Records that the next step is done. @param progress the job's progress after it. */
  finishStep(progress: object): void {
    this.#setProgress(progress);
    this.steps = this.#countSteps();
    if (this.step === this.steps) this.attempts += 1;
    this.tries = 0;
    this.failures = 0;
    this.withoutConnectionSince = null;
  }

  /** The result of the job; `null` while a step is left. */
  get result(): object | null {
    return this.step < this.steps ? null : this.job.action.steps.result(this.#progress);
  }

  /** Counts an attempt that reached Telegram and failed. */
  countFailedAttempt(): void {
    this.attempts += 1;
    this.#hasFailed = true;
  }

  /** The attempt count to write when the job ends. `undefined` means one, which the queue counts itself. */
  get attemptsAtEnd(): number | undefined {
    return this.job.attempts === 0 && this.attempts === 1 && !this.#hasFailed ? undefined : this.attempts;
  }

  /** Saves which steps are done, so that another worker continues after them. */
  async saveProgress(progress = this.#progress): Promise<void> {
    this.#setProgress(progress);
    await this.job.saveProgress(progress);
  }

  /** Resolves when the job has ended or has gone back to its queue. */
  async left(): Promise<void> {
    await new Promise<void>((resolve) => this.#onLeft.push(resolve));
  }

  /** Tells everyone who awaits {@link left} that the lane has dropped the job. */
  leave(): void {
    for (const tell of this.#onLeft) tell();
    this.#onLeft = [];
  }

  /** The error that the job fails with. It lists the messages that were sent before the failure. */
  failure(error: GatewayError): GatewayError {
    const { messageIds } = this;
    const sent =
      messageIds.length > 0 ? { extra: { ...error.details.extra, sent_message_ids: messageIds } } : {};
    return error.with({ ...error.details, ...sent, jobId: this.jobId });
  }
}
