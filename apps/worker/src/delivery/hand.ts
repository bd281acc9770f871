import type { InHand } from './in-hand.ts';
import type { LaneOptions } from './lane-ports.ts';
import type { Waiting } from './next-send.ts';
import { isWorthShowing } from './waits.ts';

type HandOptions = Pick<LaneOptions, 'showAside' | 'forgetAside' | 'now'>;

/** Jobs whose failures are remembered, the latest: those that are cancelled in the queue never come back, and must not stand in others' way. */
const MAX_REMEMBERED = 1_000;

/** The jobs that a lane has fetched and that have not ended, the oldest first; those that must wait are shown with the reason. */
export class Hand {
  readonly #options: HandOptions;
  #jobs: readonly InHand[] = [];
  /** Of jobs that have gone back to the queue: a wait of the whole account must not give a message its tries anew. */
  readonly #failures = new Map<string, number>();

  constructor(options: HandOptions) {
    this.#options = options;
  }

  get jobs(): readonly InHand[] {
    return this.#jobs;
  }

  add(job: InHand): void {
    this.#jobs = [...this.#jobs, job];
    job.failures = this.#failures.get(job.jobId) ?? 0;
    this.#failures.delete(job.jobId);
  }

  drop(job: InHand): void {
    this.#jobs = this.#jobs.filter((other) => other !== job);
    if (job.ended === null && job.failures > 0) this.#remember(job);
    job.leave();
  }

  #remember({ jobId, failures }: InHand): void {
    this.#failures.set(jobId, failures);
    if (this.#failures.size <= MAX_REMEMBERED) return;
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined) this.#failures.delete(oldest);
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
