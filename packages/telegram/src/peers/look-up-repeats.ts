import { tokensAt, type Bucket, type Miss } from '@gateway/contracts';

/** Most failed look-ups of one name before it stays missing until the miss expires. */
const MOST_TIMES = 5;
/** An account's budget of repeated look-ups, and ms until it gains one. */
const BURST = 20;
const INTERVAL_MS = 30 * 60_000;

/**
 * Decides whether to repeat a failed look-up. A miss answers all requests made before it, so a batch of a thousand
 * typos costs one look-up per name. A later request repeats the look-up, within a budget.
 */
export class LookUpRepeats {
  #bucket: Bucket | null = null;

  /**
   * Takes one from the budget if the look-up is to be repeated.
   * @param askedAt when the message was requested.
   */
  mayAsk({ since, times }: Pick<Miss, 'since' | 'times'>, askedAt: number, now: number): boolean {
    if (askedAt <= since || times >= MOST_TIMES) return false;
    const tokens = tokensAt(this.#bucket, BURST, INTERVAL_MS, now);
    if (tokens < 1) return false;
    this.#bucket = { tokens: tokens - 1, at: now };
    return true;
  }
}
