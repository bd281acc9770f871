/** The longest delay that a Node timer supports, ms. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Calls `onDue` once, at the time last set. Early only when that time is further away than {@link MAX_TIMER_MS}. */
export class Alarm {
  readonly #now: () => number;
  readonly #onDue: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isOff = false;

  constructor(now: () => number, onDue: () => void) {
    this.#now = now;
    this.#onDue = onDue;
  }

  /** @param at ms since the epoch; Infinity: never. */
  setTo(at: number): void {
    clearTimeout(this.#timer);
    if (this.#isOff || at === Infinity) return;
    const ms = Math.min(Math.max(1, at - this.#now() + 1), MAX_TIMER_MS);
    this.#timer = setTimeout(this.#onDue, ms);
  }

  /** Stops the alarm for good: later calls of {@link setTo} do nothing. */
  off(): void {
    this.#isOff = true;
    clearTimeout(this.#timer);
  }
}
