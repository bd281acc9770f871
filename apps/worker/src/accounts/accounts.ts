import { sleep, type Logger } from '@gateway/runtime';
import type { Account } from './account.ts';
import type { ServedAccount } from './served-account.ts';

/** Idle time after which an account's connection is closed, and the interval of that check, ms. */
const CLIENT_IDLE_MS = 10 * 60_000;
const IDLE_CHECK_MS = 30_000;

/** Interval at which unreadable accounts are read again, ms. */
const READ_AGAIN_MS = 3_000;

export interface AccountsOptions {
  open: (userId: string) => Promise<ServedAccount>;
  logger: Logger;
}

/** The accounts that this worker serves. Each is opened when it is first needed. */
export class Accounts {
  readonly #options: AccountsOptions;
  readonly #opened = new Map<string, Promise<ServedAccount>>();
  readonly #served = new Map<string, ServedAccount>();
  /** Accounts that could not be read when they were last looked at. */
  readonly #unreadable = new Map<string, Account>();
  readonly #stop = new AbortController();
  readonly #loops: Promise<unknown>;

  constructor(options: AccountsOptions) {
    this.#options = options;
    this.#loops = Promise.all([this.#closeIdle(), this.#readAgain()]);
  }

  /** @throws the error of opening the account; the next call tries again. */
  async get(userId: string): Promise<ServedAccount> {
    const kept = this.#opened.get(userId);
    if (kept !== undefined) return kept;
    const opening = this.#options.open(userId);
    this.#opened.set(userId, opening);
    opening.then(
      (served) => {
        this.#served.set(userId, served);
        this.#noteUnreadable(served);
      },
      () => this.#opened.delete(userId),
    );
    return opening;
  }

  /** Wakes the account's lane: there may be work. Never throws. */
  wake(userId: string): void {
    if (this.#stop.signal.aborted) return;
    this.get(userId).then(
      (served) => {
        if (!this.#stop.signal.aborted) served.wake();
      },
      (error: unknown) =>
        this.#options.logger.error({ err: error, userId }, 'the account cannot be opened; its jobs wait'),
    );
  }

  /** Wakes every opened account, in case a notification was missed, and lets it connect again. */
  wakeAll(): void {
    for (const userId of this.#opened.keys()) this.wake(userId);
    for (const served of this.#served.values()) served.receiveNow();
  }

  /**
   * Publishes the view of every account, e.g. after Redis has lost its data.
   * @returns `false` if it was stopped before the end.
   */
  async publishAll(userIds: readonly string[]): Promise<boolean> {
    for (const userId of userIds) {
      if (this.#stop.signal.aborted) return false;
      try {
        await (await this.get(userId)).account.publish();
      } catch (error) {
        this.#options.logger.error(
          { err: error, userId },
          'the account cannot be opened; repair or disconnect it',
        );
      }
    }
    return !this.#stop.signal.aborted;
  }

  /** The accounts that are open. */
  opened(): Account[] {
    return Array.from(this.#served.values(), ({ account }) => account);
  }

  /** The ids of accounts that have waiting or fetched jobs, as far as this worker knows. */
  busy(): string[] {
    return [...this.#served].flatMap(([userId, { mayHaveJobs }]) => (mayHaveJobs ? [userId] : []));
  }

  /** The ids of accounts of which jobs have failed since the last call. */
  takeFailed(): string[] {
    return [...this.#served].flatMap(([userId, served]) => (served.takeFailed() ? [userId] : []));
  }

  async #closeIdle(): Promise<void> {
    while ((await sleep(IDLE_CHECK_MS, this.#stop.signal)) === 'elapsed') {
      await this.#forEach(async (served) => {
        this.#noteUnreadable(served);
        await served.account.closeIfIdle(CLIENT_IDLE_MS);
      });
    }
  }

  #noteUnreadable({ account }: ServedAccount): void {
    if (account.isUnreadable) this.#unreadable.set(account.userId, account);
  }

  /** Reads unreadable accounts again: an operator may have restored the session or the key. */
  async #readAgain(): Promise<void> {
    while ((await sleep(READ_AGAIN_MS, this.#stop.signal)) === 'elapsed') {
      for (const [userId, account] of this.#unreadable) {
        try {
          if (account.isUnreadable && (await account.inTurn(() => account.readAgain()))) this.wake(userId);
          if (!account.isUnreadable) this.#unreadable.delete(userId);
        } catch (error) {
          this.#options.logger.debug({ err: error, userId }, 'the account cannot be read yet');
        }
      }
    }
  }

  /** Closes every connection at once, even while messages are being sent. Each is opened again when needed. */
  suspend(): void {
    for (const opening of this.#opened.values()) {
      opening.then(
        (served) => served.account.closeClient(),
        () => {},
      );
    }
  }

  /**
   * Stops all lanes: messages being sent are finished, other fetched jobs go back to the queue. No lane is woken any
   * more.
   */
  async stopLanes(): Promise<void> {
    this.#stop.abort();
    await this.#loops;
    await this.#forEach((served) => served.stopLane());
  }

  /** Closes all connections for good once running tasks have ended. Call after {@link stopLanes}. */
  async close(): Promise<void> {
    await this.#forEach((served) => served.account.close());
  }

  /**
   * Closes all connections for good and at once, without waiting: this worker must not talk to Telegram for these
   * accounts any more.
   */
  async abandon(): Promise<void> {
    this.#stop.abort();
    await this.#forEach((served) => served.abandon());
  }

  /** Runs `work` for each account as soon as it is open, so that a slow one does not delay the others. */
  async #forEach(work: (served: ServedAccount) => Promise<void>): Promise<void> {
    await Promise.all(
      [...this.#opened.values()].map(async (opening) => {
        const served = await opening.catch(() => null);
        if (served !== null) await work(served);
      }),
    );
  }
}
