import { isPaceReason, type Hold } from '@gateway/contracts';

/** A wait shorter than this (ms) is over before anybody has looked. */
const WORTH_SHOWING_MS = 1_000;

export function isWorthShowing(hold: Hold, now: number): boolean {
  return hold.until - now >= WORTH_SHOWING_MS;
}

/**
 * Whether messages are not kept for the length of a wait. Waits of our own making (the pace) end by themselves within a day; Telegram's
 * may last for days.
 */
export function isTooLong(hold: Hold, maxWaitMs: number, now: number): boolean {
  return !isPaceReason(hold.reason) && hold.until - now > maxWaitMs;
}
