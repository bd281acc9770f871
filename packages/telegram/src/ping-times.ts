/** Moments of an interval at which connections ping. */
const MOMENTS = 60;

/**
 * ms until a new connection's first ping. A thousand connections that were opened at once must not ping at once for ever after, nor each at a
 * time of its own: to wake up for one costs more than the ping. So it is at random one of sixty moments of the interval, which all of a process share.
 * @param now ms since the epoch.
 * @param random 0 … 1.
 */
export function firstPingIn(intervalMs: number, now: number, random: number): number {
  const step = intervalMs / MOMENTS;
  return Math.ceil((now + intervalMs * random) / step) * step - now;
}
