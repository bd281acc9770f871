import { isPaceReason, type Hold } from '@gateway/contracts';

/** A wait shorter than this (ms) is over before anybody could read about it. */
const WORTH_SHOWING_MS = 1_000;

export function isWorthShowing(hold: Hold, now: number): boolean {
  return hold.until - now >= WORTH_SHOWING_MS;
}

/** How long other jobs of its chat wait for a running job, before the lane looks again; ms. */
const LOOK_AGAIN_MS = 500;
const BESIDE_OTHERS = 'A job of this chat is running.';

/**
 * The hold of a job that runs beside others: it keeps later jobs of its chat back. It is shown to nobody.
 * @param until when the lane looks again.
 */
export function besideOthers(now: number, until = now + LOOK_AGAIN_MS): Hold {
  return { reason: 'TELEGRAM_TIMEOUT', until, message: BESIDE_OTHERS };
}

export function isBesideOthers({ message }: Hold): boolean {
  return message === BESIDE_OTHERS;
}

/**
 * Whether a wait is longer than a message may have. Those of the gateway never are: they end within a day, while
 * Telegram's waits may last for days.
 */
export function isTooLong(hold: Hold, maxWaitMs: number, now: number): boolean {
  return !isPaceReason(hold.reason) && !isBesideOthers(hold) && hold.until - now > maxWaitMs;
}
