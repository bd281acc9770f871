import { GatewayError } from '@gateway/contracts';
import type { FetchedSend } from '@gateway/queue';
import { Alarm } from './alarm.ts';
import { attempt } from './attempt.ts';
import { Endings } from './endings.ts';
import { Hand } from './hand.ts';
import { InHand } from './in-hand.ts';
import { heldTooLong, tooManyRecoveries } from './lane-errors.ts';
import type { LaneOptions } from './lane-ports.ts';
import { pickNext, type AllWait, type NextSend } from './next-send.ts';
import { noteRecovered } from './note-recovered.ts';
import { Settlement } from './settlement.ts';
import { isTooLong, isWorthShowing } from './waits.ts';

/** Times that a worker may end with a job in hand before the job is taken for the reason. */
const MAX_RECOVERIES = 5;

/** ms after which a lane that was cut off (Redis, a bug) tries again. */
const RETRY_MS = 1_000;

/**
 * One account's line of sends: one message at a time, each chat's in order, until the queue is empty, all must wait, or the lane is
 * stopped. Jobs whose chat must wait stay in hand, and others overtake them; when the account must wait all go back to the queue.
 *
 * ```
 * idle ──wake──▶ running ──queue empty──▶ idle
 *                  │  ▲
 *                all wait: woken by a timer at the end of the first wait, or by whatever else wakes it
 * ```
 */
export class Lane {
  readonly #options: LaneOptions;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #isEmpty = false;
  #taken: { epoch: number | null } | undefined;
  /** Nothing was taken yet: jobs in hand are another's, whose worker has ended. */
  #isTakeover = true;
  readonly #hand: Hand;
  readonly #endings: Endings;
  readonly #settlement: Settlement;
  readonly #alarm: Alarm;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#hand = new Hand(options);
    this.#endings = new Endings(options, this.#hand);
    this.#settlement = new Settlement(options, this.#endings);
    this.#alarm = new Alarm(options.now, () => this.wake());
  }

  /** Nothing was in the queue when it was last looked at, and nothing has been heard of since. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** There may be work. Cheap; never throws. */
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
   * Takes back what has not gone out of a job in hand. Resolves once that is sure; what may be out already is not taken back.
   * `not_in_hand`: it is in the queue, or has ended.
   */
  async cancel(jobId: string): Promise<'cancelled' | 'too_late' | 'not_in_hand'> {
    if (this.#options.account.ledger.unknownOf(jobId) !== undefined) return 'too_late';
    const marked = this.#hand.markCancelled(jobId);
    if (typeof marked === 'string') return marked;
    const left = marked.left();
    this.wake();
    await left;
    if (marked.ended === null) return 'not_in_hand';
    return marked.ended === 'cancelled' ? 'cancelled' : 'too_late';
  }

  /** Resolves once nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Takes no further job, waits for the message that is under way, and puts back what is in hand. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#again = false;
    this.#alarm.off();
    await this.idle();
    if (this.#options.mayServe()) await this.#hand.putAllBack();
    this.#hand.forgetAll();
  }

  /** Takes no further job and touches nothing any more. */
  abandon(): void {
    this.#stopped = true;
    this.#again = false;
    this.#alarm.off();
    this.#hand.forgetAll();
  }

  async #run(): Promise<void> {
    const { answerBell, epoch, logger } = this.#options;
    try {
      while (this.#again && this.#mayGoOn()) {
        this.#again = false;
        // On one connection Redis takes it down before the queue is looked at. In a cluster the two may be on different nodes: a bell that rings
        // in between may be taken down unheard there, and the sweep finds its message.
        const answered = answerBell();
        answered.catch(() => {});
        if (this.#taken === undefined || this.#taken.epoch !== epoch()) await this.#take();
        await this.#drain();
        await answered;
      }
    } catch (error) {
      // A job may be left in hand. It is tried again under the same random id, so nothing is sent twice.
      this.#taken = undefined;
      logger.error({ err: error }, 'the lane was cut off; trying again');
      this.#alarm.setTo(this.#options.now() + RETRY_MS);
    }
  }

  /** Makes the queue this lane's own: what anyone had in hand goes back to the line. */
  async #take(): Promise<void> {
    const { queue, claim, epoch } = this.#options;
    const taken = { epoch: epoch() };
    await claim();
    this.#hand.forgetAll();
    await queue.recover((jobs) => noteRecovered(this.#options, jobs, this.#isTakeover));
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
      if (next.do === 'send') await this.#deliver(next.job).finally(() => (next.job.underWay = false));
      else if (
        next.accountWide !== null ||
        this.#hand.jobs.length >= limits.maxInHand ||
        (await this.#fetch()) === null
      )
        return this.#waitFor(next);
    }
    if (account.stopped && this.#mayGoOn()) await this.#waitOut(Infinity);
  }

  async #endCancelled(): Promise<void> {
    for (const inHand of this.#hand.jobs)
      if (inHand.cancelled) await this.#endings.fail(inHand, new GatewayError('CANCELLED'));
  }

  #pick(): NextSend<InHand> {
    const { account, now } = this.#options;
    const at = now();
    return pickNext(
      this.#hand.jobs,
      ({ recipient }) => account.chatOf(recipient),
      (chat) => account.ledger.holdOf(chat, account.pace, at),
    );
  }

  async #fetch(): Promise<InHand | null> {
    for (;;) {
      const job = await this.#options.queue.next();
      if (job === null) return null;
      const inHand = await this.#takeInHand(job);
      if (inHand !== null) return inHand;
    }
  }

  async #takeInHand(job: FetchedSend | 'strays'): Promise<InHand | null> {
    if (job !== 'strays') {
      const inHand = new InHand(job);
      this.#hand.add(inHand);
      return inHand;
    }
    // What was fetched is not the next one for sure: all goes back to the line first.
    await this.#take();
    return null;
  }

  /** The account has ended: nothing of it can go out any more. */
  async #failAll(error: GatewayError): Promise<void> {
    // One that is only signed out may be signed in again before their time; one that was disconnected is gone.
    if (error.code === 'ACCOUNT_DISCONNECTED') await this.#options.queue.promoteAll();
    while (this.#mayGoOn() && this.#options.account.ended !== null) {
      const [first] = this.#hand.jobs;
      if (first === undefined && (await this.#endings.failWaiting(this.#options.queue, error)) > 0) continue;
      const inHand = first ?? (await this.#fetch());
      if (inHand === null) return;
      await this.#endings.fail(inHand, error);
    }
    this.#again = true;
  }

  /** The whole account is held: nothing stays in hand, and what becomes due meanwhile takes its place in line. */
  async #waitOut(until: number): Promise<void> {
    const { queue, now } = this.#options;
    await this.#hand.putAllBack();
    await queue.promoteDue(now());
    this.#alarm.setTo(Math.min(until, (await queue.nextDueAt()) ?? until));
  }

  /** All that is in hand must wait, and nothing more comes. */
  async #waitFor({ waiting, until, accountWide }: AllWait<InHand>): Promise<void> {
    const { account, queue, limits, now } = this.#options;
    const hopeless = waiting.find(({ hold }) => isTooLong(hold, limits.maxWaitMs, now()));
    if (hopeless !== undefined) {
      await this.#endings.fail(hopeless.job, heldTooLong(hopeless.hold, now()));
      this.#again = true;
      return;
    }
    if (accountWide !== null && isWorthShowing(accountWide, now())) {
      await account.setHold(accountWide, { tell: true });
      return this.#waitOut(accountWide.until);
    }
    await this.#hand.showAside(waiting);
    await account.ledger.save();
    await queue.promoteDue(now());
    const dueAt = await queue.nextDueAt();
    this.#alarm.setTo(Math.min(until ?? Infinity, dueAt ?? Infinity));
    this.#isEmpty = waiting.length === 0 && dueAt === null && !this.#again;
  }

  /** Sends the next message of a job. */
  async #deliver(inHand: InHand): Promise<void> {
    const { account, limits, mayServe, now } = this.#options;
    inHand.underWay = true;
    await this.#hand.hideAside(inHand);
    if (account.hold !== null && isTooLong(account.hold, limits.maxWaitMs, now()))
      return this.#endings.fail(inHand, heldTooLong(account.hold, now()));
    if (account.ledger.wasDisconnectedAfter(inHand.job.acceptedAt))
      return this.#endings.fail(inHand, new GatewayError('ACCOUNT_DISCONNECTED'));
    if (account.ledger.recoveriesOf(inHand.jobId) >= MAX_RECOVERIES)
      return this.#endings.fail(inHand, tooManyRecoveries(MAX_RECOVERIES));
    const verdict = await attempt(this.#options, inHand, this.#settlement.unreachableTries);
    if (verdict === null) return this.#sent(inHand);
    // The next owner takes the job up under the same random id; what it is worth is its to judge.
    if (mayServe()) await this.#settlement.settle(inHand, verdict);
  }

  async #sent(inHand: InHand): Promise<void> {
    this.#settlement.reached();
    const { result } = inHand;
    if (result === null) {
      await Promise.all([inHand.note(), this.#options.account.ledger.save()]);
      return;
    }
    const next = await this.#endings.sent(inHand, result, this.#wantsNext());
    if (next !== null) await this.#takeInHand(next);
  }

  /** Whether the lane would fetch a job after this one, which alone is in hand. */
  #wantsNext(): boolean {
    const { account } = this.#options;
    const isFree = account.hold === null && account.ended === null && !account.stopped;
    return isFree && this.#hand.jobs.length === 1 && this.#mayGoOn();
  }

  #mayGoOn(): boolean {
    return !this.#stopped && this.#options.mayServe();
  }
}
