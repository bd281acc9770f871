const FIRST_MS = 5_000;
const LONGEST_MS = 3_600_000;

/** Tries of one webhook: about a day of them. */
export const WEBHOOK_ATTEMPTS = 33;

/** ms between a try, counted from 1, and the next: 5 s, then twice as long each time, up to an hour; ± 20 %, so that many do not come at once. */
export function webhookBackoff(attempt: number, random: () => number = Math.random): number {
  const base = Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS);
  return Math.round(base * (0.8 + 0.4 * random()));
}
