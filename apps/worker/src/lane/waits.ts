import { isPaceReason, isTurnReason, type Hold } from '@gateway/contracts';

/** A wait shorter than this (ms) is over before anybody could read about it. */
const WORTH_SHOWING_MS = 1_000;

export function isWorthShowing(hold: Hold, now: number): boolean {
  return hold.until - now >= WORTH_SHOWING_MS;
}

/** How long jobs wait for running ones before the lane looks again, ms. */
const LOOK_AGAIN_MS = 500;

/**
 * The hold of a job that runs beside others: it keeps later jobs of its chat back.
 * @param until when the lane looks again.
 */
export function besideOthers(now: number, until = now + LOOK_AGAIN_MS): Hold {
  return { reason: 'CHAT_BUSY', until };
}

/** The hold of a job whose file waits for its turn, and of later jobs of its chat. */
export function uploadTurn(now: number): Hold {
  return { reason: 'UPLOAD_TURN', until: now + LOOK_AGAIN_MS };
}

/** Whether a job with this hold has waited for its turn long enough that somebody could read about it. */
export function isLongTurn(since: number, now: number): boolean {
  return now - since >= WORTH_SHOWING_MS;
}

/**
 * Whether a wait is longer than a message may have. Those of the gateway never are: they end within a day, while
 * Telegram's waits may last for days.
 */
export function isTooLong(hold: Hold, maxWaitMs: number, now: number): boolean {
  return !isPaceReason(hold.reason) && !isTurnReason(hold.reason) && hold.until - now > maxWaitMs;
}
