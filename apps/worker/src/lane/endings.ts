import type { GatewayError } from '@gateway/contracts';
import type { Fetched } from '@gateway/queue';
import type { Chat } from '@gateway/telegram';
import { inTraceOf } from '@gateway/telemetry';
import type { LaneJob } from './lane-job.ts';
import type { LaneJobs } from './lane-jobs.ts';
import type { LaneOptions, LaneQueue } from './lane-ports.ts';

/** Messages failed in one batch. Neither Redis nor this process does anything else during a batch. */
const FAILED_AT_ONCE = 250;

type EndingOptions = Pick<LaneOptions, 'account' | 'announceEnd' | 'metrics' | 'logger' | 'now'>;

/** The id of a private chat; `undefined` for others, and where only a name is known. */
function privateChatOf({ key }: Chat): string | undefined {
  return /^user:(\d+)$/.exec(key)?.[1];
}

/** Completes and fails the jobs of a lane. */
export class Endings {
  readonly #options: EndingOptions;
  readonly #jobs: LaneJobs;
  readonly #onReleased: (place: number, count: number) => Promise<void>;

  /**
   * @param onReleased called after the end of a job that others waited for: they are at the head of the queue now.
   * `place`: how many jobs of the lane stood before it.
   */
  constructor(
    options: EndingOptions,
    jobs: LaneJobs,
    onReleased: (place: number, count: number) => Promise<void>,
  ) {
    this.#onReleased = onReleased;
    this.#options = options;
    this.#jobs = jobs;
  }

  /**
   * Completes a job whose steps are all done.
   * @param fetchNext whether to fetch the next job in the same round trip.
   * @returns the next job, as {@link LaneQueue.next} does; `null` without `fetchNext`.
   */
  async complete(laneJob: LaneJob, result: object, fetchNext: boolean): Promise<Fetched | null> {
    const { account, announceEnd, metrics, now } = this.#options;
    const { action, dueAt } = laneJob.job;
    account.ledger.recordEnded(laneJob.jobId);
    await announceEnd(laneJob.job);
    const attempts = laneJob.attemptsAtEnd;
    const privateChat = action.makesMessages ? privateChatOf(account.chatOf(laneJob.recipient)) : undefined;
    const next = await account.ledger.saveWith((state) =>
      laneJob.job.complete(result, { state, attempts, privateChat, fetchNext }),
    );
    if (action.makesMessages) metrics.sent(Math.max(0, now() - dueAt) / 1_000);
    await this.#left(laneJob, 'done');
    return next;
  }

  /** Fails a job for good. If an attempt may have taken effect, its error says so, whatever ends the job. */
  async fail(laneJob: LaneJob, error: GatewayError): Promise<void> {
    const isUnknown = this.#options.account.ledger.unknownOf(laneJob.jobId) !== undefined;
    const told = isUnknown ? error.with({ kind: 'unknown_outcome' }) : error;
    await inTraceOf(laneJob.job.trace, () => this.#fail(laneJob, told));
  }

  async #fail(laneJob: LaneJob, error: GatewayError): Promise<void> {
    const { account, announceEnd, metrics, logger } = this.#options;
    account.ledger.recordEnded(laneJob.jobId);
    await announceEnd(laneJob.job);
    await laneJob.job.fail(laneJob.failure(error), laneJob.attemptsAtEnd);
    await this.#jobs.withdrawHold(laneJob);
    await account.ledger.save();
    const { code, cause, details } = error;
    metrics.failed(code);
    const { jobId, requestId } = laneJob;
    logger.warn({ jobId, requestId, code, rpcError: details.rpcError, err: cause }, 'failed');
    const mayBeRetried = code !== 'CANCELLED' && error.kind !== 'unknown_outcome';
    await this.#left(laneJob, code === 'CANCELLED' ? 'cancelled' : 'failed', mayBeRetried);
  }

  /**
   * Fails the oldest waiting jobs without fetching each one. It skips jobs that were attempted before.
   * @returns how many failed; if 0, the remaining jobs must be fetched and failed one by one.
   */
  async failWaiting(queue: LaneQueue, error: GatewayError): Promise<number> {
    const { account, announceEnd, metrics, logger, now } = this.#options;
    const { ledger } = account;
    const jobs = (await queue.oldestWaiting(FAILED_AT_ONCE)).filter(
      ({ jobId }) => ledger.unknownOf(jobId) === undefined && ledger.recoveriesOf(jobId) === 0,
    );
    await Promise.all(jobs.map((job) => announceEnd(job)));
    const failed = await queue.failWaiting(
      jobs.map(({ jobId }) => ({ jobId, error: error.with({ jobId }) })),
      now(),
    );
    for (const jobId of failed) {
      ledger.recordEnded(jobId);
      metrics.failed(error.code);
    }
    if (failed.length > 0) logger.warn({ code: error.code, jobs: failed.length }, 'failed');
    return failed.length;
  }

  async #left(laneJob: LaneJob, how: NonNullable<LaneJob['ended']>, mayBeRetried = false): Promise<void> {
    laneJob.ended = how;
    if (laneJob.isTransfer) this.#options.account.files.giveUp(laneJob.jobId);
    const uploads = laneJob.job.action.uploadsOf?.(laneJob.job.data, laneJob.progress) ?? [];
    if (uploads.length > 0) void this.#options.account.files.release(laneJob.jobId, uploads, mayBeRetried);
    const place = this.#jobs.jobs.indexOf(laneJob);
    this.#jobs.drop(laneJob);
    const released = laneJob.job.released();
    if (released > 0) await this.#onReleased(Math.max(0, place), released);
  }
}
