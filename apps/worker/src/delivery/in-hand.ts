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

/** A job that the lane has fetched and that has not ended: what of it has gone out, and what is next. */
export class InHand {
  readonly job: FetchedSend;
  readonly #parts: readonly FormattedText[];
  readonly #sent: SentMessage[];
  /** Tries of the part that is next, in this hand. */
  tries = 0;
  /** Those that came to nothing and count; kept while the job is back in its queue. */
  failures = 0;
  /** All tries of the job that reached Telegram, without those that Telegram answered with a wait. */
  attempts: number;
  #hasFailed = false;
  /** A message of it is going out just now. */
  underWay = false;
  /** Nothing more of it is to go out. */
  cancelled = false;
  #onLeft: (() => void)[] = [];
  /** How it ended; `null` while it has not. */
  ended: 'sent' | 'failed' | 'cancelled' | null = null;
  /** Why it does not go out, as callers have been told; `null`: they have not. */
  shownAside: Hold | null = null;

  constructor(job: FetchedSend) {
    this.job = job;
    this.attempts = job.attempts;
    this.#parts = partsOf(job.data.text, job.data.cuts ?? [], job.data.entities);
    this.#sent = [...job.progress.sent];
  }

  get jobId(): string {
    return this.job.jobId;
  }

  /** Of the request that brought it, for the log. */
  get requestId(): string {
    return this.job.data.requestId;
  }

  get recipient(): string {
    return this.job.data.recipient;
  }

  /** The message that is next, counted from 0. */
  get part(): number {
    return this.#sent.length;
  }

  get parts(): number {
    return this.#parts.length;
  }

  /** The text of that message, with its formatting. */
  get formatted(): FormattedText {
    return this.#parts[this.part] ?? { text: '', entities: [] };
  }

  /** Telegram's ids of what has gone out. */
  get messageIds(): number[] {
    return this.#sent.map(({ message_id }) => message_id);
  }

  /** The next message has gone out. */
  add(message: SentMessage): void {
    this.#sent.push(message);
    if (this.part === this.parts) this.attempts += 1;
    this.tries = 0;
    this.failures = 0;
  }

  /** What the job has come to; `null` while a part of it is still to go. */
  get result(): SendResult | null {
    return this.part < this.parts ? null : resultOf(this.#sent);
  }

  /** Counts a try that reached Telegram and failed. */
  countFailedTry(): void {
    this.attempts += 1;
    this.#hasFailed = true;
  }

  /** The tries to write when the job ends; `undefined`: one, which the queue counts by itself. */
  get attemptsAtEnd(): number | undefined {
    return this.job.attempts === 0 && this.attempts === 1 && !this.#hasFailed ? undefined : this.attempts;
  }

  /** Notes what has gone out, so that another worker goes on behind it. */
  async note(): Promise<void> {
    await this.job.note({ sent: this.#sent });
  }

  /** Resolves when the job has ended or has gone back to its queue. */
  async left(): Promise<void> {
    await new Promise<void>((resolve) => this.#onLeft.push(resolve));
  }

  /** The lane has it in hand no more. */
  leave(): void {
    for (const tell of this.#onLeft) tell();
    this.#onLeft = [];
  }

  /** The error that the job fails with, with what has gone out all the same. */
  failure(error: GatewayError): GatewayError {
    const sent =
      this.part > 0 ? { extra: { ...error.details.extra, sent_message_ids: this.messageIds } } : {};
    return error.with({ ...error.details, ...sent, jobId: this.jobId });
  }
}
