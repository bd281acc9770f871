import type { Hold, HoldReason } from '@gateway/contracts';
import type { Logger } from '@gateway/runtime';
import type { Endings } from './endings.ts';
import { unreachableTooLong } from './lane-errors.ts';
import type { LaneJob } from './lane-job.ts';
import type { LaneOptions } from './lane-ports.ts';
import type { Verdict } from './verdict.ts';
import { isTooLong } from './waits.ts';

type SettlementOptions = Pick<LaneOptions, 'account' | 'limits' | 'metrics' | 'logger' | 'now'>;

/** Applies the verdict on a failed attempt to the job and its account. */
export class Settlement {
  readonly #options: SettlementOptions;
  readonly #endings: Endings;
  #unreachable = 0;

  constructor(options: SettlementOptions, endings: Endings) {
    this.#options = options;
    this.#endings = endings;
  }

  /** Attempts in a row that did not reach Telegram. */
  get unreachableAttempts(): number {
    return this.#unreachable;
  }

  /** Resets the count: a message was sent. */
  reached(): void {
    this.#unreachable = 0;
  }

  async settle(laneJob: LaneJob, verdict: Verdict): Promise<void> {
    const { account, now } = this.#options;
    switch (verdict.do) {
      case 'stay':
        return;
      case 'hold':
        return this.#hold(laneJob, verdict, {
          reason: verdict.reason,
          until: now() + verdict.ms,
          ...(verdict.message !== undefined && { message: verdict.message }),
        });
      case 'fail':
        return this.#endings.fail(laneJob, verdict.error);
      case 'end-account':
        await account.setTrouble(verdict.state, verdict.error);
        return this.#endings.fail(laneJob, verdict.error);
      case 'stop-account':
        await account.setTrouble(verdict.state, verdict.error);
        await account.ledger.save();
        this.#log(laneJob).error(
          { code: verdict.error.code },
          'the account is stopped until a person resumes it',
        );
    }
  }

  /** Saves the hold before anything else, so that nobody sees a waiting job without its reason. */
  async #hold(
    laneJob: LaneJob,
    { scope, reason }: Extract<Verdict, { do: 'hold' }>,
    hold: Hold,
  ): Promise<void> {
    const { account, limits, metrics, now } = this.#options;
    const seconds = Math.ceil((hold.until - now()) / 1_000);
    metrics.held(reason, seconds);
    this.#log(laneJob).warn({ scope, reason, seconds, why: hold.message }, 'held');
    if (isNotReached(reason) && (scope === 'account' || scope === 'type')) {
      const since =
        scope === 'account' ? this.#accountUnreached() : (laneJob.withoutConnectionSince ??= now());
      // A proxy may need a person, for whom the messages wait as they do for one who resumes a paused account.
      if (reason !== 'PROXY_UNREACHABLE' && now() - since > limits.maxWaitMs)
        return this.#endings.fail(laneJob, unreachableTooLong(reason, limits.maxWaitMs, hold.message));
    } else {
      this.#unreachable = 0;
      account.ledger.recordReached();
    }
    if (scope === 'chat') account.ledger.holdChat(account.chatOf(laneJob.recipient), hold, now());
    if (scope === 'look-ups') account.ledger.holdLookUps(hold);
    if (scope === 'type') account.ledger.holdType(laneJob.limits.name, hold);
    await account.ledger.save();
    // If the wait is too long, the job fails: callers then get the failure instead of the hold.
    if (scope === 'account')
      await account.setHold(hold, { publish: !isTooLong(hold, limits.maxWaitMs, now()) });
  }

  /**
   * Counts an attempt that found no connection of the account.
   * @returns since when there is none, ms since the epoch.
   */
  #accountUnreached(): number {
    this.#unreachable += 1;
    return this.#options.account.ledger.recordUnreachable(this.#options.now());
  }

  #log({ jobId, requestId }: LaneJob): Logger {
    return this.#options.logger.child({ jobId, requestId });
  }
}

type NotReached = 'TELEGRAM_UNAVAILABLE' | 'TELEGRAM_MISCONFIGURED' | 'PROXY_UNREACHABLE';

function isNotReached(reason: HoldReason): reason is NotReached {
  return (
    reason === 'TELEGRAM_UNAVAILABLE' || reason === 'TELEGRAM_MISCONFIGURED' || reason === 'PROXY_UNREACHABLE'
  );
}
