import type { LaneJob, Attempted } from './lane-job.ts';
import type { LaneJobs } from './lane-jobs.ts';
import type { Verdict } from './verdict.ts';

/** Transfers of one account at a time. With two, a slow file does not hold up all others. */
const TRANSFERS_AT_ONCE = 2;

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

  /** Whether the next step of the job has to wait for transfers of other jobs. */
  mustWait({ isTransfer }: LaneJob): boolean {
    return isTransfer && this.#jobs.jobs.filter((job) => job.isTransferring).length >= TRANSFERS_AT_ONCE;
  }

  /** Goes on without waiting for the attempt, if the job's next step may run beside others. */
  takes(laneJob: LaneJob): boolean {
    return laneJob.job.action.awaitsOthers || laneJob.isTransfer;
  }

  /** Lets the attempt of a job's next step go on beside other steps. */
  add(laneJob: LaneJob, attempting: Promise<Verdict | null>): void {
    laneJob.isTransferring = laneJob.isTransfer;
    this.#turns += 1;
    if (laneJob.isTransferring) laneJob.transferTurn = this.#turns;
    const end = (attempted: Attempted) => {
      laneJob.attempted = attempted;
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

  /** Resolves once the transfers that run now have ended. */
  async transfersEnd(): Promise<void> {
    await Promise.all(
      this.#jobs.jobs.flatMap(({ beside, isTransferring }) =>
        isTransferring && beside !== null ? [beside] : [],
      ),
    );
  }
}
