import { GatewayError } from '@gateway/contracts';
import type { FetchedSend } from '@gateway/queue';
import { Alarm } from './alarm.ts';
import { attempt } from './attempt.ts';
import { Endings } from './endings.ts';
import { heldTooLong, tooManyRecoveries } from './lane-errors.ts';
import { LaneJob } from './lane-job.ts';
import { LaneJobs } from './lane-jobs.ts';
import type { LaneOptions } from './lane-ports.ts';
import { pickNext, type AllWait, type NextSend } from './next-send.ts';
import { recordRecovered } from './record-recovered.ts';
import { Settlement } from './settlement.ts';
import { isTooLong, isWorthShowing } from './waits.ts';

/** How many workers may end while they hold a job, before the job counts as the cause and fails. */
const MAX_RECOVERIES = 5;

/** Delay before a lane that was stopped by an error (Redis, a bug) tries again, ms. */
const RETRY_MS = 1_000;

/**
 * Sends one account's jobs: one message at a time, each chat's in order, until the queue is empty, every job must wait,
 * or the lane is stopped. Jobs whose chat must wait stay with the lane, and later jobs overtake them. When the whole
 * account must wait, all jobs go back to the queue.
 *
 * ```
 * idle ──wake──▶ running ──queue empty──▶ idle
 *                  │  ▲
 *                all wait: woken by a timer at the end of the first wait, or by any other call of wake()
 * ```
 */
export class Lane {
  readonly #options: LaneOptions;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #isEmpty = false;
  #taken: { epoch: number | null } | undefined;
  /** Whether the first recovery is still to come. Jobs recovered then belonged to a worker that has ended. */
  #isTakeover = true;
  readonly #jobs: LaneJobs;
  readonly #endings: Endings;
  readonly #settlement: Settlement;
  readonly #alarm: Alarm;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#jobs = new LaneJobs(options);
    this.#endings = new Endings(options, this.#jobs);
    this.#settlement = new Settlement(options, this.#endings);
    this.#alarm = new Alarm(options.now, () => this.wake());
  }

  /** Whether the queue was empty when the lane last read it, and no notification arrived since. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Starts the lane if it is idle: there may be work. Cheap; never throws. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#isEmpty = false;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again && this.#mayGoOn()) this.wake();
    });
  }

  /**
   * Cancels the messages of a fetched job that were not sent yet. Resolves once the outcome is sure; a message that may
   * have been sent stays sent.
   * @returns `not_fetched`: this lane does not hold the job; it is in the queue, or has ended.
   */
  async cancel(jobId: string): Promise<'cancelled' | 'too_late' | 'not_fetched'> {
    if (this.#options.account.ledger.unknownOf(jobId) !== undefined) return 'too_late';
    const marked = this.#jobs.markCancelled(jobId);
    if (typeof marked === 'string') return marked;
    const left = marked.left();
    this.wake();
    await left;
    if (marked.ended === null) return 'not_fetched';
    return marked.ended === 'cancelled' ? 'cancelled' : 'too_late';
  }

  /** Resolves once the lane is idle. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Fetches no further job, waits for the message being sent, and puts the fetched jobs back in the queue. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#again = false;
    this.#alarm.off();
    await this.idle();
    if (this.#options.mayServe()) await this.#jobs.putAllBack();
    this.#jobs.forgetAll();
  }

  /** Fetches no further job and neither reads nor writes the queue any more. */
  abandon(): void {
    this.#stopped = true;
    this.#again = false;
    this.#alarm.off();
    this.#jobs.forgetAll();
  }

  async #run(): Promise<void> {
    const { clearDueAccount, epoch, logger } = this.#options;
    try {
      while (this.#again && this.#mayGoOn()) {
        this.#again = false;
        // On one connection, Redis clears the notification before it reads the queue. In a cluster the two may be on
        // different nodes: a notification that arrives in between may be cleared unseen, and the sweep then finds its
        // message.
        const answered = clearDueAccount();
        answered.catch(() => {});
        if (this.#taken === undefined || this.#taken.epoch !== epoch()) await this.#take();
        await this.#drain();
        await answered;
      }
    } catch (error) {
      // A job may still be marked as fetched. It is sent again under the same random id, so no message is sent twice.
      this.#taken = undefined;
      logger.error({ err: error }, 'the lane was cut off; trying again');
      this.#alarm.setTo(this.#options.now() + RETRY_MS);
    }
  }

  /** Claims the queue for this lane. Jobs that anyone had fetched go back to the queue. */
  async #take(): Promise<void> {
    const { queue, claim, epoch } = this.#options;
    const taken = { epoch: epoch() };
    await claim();
    this.#jobs.forgetAll();
    await queue.recover((jobs) => recordRecovered(this.#options, jobs, this.#isTakeover));
    this.#taken = taken;
    this.#isTakeover = false;
  }

  async #drain(): Promise<void> {
    const { account, limits, now } = this.#options;
    while (this.#mayGoOn() && !account.stopped) {
      await this.#endCancelled();
      if (account.ended !== null) return this.#failAll(account.ended);
      if (account.hold !== null && !isTooLong(account.hold, limits.maxWaitMs, now()))
        return this.#waitOut(account.hold.until);
      const next = this.#pick();
      if (next.do === 'send') await this.#deliver(next.job).finally(() => (next.job.isSending = false));
      else if (
        next.accountWide !== null ||
        this.#jobs.jobs.length >= limits.maxFetched ||
        (await this.#fetch()) === null
      )
        return this.#waitFor(next);
    }
    if (account.stopped && this.#mayGoOn()) await this.#waitOut(Infinity);
  }

  async #endCancelled(): Promise<void> {
    for (const laneJob of this.#jobs.jobs)
      if (laneJob.cancelled) await this.#endings.fail(laneJob, new GatewayError('CANCELLED'));
  }

  #pick(): NextSend<LaneJob> {
    const { account, now } = this.#options;
    const at = now();
    return pickNext(
      this.#jobs.jobs,
      ({ recipient }) => account.chatOf(recipient),
      (chat) => account.ledger.holdOf(chat, account.pace, at),
    );
  }

  async #fetch(): Promise<LaneJob | null> {
    for (;;) {
      const job = await this.#options.queue.next();
      if (job === null) return null;
      const laneJob = await this.#addFetched(job);
      if (laneJob !== null) return laneJob;
    }
  }

  async #addFetched(job: FetchedSend | 'needs_recovery'): Promise<LaneJob | null> {
    if (job !== 'needs_recovery') {
      const laneJob = new LaneJob(job);
      this.#jobs.add(laneJob);
      return laneJob;
    }
    // Other jobs are still marked as fetched, so the order is not certain. All jobs go back to the queue first.
    await this.#take();
    return null;
  }

  /** Fails all jobs of an account that can no longer send. */
  async #failAll(error: GatewayError): Promise<void> {
    // A signed-out account may sign in again before its delayed jobs are due, so they stay. A disconnected account is
    // gone, so they fail too.
    if (error.code === 'ACCOUNT_DISCONNECTED') await this.#options.queue.promoteAll();
    while (this.#mayGoOn() && this.#options.account.ended !== null) {
      const [first] = this.#jobs.jobs;
      if (first === undefined && (await this.#endings.failWaiting(this.#options.queue, error)) > 0) continue;
      const laneJob = first ?? (await this.#fetch());
      if (laneJob === null) return;
      await this.#endings.fail(laneJob, error);
    }
    this.#again = true;
  }

  /** The whole account is held: puts the fetched jobs back and moves due jobs to the queue meanwhile. */
  async #waitOut(until: number): Promise<void> {
    const { queue, now } = this.#options;
    await this.#jobs.putAllBack();
    await queue.promoteDue(now());
    this.#alarm.setTo(Math.min(until, (await queue.nextDueAt()) ?? until));
  }

  /** Every fetched job must wait and no further job can be fetched: sets the alarm for the end of the first wait. */
  async #waitFor({ waiting, until, accountWide }: AllWait<LaneJob>): Promise<void> {
    const { account, queue, limits, now } = this.#options;
    const hopeless = waiting.find(({ hold }) => isTooLong(hold, limits.maxWaitMs, now()));
    if (hopeless !== undefined) {
      await this.#endings.fail(hopeless.job, heldTooLong(hopeless.hold, now()));
      this.#again = true;
      return;
    }
    if (accountWide !== null && isWorthShowing(accountWide, now())) {
      await account.setHold(accountWide, { publish: true });
      return this.#waitOut(accountWide.until);
    }
    await this.#jobs.showHeldJobs(waiting);
    await account.ledger.save();
    await queue.promoteDue(now());
    const dueAt = await queue.nextDueAt();
    this.#alarm.setTo(Math.min(until ?? Infinity, dueAt ?? Infinity));
    this.#isEmpty = waiting.length === 0 && dueAt === null && !this.#again;
  }

  async #deliver(laneJob: LaneJob): Promise<void> {
    const { account, limits, mayServe, now } = this.#options;
    laneJob.isSending = true;
    await this.#jobs.withdrawHold(laneJob);
    if (account.hold !== null && isTooLong(account.hold, limits.maxWaitMs, now()))
      return this.#endings.fail(laneJob, heldTooLong(account.hold, now()));
    if (account.ledger.wasDisconnectedAfter(laneJob.job.acceptedAt))
      return this.#endings.fail(laneJob, new GatewayError('ACCOUNT_DISCONNECTED'));
    if (account.ledger.recoveriesOf(laneJob.jobId) >= MAX_RECOVERIES)
      return this.#endings.fail(laneJob, tooManyRecoveries(MAX_RECOVERIES));
    const verdict = await attempt(this.#options, laneJob, this.#settlement.unreachableTries);
    if (verdict === null) return this.#sent(laneJob);
    // If this worker no longer owns the account, the next owner repeats the job under the same random id and judges the
    // outcome.
    if (mayServe()) await this.#settlement.settle(laneJob, verdict);
  }

  async #sent(laneJob: LaneJob): Promise<void> {
    this.#settlement.reached();
    const { result } = laneJob;
    if (result === null) {
      await Promise.all([laneJob.saveProgress(), this.#options.account.ledger.save()]);
      return;
    }
    const next = await this.#endings.sent(laneJob, result, this.#wantsNext());
    if (next !== null) await this.#addFetched(next);
  }

  /** Whether the lane may fetch another job: the account is free, and this job is the only one fetched. */
  #wantsNext(): boolean {
    const { account } = this.#options;
    const isFree = account.hold === null && account.ended === null && !account.stopped;
    return isFree && this.#jobs.jobs.length === 1 && this.#mayGoOn();
  }

  #mayGoOn(): boolean {
    return !this.#stopped && this.#options.mayServe();
  }
}
