import { addHistory, type HistorySample, type RedisClient } from '@gateway/queue';
import { sleep, type Logger } from '@gateway/runtime';
import type { WorkerMetrics } from '@gateway/telemetry';

/** Interval between two writes, ms. */
const INTERVAL_MS = 20_000;

type LaneMetrics = Pick<WorkerMetrics, 'sent' | 'failed' | 'held'>;

/** The counts of one account since the last write. */
interface Tally {
  sent: number;
  failed: number;
  /** The account's sends are held from this time until {@link heldUntil}; both in ms since the epoch. */
  heldFrom: number;
  heldUntil: number;
  /** How many messages waited at the last write. */
  waiting: number;
  /** Whether nothing had happened and nothing waited at the last write. */
  quiet: boolean;
  /**
   * Whether the account's lane runs in this worker. Without one, the account is written while messages wait, and once
   * more.
   */
  hasLane: boolean;
}

/** The period of a sample: from `since` to `at`, ms since the epoch. `busy`: messages of the account may wait. */
interface Period {
  since: number;
  at: number;
  busy: boolean;
}

export interface HistoryOptions {
  redis: RedisClient;
  metrics: LaneMetrics;
  /** Accounts that may have unsent messages, whether or not this worker runs their lane. */
  busy: () => ReadonlySet<string>;
  /** How many messages of the account are not sent yet. */
  waiting: (userId: string) => Promise<number>;
  now: () => number;
}

/** The history of the last hours per account. Counted here and added to Redis every {@link INTERVAL_MS}. */
export class History {
  readonly #options: HistoryOptions;
  readonly #tallies = new Map<string, Tally>();
  #writtenAt: number;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#writtenAt = options.now();
  }

  /** The metrics for an account's lane. They count for the whole worker and for the account's history. */
  of(userId: string): LaneMetrics {
    const { metrics, now } = this.#options;
    const tally = this.#tallyOf(userId);
    tally.hasLane = true;
    return {
      sent: (seconds) => {
        tally.sent += 1;
        metrics.sent(seconds);
      },
      failed: (code) => {
        tally.failed += 1;
        metrics.failed(code);
      },
      held: (reason, seconds) => {
        metrics.held(reason, seconds);
        // Slow mode holds only one chat, not the account.
        if (reason === 'SLOWMODE_WAIT') return;
        if (tally.heldUntil <= now()) tally.heldFrom = now();
        tally.heldUntil = Math.max(tally.heldUntil, now() + seconds * 1_000);
      },
    };
  }

  /** Records that this worker no longer runs the account's lane. */
  leave(userId: string): void {
    const tally = this.#tallies.get(userId);
    if (tally !== undefined) tally.hasLane = false;
  }

  /** Writes the counts since the last write. */
  async write(): Promise<void> {
    const { redis, now } = this.#options;
    const at = now();
    const busy = this.#options.busy();
    for (const userId of busy) this.#tallyOf(userId);
    const since = this.#writtenAt;
    this.#writtenAt = at;
    const samples = await Promise.all(
      [...this.#tallies].map(async ([userId, tally]) =>
        this.#sample(userId, tally, { since, at, busy: busy.has(userId) }),
      ),
    );
    await addHistory(
      redis,
      samples.filter((sample) => sample !== null),
      at,
    );
  }

  #tallyOf(userId: string): Tally {
    const kept = this.#tallies.get(userId);
    if (kept !== undefined) return kept;
    const fresh = { sent: 0, failed: 0, heldFrom: 0, heldUntil: 0, waiting: 0, quiet: false, hasLane: false };
    this.#tallies.set(userId, fresh);
    return fresh;
  }

  async #sample(userId: string, tally: Tally, { since, at, busy }: Period): Promise<HistorySample | null> {
    const { sent, failed } = tally;
    Object.assign(tally, { sent: 0, failed: 0 });
    const leaves = !tally.hasLane && !busy;
    if (leaves) this.#tallies.delete(userId);
    const heldMs = Math.max(0, Math.min(at, tally.heldUntil) - Math.max(since, tally.heldFrom));
    // Count again, since another worker may report these messages now.
    const mayWait = busy || tally.waiting > 0 || (leaves && sent + failed + heldMs > 0);
    const waiting = mayWait ? await this.#options.waiting(userId) : 0;
    const quiet = sent + failed + heldMs + waiting === 0;
    const wasQuiet = tally.quiet;
    Object.assign(tally, { waiting, quiet });
    // The first quiet sample is written: it shows that nothing waits any more.
    return quiet && wasQuiet ? null : { userId, sent, failed, heldMs, waiting };
  }
}

/** Writes the history until the signal is aborted, and once more then. Never throws. */
export async function keepHistory(
  history: History,
  redis: RedisClient,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  let goesOn = true;
  while (goesOn) {
    goesOn = (await sleep(INTERVAL_MS, signal)) === 'elapsed';
    try {
      if (redis.status === 'ready') await history.write();
    } catch (error) {
      logger.debug({ err: error }, 'could not save the history');
    }
  }
}
