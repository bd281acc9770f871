/** The longest that a timer of Node's can run, ms. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Rings once, at the time that it was last set to; never early, save for times that no timer can reach. */
export class Alarm {
  readonly #now: () => number;
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isOff = false;

  constructor(now: () => number, ring: () => void) {
    this.#now = now;
    this.#ring = ring;
  }

  /** @param at ms since the epoch; Infinity: never. */
  setTo(at: number): void {
    clearTimeout(this.#timer);
    if (this.#isOff || at === Infinity) return;
    const ms = Math.min(Math.max(1, at - this.#now() + 1), MAX_TIMER_MS);
    this.#timer = setTimeout(this.#ring, ms);
  }

  /** For good. */
  off(): void {
    this.#isOff = true;
    clearTimeout(this.#timer);
  }
}
