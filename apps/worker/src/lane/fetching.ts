import type { Fetched, NewerJob, NothingWaits } from '@gateway/queue';
import { LaneJob } from './lane-job.ts';
import type { LaneJobs } from './lane-jobs.ts';
import type { LaneOptions } from './lane-ports.ts';
import { recordRecovered } from './record-recovered.ts';

/** How long the account is held, at most, before the lane looks again for a job that it can run, ms. */
const OUTDATED_MS = 30_000;
export const OUTDATED = 'WORKER_OUTDATED';

/** The lane's claim on its queue. It outlasts a run, and is void once Redis was lost (a new epoch). */
type Claim = { is: 'never' } | { is: 'lost' } | { is: 'held'; epoch: number | null };

/** Claims an account's queue for its lane, and fetches jobs from it. */
export class Fetching {
  readonly #options: LaneOptions;
  readonly #jobs: LaneJobs;
  #claim: Claim = { is: 'never' };
  /** The latest fetch, if it found nothing. A job enqueued since then wakes the lane. */
  #nothing: NothingWaits | null = null;

  constructor(options: LaneOptions, jobs: LaneJobs) {
    this.#options = options;
    this.#jobs = jobs;
  }

  /** Whether the latest fetch found no job. */
  get foundNothing(): boolean {
    return this.#nothing !== null;
  }

  /** When the next `send_at` is due, as the latest fetch said; `undefined` if it found a job. */
  get nextDueAt(): number | undefined {
    return this.#nothing?.nextDueAt;
  }

  /** The next {@link fetch} asks the queue again, although the latest one found nothing. */
  forgetNothing(): void {
    this.#nothing = null;
  }

  /** Claims the queue, unless the claim holds. */
  async ensureClaim(): Promise<void> {
    if (this.#claim.is !== 'held' || this.#claim.epoch !== this.#options.epoch()) await this.#claimQueue();
  }

  loseClaim(): void {
    if (this.#claim.is === 'held') this.#claim = { is: 'lost' };
  }

  /** Claims the queue for this lane. Jobs that any worker had fetched go back to the queue. */
  async #claimQueue(): Promise<void> {
    const { queue, claim, epoch } = this.#options;
    const held: Claim = { is: 'held', epoch: epoch() };
    await claim();
    this.#jobs.forgetAll();
    await queue.recover((jobs) => recordRecovered(this.#options, jobs, this.#claim.is === 'never'));
    this.#claim = held;
  }

  /** Fetches the next job, unless the latest fetch found none. @returns whether the queue had one. */
  async fetch(): Promise<boolean> {
    if (this.#nothing === null) await this.add(await this.#options.queue.next());
    return this.#nothing === null;
  }

  /** Like {@link fetch}, unless the lane has as many jobs as it may have. */
  async tryFetch(): Promise<boolean> {
    return this.#jobs.jobs.length < this.#options.limits.maxFetched && (await this.fetch());
  }

  async add(fetched: Fetched): Promise<void> {
    // Other jobs are still marked as fetched, so the order is not certain. All jobs go back to the queue first.
    if (fetched === 'needs_recovery') await this.#claimQueue();
    else if ('nextDueAt' in fetched) this.#nothing = fetched;
    else if ('newer' in fetched) await this.#holdForNewer(fetched);
    else this.#jobs.add(new LaneJob(fetched));
  }

  /**
   * Fetches jobs that waited for a job of this lane, which has ended. They take its place in the order: jobs that the
   * lane has fetched before them stand behind them.
   */
  async fetchReleased(place: number, count: number): Promise<void> {
    for (let index = 0; index < count && this.#options.mayServe(); index += 1) {
      const fetched = await this.#options.queue.next();
      if (fetched === 'needs_recovery' || !('action' in fetched)) return this.add(fetched);
      this.#jobs.insert(place + index, new LaneJob(fetched));
    }
  }

  /** Holds the account: the job's chat is not known, so no other job may overtake it. */
  async #holdForNewer({ jobId, newer }: NewerJob): Promise<void> {
    const { account, limits, logger, now } = this.#options;
    const until = now() + Math.min(OUTDATED_MS, limits.maxWaitMs);
    const message = `The next job needs a newer worker (${newer}): update the workers.`;
    if (account.hold?.reason !== OUTDATED) logger.error({ jobId, why: newer }, 'a job needs a newer worker');
    await account.setHold({ reason: OUTDATED, until, message }, { publish: true });
  }
}
