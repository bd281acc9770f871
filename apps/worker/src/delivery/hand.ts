import type { InHand } from './in-hand.ts';
import type { LaneOptions } from './lane-ports.ts';
import type { Waiting } from './next-send.ts';
import { isWorthShowing } from './waits.ts';

type HandOptions = Pick<LaneOptions, 'showAside' | 'forgetAside' | 'now'>;

/** Jobs whose tries are remembered, the latest: those that are cancelled in the queue never come back, and must not stand in others' way. */
const MAX_REMEMBERED = 1_000;

/** The jobs that a lane has fetched and that have not ended, the oldest first; those that must wait are shown with the reason. */
export class Hand {
  readonly #options: HandOptions;
  #jobs: readonly InHand[] = [];
  /** Tries of jobs that went back to the queue: a wait of the account must not reset them. */
  readonly #tried = new Map<string, Pick<InHand, 'failures' | 'attempts'>>();

  constructor(options: HandOptions) {
    this.#options = options;
  }

  get jobs(): readonly InHand[] {
    return this.#jobs;
  }

  add(job: InHand): void {
    this.#jobs = [...this.#jobs, job];
    const { failures = 0, attempts = 0 } = this.#tried.get(job.jobId) ?? {};
    job.failures = failures;
    job.attempts = Math.max(job.attempts, attempts);
    this.#tried.delete(job.jobId);
  }

  drop(job: InHand): void {
    this.#jobs = this.#jobs.filter((other) => other !== job);
    if (job.ended === null && (job.failures > 0 || job.attempts > job.job.attempts)) this.#remember(job);
    job.leave();
  }

  #remember({ jobId, failures, attempts }: InHand): void {
    this.#tried.set(jobId, { failures, attempts });
    if (this.#tried.size <= MAX_REMEMBERED) return;
    const [oldest] = this.#tried.keys();
    if (oldest !== undefined) this.#tried.delete(oldest);
  }

  /** Nothing is in hand any more, wherever it is now. */
  forgetAll(): void {
    for (const job of this.#jobs) this.drop(job);
  }

  /**
   * Marks a job as one of which nothing more is to go out. What is going out just now cannot be taken back, only the parts behind it.
   * @returns the job, or why it is not marked.
   */
  markCancelled(jobId: string): InHand | 'too_late' | 'not_in_hand' {
    const inHand = this.#jobs.find((job) => job.jobId === jobId);
    if (inHand === undefined) return 'not_in_hand';
    if (inHand.underWay && inHand.part === inHand.parts - 1) return 'too_late';
    inHand.cancelled = true;
    return inHand;
  }

  /** Shows why jobs do not go out, and again where the reason has become another. */
  async showAside(waiting: readonly Waiting<InHand>[]): Promise<void> {
    const { showAside, now } = this.#options;
    const news = waiting.filter(({ job, hold, behind }) => {
      if (job.shownAside === null) return behind || isWorthShowing(hold, now());
      return (
        job.shownAside.reason !== hold.reason ||
        (hold.until > job.shownAside.until && isWorthShowing(hold, now()))
      );
    });
    await showAside(news.map(({ job, hold }) => ({ jobId: job.jobId, hold })));
    for (const { job, hold } of news) job.shownAside = hold;
  }

  /** The job goes on, or away: it is not shown as set aside any more. */
  async hideAside(job: InHand): Promise<void> {
    if (job.shownAside === null) return;
    await this.#options.forgetAside(job.jobId);
    job.shownAside = null;
  }

  /** Back to the head of the line, in their order. */
  async putAllBack(): Promise<void> {
    for (const job of this.#jobs.toReversed()) {
      await this.hideAside(job);
      await job.job.putBack();
      this.drop(job);
    }
  }
}
