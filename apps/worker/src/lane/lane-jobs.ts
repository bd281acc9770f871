import { isTurnReason } from '@gateway/contracts';
import { LRUCache } from 'lru-cache';
import type { LaneJob } from './lane-job.ts';
import type { LaneOptions } from './lane-ports.ts';
import type { Waiting } from './next-send.ts';
import { isLongTurn, isWorthShowing } from './waits.ts';

type LaneJobsOptions = Pick<LaneOptions, 'showHeldJobs' | 'removeHeldJob' | 'now'>;

/**
 * How many jobs' attempt counts are remembered; the oldest is dropped first. Without a limit, jobs cancelled in the
 * queue would stay in the map for ever.
 */
const MAX_REMEMBERED = 1_000;

/** The jobs that a lane has fetched and that have not ended, oldest first. It also shows callers why a job is held. */
export class LaneJobs {
  readonly #options: LaneJobsOptions;
  #jobs: readonly LaneJob[] = [];
  /**
   * Attempt counts of jobs that went back to the queue, so that a hold of the account does not reset them. Limited by
   * size: `max` would allocate all entries at once, 22 KB an account.
   */
  readonly #tried = new LRUCache<string, Pick<LaneJob, 'failures' | 'attempts'>>({
    maxSize: MAX_REMEMBERED,
    sizeCalculation: () => 1,
  });

  constructor(options: LaneJobsOptions) {
    this.#options = options;
  }

  get jobs(): readonly LaneJob[] {
    return this.#jobs;
  }

  add(job: LaneJob): void {
    this.insert(this.#jobs.length, job);
  }

  /** @param place how many jobs stand before it. */
  insert(place: number, job: LaneJob): void {
    this.#jobs = [...this.#jobs.slice(0, place), job, ...this.#jobs.slice(place)];
    const { failures = 0, attempts = 0 } = this.#tried.get(job.jobId) ?? {};
    job.failures = failures;
    job.attempts = Math.max(job.attempts, attempts);
    this.#tried.delete(job.jobId);
  }

  drop(job: LaneJob): void {
    this.#jobs = this.#jobs.filter((other) => other !== job);
    const { jobId, failures, attempts } = job;
    if (job.ended === null && (failures > 0 || attempts > job.job.attempts))
      this.#tried.set(jobId, { failures, attempts });
    job.leave();
  }

  /** Drops all jobs without touching the queue. */
  forgetAll(): void {
    for (const job of this.#jobs) this.drop(job);
  }

  /**
   * Marks a job as cancelled. A running step goes on: only how it ends tells whether it was in time.
   * @returns the job, or why it is not marked.
   */
  markCancelled(jobId: string): LaneJob | 'too_late' | 'not_fetched' {
    const laneJob = this.#jobs.find((job) => job.jobId === jobId);
    if (laneJob === undefined) return 'not_fetched';
    // It has taken effect, and waits for somebody else.
    if (laneJob.isRunning && laneJob.job.action.awaitsOthers) return 'too_late';
    laneJob.cancelled = true;
    return laneJob;
  }

  /**
   * Publishes why jobs are held. A job is published again when its reason changes or its hold grows. Files take turns
   * many times a second, so a wait for a turn is published only if it lasts.
   */
  async showHeldJobs(waiting: readonly Waiting<LaneJob>[]): Promise<void> {
    const { showHeldJobs, now } = this.#options;
    const news = waiting.filter(({ job, hold, behind }) => {
      if (isTurnReason(hold.reason)) {
        // The job that keeps its chat busy does not wait.
        if (!behind && hold.reason === 'CHAT_BUSY') return false;
        job.waitsForTurnSince ??= now();
        return job.shownHold?.reason !== hold.reason && isLongTurn(job.waitsForTurnSince, now());
      }
      if (job.shownHold === null) return behind || isWorthShowing(hold, now());
      return (
        job.shownHold.reason !== hold.reason ||
        (hold.until > job.shownHold.until && isWorthShowing(hold, now()))
      );
    });
    await showHeldJobs(news.map(({ job, hold }) => ({ jobId: job.jobId, hold })));
    for (const { job, hold } of news) job.shownHold = hold;
  }

  /** Withdraws the published hold of a job that is about to be sent or to leave the lane. */
  async withdrawHold(job: LaneJob): Promise<void> {
    job.waitsForTurnSince = null;
    if (job.shownHold === null) return;
    await this.#options.removeHeldJob(job.jobId);
    job.shownHold = null;
  }

  /**
   * Puts all jobs back at the head of the queue, in their order. A job that is running stays: it must not run twice. If
   * the worker ends, its next owner finds it.
   */
  async putAllBack(): Promise<void> {
    for (const job of this.#jobs.filter(({ isRunning }) => !isRunning).toReversed()) {
      await this.withdrawHold(job);
      await job.job.putBack();
      this.drop(job);
    }
  }
}
