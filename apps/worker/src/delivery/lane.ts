import type { AccountState, GatewayError, Hold, SendJob, SendResult } from '@gateway/contracts';
import type { FetchedSend } from '@gateway/queue';
import type { Logger } from '@gateway/runtime';
import { judge, type Verdict } from './verdict.ts';

/** Where jobs come from: the account's queue. */
export interface LaneQueue {
  recover(): Promise<number>;
  next(): Promise<FetchedSend | null>;
  hold(ms: number): Promise<void>;
  heldFor(): Promise<number>;
}

/** What the lane needs of its account. */
export interface LaneAccount {
  readonly userId: string;
  /** Why nothing may be sent just now, or `null`. */
  readonly hold: Hold | null;
  /** The error that every job fails with because the account is not signed in (any more), or `null` where it is. */
  readonly ended: GatewayError | null;
  /** A person must look at the account first; jobs stay in line. */
  readonly stopped: boolean;
  send(jobId: string, job: SendJob): Promise<SendResult>;
  setHold(hold: Hold | null): Promise<void>;
  /** The account's own state has changed for the worse: from here on it is `ended` or `stopped`. */
  setTrouble(state: AccountState, error: GatewayError): Promise<void>;
}

export interface LaneOptions {
  account: LaneAccount;
  queue: LaneQueue;
  /** Takes the account's bell down, before its queue is looked at. */
  answerBell: () => Promise<void>;
  /** Sets the account's bell for a time (ms since the epoch), so that whoever owns it then goes on. */
  ringAt: (at: number) => Promise<void>;
  finished: (jobId: string) => Promise<void>;
  /** False once the right to serve the account is lost: nothing may be sent or written then. */
  mayServe: () => boolean;
  logger: Logger;
  now: () => number;
  random: () => number;
}

/**
 * One account's line of sends: one job at a time, in order, until the queue is empty, the account is held, or the lane is stopped.
 *
 * ```
 * idle ──wake──▶ running ──queue empty──▶ idle
 *                  │  ▲
 *                held: the job goes back to the head of the line, the bell is set for the end of the hold
 * ```
 */
export class Lane {
  readonly #options: LaneOptions;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #recovered = false;
  #head: { jobId: string; tries: number } | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** There may be work. Cheap; never throws. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again && this.#mayGoOn()) this.wake();
    });
  }

  /** Resolves once nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Takes no further job and waits for the one in hand. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#again = false;
    await this.idle();
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && this.#mayGoOn()) {
        this.#again = false;
        await this.#options.answerBell();
        if (!this.#recovered) await this.#recover();
        await this.#drain();
      }
    } catch (error) {
      // A job may be left in hand. It is tried again under the same random id, so nothing is sent twice.
      this.#recovered = false;
      this.#options.logger.error({ err: error }, 'the lane was cut off; the next look at the queue goes on');
    }
  }

  async #recover(): Promise<void> {
    const recovered = await this.#options.queue.recover();
    this.#recovered = true;
    if (recovered > 0)
      this.#options.logger.warn(
        { jobs: recovered },
        'took over jobs that were in hand when their worker ended',
      );
  }

  async #drain(): Promise<void> {
    const { account, queue, ringAt } = this.#options;
    while (this.#mayGoOn() && !account.stopped) {
      if (account.hold !== null) {
        await ringAt(account.hold.until);
        return;
      }
      const job = await queue.next();
      if (job === null) return this.#ringAfterHold();
      if (!this.#mayGoOn()) {
        await job.putBack();
        return;
      }
      await this.#deliver(job);
    }
  }

  /** Redis counts a hold from a little later than we do: nothing may be given out yet though our own hold is over. */
  async #ringAfterHold(): Promise<void> {
    const { queue, ringAt, now } = this.#options;
    const ms = await queue.heldFor();
    if (ms > 0) await ringAt(now() + ms + 1);
  }

  async #deliver(job: FetchedSend): Promise<void> {
    const { account, logger } = this.#options;
    const log = logger.child({ jobId: job.jobId, requestId: job.data.requestId });
    if (account.ended !== null) return this.#fail(job, account.ended, log);
    const sent = await this.#try(job, log);
    if (!('message_id' in sent)) return this.#settle(job, sent, log);
    this.#head = undefined;
    await job.complete(sent);
    await this.#options.finished(job.jobId);
  }

  async #try(job: FetchedSend, log: Logger): Promise<SendResult | Verdict> {
    const { account, now, random } = this.#options;
    const tries = this.#countTry(job.jobId);
    const begun = now();
    try {
      const result = await account.send(job.jobId, job.data);
      log.info({ messageId: result.message_id, ms: now() - begun, tries }, 'sent');
      return result;
    } catch (thrown) {
      const verdict = judge(thrown, tries, random());
      log.debug({ err: thrown, verdict: verdict.do, tries }, 'not sent');
      return verdict;
    }
  }

  async #settle(job: FetchedSend, verdict: Verdict, log: Logger): Promise<void> {
    const { account, now, mayServe } = this.#options;
    // The next owner takes the job up under the same random id; what it is worth is its to judge.
    if (!mayServe()) return;
    switch (verdict.do) {
      case 'hold':
        return this.#hold(job, { reason: verdict.reason, until: now() + verdict.ms }, log);
      case 'fail':
        return this.#fail(job, verdict.error, log);
      case 'end-account':
        await account.setTrouble(verdict.state, verdict.error);
        return this.#fail(job, verdict.error, log);
      case 'stop-account':
        await account.setTrouble(verdict.state, verdict.error);
        await job.putBack();
        log.error({ code: verdict.error.code }, 'the account is stopped until a person resumes it');
    }
  }

  /** Written down before the job goes back, so that no other reader of the queue finds the job without the hold. */
  async #hold(job: FetchedSend, hold: Hold, log: Logger): Promise<void> {
    const { account, queue, now } = this.#options;
    log.warn({ reason: hold.reason, seconds: Math.ceil((hold.until - now()) / 1_000) }, 'held');
    await queue.hold(hold.until - now());
    await account.setHold(hold);
    await job.putBack();
  }

  async #fail(job: FetchedSend, error: GatewayError, log: Logger): Promise<void> {
    this.#head = undefined;
    await job.fail(error.with({ ...error.details, jobId: job.jobId }));
    await this.#options.finished(job.jobId);
    log.warn({ code: error.code, rpcError: error.details.rpcError, err: error.cause }, 'failed');
  }

  #countTry(jobId: string): number {
    const tries = this.#head?.jobId === jobId ? this.#head.tries + 1 : 1;
    this.#head = { jobId, tries };
    return tries;
  }

  #mayGoOn(): boolean {
    return !this.#stopped && this.#options.mayServe();
  }
}
