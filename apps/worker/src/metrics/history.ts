import { addHistory, type HistorySample, type RedisClient } from '@gateway/queue';
import { sleep, type Logger } from '@gateway/runtime';
import type { WorkerMetrics } from '@gateway/telemetry';

/** ms between what is written down. */
const INTERVAL_MS = 20_000;

type LaneMetrics = Pick<WorkerMetrics, 'sent' | 'failed' | 'held'>;

/** What has come of an account's messages since it was last written down. */
interface Tally {
  sent: number;
  failed: number;
  /** ms since the epoch: its sends are held from then until then. */
  heldFrom: number;
  heldUntil: number;
  /** How many waited when it was last written down. */
  waiting: number;
  /** Nothing had happened, and nothing waited, when it was last written down. */
  quiet: boolean;
  /** Its lane is here. Without one it is written down while anything of it waits, and once more. */
  hasLane: boolean;
}

/** What a sample is of: from then until now, ms since the epoch; `busy`: messages of the account may wait. */
interface Period {
  since: number;
  at: number;
  busy: boolean;
}

export interface HistoryOptions {
  redis: RedisClient;
  metrics: LaneMetrics;
  /** Accounts that may have messages that have not gone out, whether a lane of theirs is here or not. */
  busy: () => ReadonlySet<string>;
  /** How many messages of the account have not gone out. */
  waiting: (userId: string) => Promise<number>;
  now: () => number;
}

/** How the last hours went, account by account: counted here, and added to what Redis keeps, a few times a minute. */
export class History {
  readonly #options: HistoryOptions;
  readonly #tallies = new Map<string, Tally>();
  #writtenAt: number;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#writtenAt = options.now();
  }

  /** The metrics that an account's lane counts by: everybody's, and this account's history. */
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
        // Of one chat alone.
        if (reason === 'SLOWMODE_WAIT') return;
        if (tally.heldUntil <= now()) tally.heldFrom = now();
        tally.heldUntil = Math.max(tally.heldUntil, now() + seconds * 1_000);
      },
    };
  }

  /** The account is served elsewhere now, or not at all. */
  leave(userId: string): void {
    const tally = this.#tallies.get(userId);
    if (tally !== undefined) tally.hasLane = false;
  }

  /** Writes down what has come since the last time. */
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
    // What waited is looked at again: it may be another worker's to tell of now, and not gone.
    const mayWait = busy || tally.waiting > 0 || (leaves && sent + failed + heldMs > 0);
    const waiting = mayWait ? await this.#options.waiting(userId) : 0;
    const quiet = sent + failed + heldMs + waiting === 0;
    const wasQuiet = tally.quiet;
    Object.assign(tally, { waiting, quiet });
    // The first quiet one is written down: it says that nothing waits any more.
    return quiet && wasQuiet ? null : { userId, sent, failed, heldMs, waiting };
  }
}

/** Keeps the history until the signal is aborted, and once more then. Never throws. */
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
      logger.debug({ err: error }, 'could not write down the history');
    }
  }
}
