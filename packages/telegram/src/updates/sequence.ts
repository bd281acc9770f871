/** ms that a missing update may be late before the difference is fetched. */
export const GAP_WAIT_MS = 500;

/** Updates that may wait for a missing one. Beyond that they are dropped: the difference contains them. */
const MAX_WAITING = 1_000;

/** An update that raises the pts of its sequence by `count`, to `pts`. `null`: the update is in no sequence. */
export interface Numbered {
  readonly pts: number | null;
  readonly count: number;
}

/**
 * Puts the updates of one sequence (the account's, or a channel's) in order. Telegram's rule: an update is next if the
 * own pts plus its count is its pts. A lower one was applied before, and a higher one waits for the missing ones.
 */
export class Sequence<T extends Numbered> {
  #pts: number;
  #waiting: T[] = [];
  /** Updates without a number that arrived behind a missing one. */
  #behind: T[] = [];
  #missingSince: number | null = null;
  #demandedAt: number | null = null;

  constructor(pts: number) {
    this.#pts = pts;
  }

  get pts(): number {
    return this.#pts;
  }

  /** When the difference must be fetched, ms since the epoch; `null` if nothing is missing. */
  get dueAt(): number | null {
    if (this.#missingSince === null) return this.#demandedAt;
    return Math.min(this.#missingSince + GAP_WAIT_MS, this.#demandedAt ?? Infinity);
  }

  /** The first update that waits for a missing one. */
  get firstWaiting(): T | undefined {
    return this.#waiting[0];
  }

  /** Demands the difference now, whether or not an update is missing. */
  fetchNow(now: number): void {
    this.#demandedAt ??= now;
  }

  /** Adds an update. @returns the updates that can be applied now, in order. */
  accept(update: T, now: number): T[] {
    if (update.pts === null) {
      if (this.#waiting.length === 0) return [update];
      this.#behind.push(update);
    } else if (!this.#isOld(update.pts, update.count)) this.#waiting.push(update);
    const ready = this.#release(now);
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting = [];
      this.fetchNow(now);
    }
    return ready;
  }

  /**
   * Continues at `pts`: a difference contained everything up to there.
   * @returns the updates that follow it, in order.
   */
  jump(pts: number, now: number): T[] {
    this.#pts = pts;
    this.#demandedAt = null;
    this.#missingSince = null;
    return this.#release(now);
  }

  #isOld(pts: number, count: number): boolean {
    return this.#pts + count > pts;
  }

  #release(now: number): T[] {
    const ready: T[] = [];
    // Of updates with one pts, those with a count of 0 come last.
    this.#waiting.sort((a, b) => (a.pts ?? 0) - (b.pts ?? 0) || b.count - a.count);
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const { pts, count } = next;
      const isOld = pts === null || this.#isOld(pts, count);
      if (!isOld && this.#pts + count !== pts) {
        this.#missingSince ??= now;
        return ready;
      }
      this.#waiting.shift();
      if (isOld) continue;
      this.#pts = pts;
      ready.push(next);
    }
    this.#missingSince = null;
    const behind = this.#behind;
    this.#behind = [];
    return [...ready, ...behind];
  }
}
