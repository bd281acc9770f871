import { GatewayError } from '@gateway/contracts';
import { inTraceOf } from '@gateway/telemetry';
import { Alarm } from './alarm.ts';
import { attempt } from './attempt.ts';
import { Endings } from './endings.ts';
import { Fetching, OUTDATED } from './fetching.ts';
import { heldTooLong } from './lane-errors.ts';
import type { LaneJob } from './lane-job.ts';
import { LaneJobs } from './lane-jobs.ts';
import type { LaneOptions } from './lane-ports.ts';
import type { AllWait } from './next-send.ts';
import { pickStep } from './pick-step.ts';
import { refusalOf } from './refusal.ts';
import { Settlement } from './settlement.ts';
import { StepsBeside } from './steps-beside.ts';
import type { Verdict } from './verdict.ts';
import { isTooLong, isWorthShowing } from './waits.ts';

/** Delay before the lane tries again after an error (Redis, a bug), ms. */
const RETRY_MS = 1_000;

/** What the lane knows of its queue: `unread` since the latest wake; `read`, so it may hold jobs; or `empty`. */
type QueueRead = 'unread' | 'read' | 'empty';

type State =
  | { is: 'idle'; queue: QueueRead }
  | { is: 'draining'; queue: QueueRead; run: Promise<void> }
  | { is: 'stopping'; run: Promise<void> }
  | { is: 'stopped' };

/**
 * Runs one account's jobs: one step at a time, each chat's in order, until the queue is empty, every job must wait,
 * or the lane is stopped. Jobs whose chat must wait stay with the lane, and later jobs overtake them. When the whole
 * account must wait, all jobs go back to the queue.
 *
 * ```
 *         wake               stop, abandon            end of the run
 *   idle ──────▶ draining ─────────────────▶ stopping ──────────────▶ stopped
 *    │ ▲          │ │  ▲                                                 ▲
 *    │ └──────────┘ └──┘ woken meanwhile: another round                  │
 *    │  queue empty, or all jobs wait (a timer wakes the lane)           │
 *    └───────────────────────── stop, abandon ───────────────────────────┘
 * ```
 */
export class Lane {
  readonly #options: LaneOptions;
  #state: State = { is: 'idle', queue: 'unread' };
  readonly #jobs: LaneJobs;
  readonly #fetching: Fetching;
  readonly #beside: StepsBeside;
  readonly #endings: Endings;
  readonly #settlement: Settlement;
  readonly #alarm: Alarm;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#jobs = new LaneJobs(options);
    this.#beside = new StepsBeside(this.#jobs, () => this.wake());
    this.#fetching = new Fetching(options, this.#jobs);
    this.#endings = new Endings(options, this.#jobs, (place, count) =>
      this.#fetching.fetchReleased(place, count),
    );
    this.#settlement = new Settlement(options, this.#endings);
    this.#alarm = new Alarm(options.now, () => this.wake());
  }

  /** Whether the queue was empty when the lane last read it, and no notification arrived since. */
  get isEmpty(): boolean {
    return this.#queue === 'empty';
  }

  /** Starts the lane if it is idle: there may be work. Cheap; never throws. */
  wake(): void {
    if (this.#state.is === 'idle')
      this.#become({ is: 'draining', queue: 'unread', run: Promise.resolve().then(() => this.#run()) });
    else this.#setQueue('unread');
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

  async idle(): Promise<void> {
    while ('run' in this.#state) await this.#state.run;
  }

  /** Fetches no further job, waits for the steps being done, and puts the fetched jobs back in the queue. */
  async stop(): Promise<void> {
    this.#stop();
    await this.idle();
    await this.#beside.transfersEnd();
    if (this.#options.mayServe()) await this.#settleBeside();
    if (this.#options.mayServe()) await this.#jobs.putAllBack();
    this.#jobs.forgetAll();
  }

  /** Fetches no further job and neither reads nor writes the queue any more. */
  abandon(): void {
    this.#stop();
    this.#jobs.forgetAll();
  }

  #stop(): void {
    if (this.#state.is === 'draining') this.#become({ is: 'stopping', run: this.#state.run });
    else if (this.#state.is === 'idle') this.#become({ is: 'stopped' });
  }

  /** The only place that changes the state. */
  #become(state: State): void {
    if (state.is === 'stopping' || state.is === 'stopped') this.#alarm.off();
    this.#state = state;
  }

  get #queue(): QueueRead | null {
    return 'queue' in this.#state ? this.#state.queue : null;
  }

  #setQueue(queue: QueueRead): void {
    if (this.#state.is === 'draining') this.#become({ ...this.#state, queue });
  }

  async #run(): Promise<void> {
    while (this.#queue === 'unread' && this.#options.mayServe()) await this.#round();
    if (this.#state.is === 'draining') this.#become({ is: 'idle', queue: this.#state.queue });
    else this.#become({ is: 'stopped' });
  }

  async #round(): Promise<void> {
    const { clearDueAccount, logger, now } = this.#options;
    try {
      this.#setQueue('read');
      this.#fetching.forgetNothing();
      // On one connection, Redis clears the notification before it reads the queue. In a cluster a notification may be
      // cleared unseen, because the two may be on different nodes. The sweep then finds its message.
      const cleared = clearDueAccount();
      cleared.catch(() => {});
      await this.#fetching.ensureClaim();
      await this.#drain();
      await cleared;
    } catch (error) {
      // A job may still be marked as fetched. It is sent again under the same random id, so no message is sent twice.
      this.#fetching.loseClaim();
      logger.error({ err: error }, 'the lane was cut off; trying again');
      this.#alarm.setTo(now() + RETRY_MS);
    }
  }

  async #drain(): Promise<void> {
    const { account, limits, now } = this.#options;
    await this.#settleBeside();
    while (this.#mayGoOn() && !account.stopped) {
      await this.#settleBeside();
      this.#noteNews();
      for (const laneJob of this.#jobs.jobs)
        if (laneJob.cancelled && !laneJob.isRunning && account.ledger.unknownOf(laneJob.jobId) === undefined)
          await this.#endings.fail(laneJob, new GatewayError('CANCELLED'));
      if (account.ended !== null) return this.#failAll(account.ended);
      if (account.hold !== null && !isTooLong(account.hold, limits.maxWaitMs, now()))
        return this.#holdAccount(account.hold.until);
      const next = pickStep(this.#jobs.jobs, account, this.#beside.waitingTransfers(), now());
      if (next.do === 'send') await this.#deliver(next.job);
      else if (next.accountWide !== null || !(await this.#fetching.tryFetch()))
        return this.#waitForFirst(next);
    }
    if (account.stopped && this.#mayGoOn()) await this.#holdAccount(Infinity);
  }

  /** Lets the lane fetch again if it was woken since it found nothing: an upload may keep it busy for hours. */
  #noteNews(): void {
    if (this.#queue !== 'unread' || !this.#fetching.foundNothing) return;
    this.#setQueue('read');
    this.#fetching.forgetNothing();
    // As in a new round. If Redis is away, the fetch says so.
    this.#options.clearDueAccount().catch(() => {});
  }

  /** Fails all jobs of an account that can no longer send. */
  async #failAll(error: GatewayError): Promise<void> {
    // The delayed jobs of a signed-out account stay, as it may sign in again. Those of a disconnected account fail.
    if (error.code === 'ACCOUNT_DISCONNECTED') await this.#options.queue.promoteAll();
    this.#fetching.forgetNothing();
    const { account } = this.#options;
    while (this.#mayGoOn() && account.ended !== null) {
      if (account.hold?.reason === OUTDATED) return this.#holdAccount(account.hold.until);
      const [first] = this.#jobs.jobs;
      if (first !== undefined) await this.#endings.fail(first, error);
      else if (
        (await this.#endings.failWaiting(this.#options.queue, error)) === 0 &&
        !(await this.#fetching.fetch())
      )
        return;
    }
    this.#setQueue('unread');
  }

  /** The whole account is held: puts the fetched jobs back and moves due jobs to the queue meanwhile. */
  async #holdAccount(until: number): Promise<void> {
    const { queue, now } = this.#options;
    await this.#jobs.putAllBack();
    this.#alarm.setTo(Math.min(until, await queue.promoteDue(now())));
  }

  /** Every fetched job must wait and no further job can be fetched: sets the alarm for the end of the first wait. */
  async #waitForFirst({ waiting, until, accountWide }: AllWait<LaneJob>): Promise<void> {
    const { account, queue, limits, now } = this.#options;
    const tooLong = waiting.find(({ hold }) => isTooLong(hold, limits.maxWaitMs, now()));
    if (tooLong !== undefined) {
      await this.#endings.fail(tooLong.job, heldTooLong(tooLong.hold, now()));
      return this.#setQueue('unread');
    }
    if (accountWide !== null && isWorthShowing(accountWide, now())) {
      await account.setHold(accountWide, { publish: true });
      return this.#holdAccount(accountWide.until);
    }
    await this.#jobs.showHeldJobs(waiting);
    await account.ledger.save();
    const nextAt = Math.min(until, this.#fetching.nextDueAt ?? (await queue.promoteDue(now())));
    this.#alarm.setTo(nextAt);
    if (nextAt === Infinity && this.#queue === 'read') this.#setQueue('empty');
  }

  async #deliver(laneJob: LaneJob): Promise<void> {
    laneJob.isRunning = true;
    try {
      await inTraceOf(laneJob.job.trace, () => this.#begin(laneJob));
    } finally {
      // A step that runs beside others goes on.
      laneJob.isRunning = laneJob.beside !== null;
    }
  }

  async #begin(laneJob: LaneJob): Promise<void> {
    await this.#jobs.withdrawHold(laneJob);
    const refusal = await refusalOf(laneJob, this.#options);
    if (refusal !== null) return this.#endings.fail(laneJob, refusal);
    const attempting = attempt(this.#options, laneJob, this.#settlement.unreachableAttempts);
    if (this.#beside.runsBeside(laneJob)) return this.#beside.add(laneJob, attempting);
    await this.#attempted(laneJob, await attempting);
  }

  /** Settles the steps that ran beside others and have ended. */
  async #settleBeside(): Promise<void> {
    if (!this.#beside.haveEnded) return;
    for (const { laneJob, attempted } of this.#beside.takeEnded()) {
      if ('fault' in attempted) throw attempted.fault;
      await this.#attempted(laneJob, attempted.verdict);
    }
  }

  async #attempted(laneJob: LaneJob, verdict: Verdict | null): Promise<void> {
    const { mayServe } = this.#options;
    if (verdict === null) return this.#done(laneJob);
    // Otherwise the account's next owner repeats the job under the same random id and judges the outcome.
    if (mayServe()) await this.#settlement.settle(laneJob, verdict);
  }

  async #done(laneJob: LaneJob): Promise<void> {
    this.#settlement.reached();
    const { result } = laneJob;
    if (result === null) await Promise.all([laneJob.saveProgress(), this.#options.account.ledger.save()]);
    else {
      const next = await this.#endings.complete(laneJob, result, this.#wantsNext());
      if (next !== null) await this.#fetching.add(next);
    }
  }

  /** Whether the lane may fetch another job: the account is free, and this job is the only one fetched. */
  #wantsNext(): boolean {
    const { hold, ended, stopped } = this.#options.account;
    return hold === null && ended === null && !stopped && this.#jobs.jobs.length === 1 && this.#mayGoOn();
  }

  #mayGoOn(): boolean {
    return this.#state.is === 'draining' && this.#options.mayServe();
  }
}
