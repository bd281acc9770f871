import type { InHand } from './in-hand.ts';
import type { LaneOptions } from './lane-ports.ts';
import type { Waiting } from './next-send.ts';
import { isWorthShowing } from './waits.ts';

type HandOptions = Pick<LaneOptions, 'showAside' | 'forgetAside' | 'now'>;

/** The jobs that a lane has fetched and that have not ended, the oldest first; those that must wait are shown with the reason. */
export class Hand {
  readonly #options: HandOptions;
  #jobs: readonly InHand[] = [];

  constructor(options: HandOptions) {
    this.#options = options;
  }

  get jobs(): readonly InHand[] {
    return this.#jobs;
  }

  add(job: InHand): void {
    this.#jobs = [...this.#jobs, job];
  }

  drop(job: InHand): void {
    this.#jobs = this.#jobs.filter((other) => other !== job);
  }

  /** Nothing is in hand any more, wherever it is now. */
  forgetAll(): void {
    this.#jobs = [];
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
