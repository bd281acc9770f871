import type { LaneJob, Attempted } from './lane-job.ts';
import type { LaneJobs } from './lane-jobs.ts';
import type { Verdict } from './verdict.ts';

/** Transfers of one account at a time. With two, a slow file does not hold up all others. */
const TRANSFERS_AT_ONCE = 2;

/** How long a lane that stops waits for parts on their way, ms: meanwhile nobody serves the accounts of its shard. */
const STOP_MS = 5_000;

/**
 * The steps of a lane that run beside its other steps: transfers of files, and steps that wait for somebody else. They
 * keep back only the later jobs of their own chats.
 */
export class StepsBeside {
  readonly #jobs: LaneJobs;
  readonly #onEnd: () => void;
  #turns = 0;

  /** @param onEnd called when a step has ended, so that the lane settles it. */
  constructor(jobs: LaneJobs, onEnd: () => void) {
    this.#jobs = jobs;
    this.#onEnd = onEnd;
  }

  /**
   * Tells of each job whether its next step has to wait for the transfers that run now. A lane may have hundreds of
   * files, so they are counted once for all.
   */
  waitingTransfers(): (laneJob: LaneJob) => boolean {
    const isFull = this.#transferring().length >= TRANSFERS_AT_ONCE;
    return (laneJob) => {
      if (!laneJob.isTransfer) return false;
      laneJob.transferTurn ||= this.#nextTurn();
      return isFull;
    };
  }

  /** Whether the job's next step runs beside the others of the lane. */
  runsBeside(laneJob: LaneJob): boolean {
    return laneJob.job.action.awaitsOthers || laneJob.isTransfer;
  }

  /** Lets the attempt of a job's next step go on beside other steps. */
  add(laneJob: LaneJob, attempting: Promise<Verdict | null>): void {
    laneJob.isTransferring = laneJob.isTransfer;
    const end = (attempted: Attempted) => {
      laneJob.attempted = attempted;
      // It goes on after the files that wait now, however many come later.
      if (laneJob.isTransferring) laneJob.transferTurn = this.#nextTurn();
      this.#onEnd();
    };
    laneJob.beside = attempting.then(
      (verdict) => end({ verdict }),
      (fault: unknown) => end({ fault }),
    );
  }

  get haveEnded(): boolean {
    return this.#jobs.jobs.some(({ attempted }) => attempted !== null);
  }

  /** The jobs whose step has ended since the last call, and what became of it. */
  takeEnded(): { laneJob: LaneJob; attempted: Attempted }[] {
    return this.#jobs.jobs.flatMap((laneJob) => {
      const { attempted } = laneJob;
      if (attempted === null) return [];
      Object.assign(laneJob, { attempted: null, beside: null, isTransferring: false, isRunning: false });
      return [{ laneJob, attempted }];
    });
  }

  /**
   * Resolves once the transfers that run now have ended. The job of one that takes too long counts as not running: a
   * repeated part replaces the earlier one.
   */
  async transfersEnd(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => (timer = setTimeout(resolve, STOP_MS)));
    await Promise.race([Promise.all(this.#transferring().map(async ({ beside }) => beside)), tooLong]);
    clearTimeout(timer);
    for (const laneJob of this.#transferring()) if (laneJob.attempted === null) laneJob.isRunning = false;
  }

  #transferring(): LaneJob[] {
    return this.#jobs.jobs.filter(({ isTransferring }) => isTransferring);
  }

  #nextTurn(): number {
    this.#turns += 1;
    return this.#turns;
  }
}
