const FIRST_MS = 5_000;
const LONGEST_MS = 3_600_000;

/** Most tries of one webhook. They take about a day. */
export const WEBHOOK_ATTEMPTS = 33;

/**
 * ms from try `attempt` (counted from 1) to the next: 5 s, doubled each time, up to an hour. It varies by ± 20 %, so
 * that many webhooks are not retried at once.
 */
export function webhookBackoff(attempt: number, random: () => number = Math.random): number {
  const base = Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS);
  return Math.round(base * (0.8 + 0.4 * random()));
}
