import { isPaceReason, type Hold } from '@gateway/contracts';

/** A wait shorter than this (ms) is over before anybody could read about it. */
const WORTH_SHOWING_MS = 1_000;

export function isWorthShowing(hold: Hold, now: number): boolean {
  return hold.until - now >= WORTH_SHOWING_MS;
}

/**
 * Whether a wait is longer than a message may have. Pace holds never are: they end within a day, while Telegram's waits
 * may last for days.
 */
export function isTooLong(hold: Hold, maxWaitMs: number, now: number): boolean {
  return !isPaceReason(hold.reason) && hold.until - now > maxWaitMs;
}
