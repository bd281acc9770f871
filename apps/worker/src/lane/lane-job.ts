import {
  partsOf,
  resultOf,
  type FormattedText,
  type GatewayError,
  type Hold,
  type SendResult,
  type SentMessage,
} from '@gateway/contracts';
import type { FetchedSend } from '@gateway/queue';

/**
 * A job that the lane has fetched and that has not ended. It knows which of its messages were sent and which is next.
 */
export class LaneJob {
  readonly job: FetchedSend;
  readonly #parts: readonly FormattedText[];
  readonly #sent: SentMessage[];
  /** Attempts to send the next part since the lane fetched the job. */
  tries = 0;
  /** Failed attempts that count towards the limit of the next part. Kept while the job is back in its queue. */
  failures = 0;
  /** All attempts of the job that reached Telegram, except those answered with a wait. */
  attempts: number;
  #hasFailed = false;
  /** Whether a message of this job is being sent now. */
  isSending = false;
  /** Whether the job is cancelled: none of its remaining messages may be sent. */
  cancelled = false;
  #onLeft: (() => void)[] = [];
  /** How the job ended; `null` while it has not. */
  ended: 'sent' | 'failed' | 'cancelled' | null = null;
  /** The hold that was published for this job; `null` if none was. */
  shownHold: Hold | null = null;

  constructor(job: FetchedSend) {
    this.job = job;
    this.attempts = job.attempts;
    this.#parts = partsOf(job.data.text, job.data.cuts ?? [], job.data.entities);
    this.#sent = [...job.progress.sent];
  }

  get jobId(): string {
    return this.job.jobId;
  }

  /** The id of the request that enqueued the job, for the log. */
  get requestId(): string {
    return this.job.data.requestId;
  }

  get recipient(): string {
    return this.job.data.recipient;
  }

  /** The index of the next message, from 0. */
  get part(): number {
    return this.#sent.length;
  }

  get parts(): number {
    return this.#parts.length;
  }

  /** The text of the next message, with its formatting. */
  get formatted(): FormattedText {
    return this.#parts[this.part] ?? { text: '', entities: [] };
  }

  /** Telegram's ids of the messages already sent. */
  get messageIds(): number[] {
    return this.#sent.map(({ message_id }) => message_id);
  }

  /** Records that the next message was sent. */
  add(message: SentMessage): void {
    this.#sent.push(message);
    if (this.part === this.parts) this.attempts += 1;
    this.tries = 0;
    this.failures = 0;
  }

  /** The result of the job; `null` while a part is still to be sent. */
  get result(): SendResult | null {
    return this.part < this.parts ? null : resultOf(this.#sent);
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

  /** Saves which messages were sent, so that another worker continues after them. */
  async saveProgress(): Promise<void> {
    await this.job.saveProgress({ sent: this.#sent });
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
    const sent =
      this.part > 0 ? { extra: { ...error.details.extra, sent_message_ids: this.messageIds } } : {};
    return error.with({ ...error.details, ...sent, jobId: this.jobId });
  }
}
