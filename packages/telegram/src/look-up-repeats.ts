import { tokensAt, type Bucket, type Miss } from '@gateway/contracts';

/** Look-ups in vain of one name before it is believed missing until its time is up. */
const MOST_TIMES = 5;
/** Repeated look-ups of an account at a time, and ms until one more. */
const BURST = 20;
const INTERVAL_MS = 30 * 60_000;

/**
 * Decides whether Telegram is asked again about what it has not found. What it said holds for requests of before, so that a batch
 * with a thousand typos costs one look-up a name; a later request is somebody's wish to have it asked again, within a bound.
 */
export class LookUpRepeats {
  #bucket: Bucket | null = null;

  /** @param askedAt when the request was made. @returns whether to ask; that is counted. */
  mayAsk({ since, times }: Pick<Miss, 'since' | 'times'>, askedAt: number, now: number): boolean {
    if (askedAt <= since || times >= MOST_TIMES) return false;
    const tokens = tokensAt(this.#bucket, BURST, INTERVAL_MS, now);
    if (tokens < 1) return false;
    this.#bucket = { tokens: tokens - 1, at: now };
    return true;
  }
}
