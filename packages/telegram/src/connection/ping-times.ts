/** Slots per interval in which connections ping. */
const MOMENTS = 60;

/**
 * Time in ms until a connection's next ping.
 * If a thousand connections opened at once, they must not all ping at once for ever. Nor may each ping at its own time:
 * a wake-up costs more than a ping. So each pings in one of sixty slots of the interval, which all connections of a
 * process share by the clock. A ping due in less than half a slot is skipped, since the timer may have fired early.
 * @param moment the connection's slot, 0 … 59.
 * @param now ms since the epoch.
 */
export function nextPingIn(intervalMs: number, moment: number, now: number): number {
  const step = intervalMs / MOMENTS;
  const passed = (now + step / 2 - moment * step) % intervalMs;
  return intervalMs - passed + step / 2;
}

/** Pings in one slot of every interval, chosen at random, until stopped. Keeps no process alive. */
export class Pings {
  readonly #intervalMs: number;
  readonly #ping: () => void;
  readonly #moment = Math.floor(Math.random() * MOMENTS);
  #timer: NodeJS.Timeout | undefined;

  constructor(intervalMs: number, ping: () => void) {
    this.#intervalMs = intervalMs;
    this.#ping = ping;
    this.#setTimer();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /**
   * Computes each delay from the clock. Node's setInterval restarts when it fires, always a little late, and would
   * drift.
   */
  #setTimer(): void {
    const ms = nextPingIn(this.#intervalMs, this.#moment, Date.now());
    this.#timer = setTimeout(() => {
      this.#setTimer();
      this.#ping();
    }, ms).unref();
  }
}
