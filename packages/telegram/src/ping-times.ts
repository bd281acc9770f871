/** Moments of an interval at which connections ping. */
const MOMENTS = 60;

/**
 * ms until the next ping. A thousand connections that were opened at once must not ping at once for ever after, nor each at a time of its own: to
 * wake up for one costs more than the ping. So each pings at one of sixty moments of the interval, by the clock, which all of a process share; one
 * that comes sooner than half the way to the next moment is left out, since a timer may have been early.
 * @param moment of the connection, 0 … 59.
 * @param now ms since the epoch.
 */
export function nextPingIn(intervalMs: number, moment: number, now: number): number {
  const step = intervalMs / MOMENTS;
  const passed = (now + step / 2 - moment * step) % intervalMs;
  return intervalMs - passed + step / 2;
}

/** Pings at one moment of every interval, chosen at random, until it is stopped. Keeps no process alive. */
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

  /** By the clock each time: an interval of Node's begins anew when it fires, which is always a little late. */
  #setTimer(): void {
    const ms = nextPingIn(this.#intervalMs, this.#moment, Date.now());
    this.#timer = setTimeout(() => {
      this.#setTimer();
      this.#ping();
    }, ms).unref();
  }
}
