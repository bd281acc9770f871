import * as z from 'zod';
import { requestBody } from './request-body.ts';

/**
 * How fast an account may send without giving Telegram a reason for a flood wait. Telegram publishes no figures for
 * user accounts. These follow its figures for bots and leave room for short bursts, as a person writes them.
 */
const paceRulesSchema = z.strictObject({
  /** Messages that may be sent at once after a rest, across all chats. */
  burst: z.int().min(1).max(10_000),
  /** Messages per minute after the burst, across all chats. */
  per_minute: z
    .number()
    .min(1 / 1_440, 'must be at least 1/1440, one message a day')
    .max(60_000),
  /** Messages that may be sent at once to one chat after a rest. */
  chat_burst: z.int().min(1).max(10_000),
  /** Seconds between messages to one person after the burst. */
  chat_interval: z.number().min(0).max(86_400),
  /** Seconds between messages to one group or channel after the burst. */
  group_interval: z.number().min(0).max(86_400),
  /**
   * Non-contacts that the account may write to for the first time per day (UTC). Such messages are what gets accounts
   * banned.
   */
  strangers_per_day: z.int().min(0).max(100_000),
});
export type PaceRules = z.infer<typeof paceRulesSchema>;

const CHOICE = 'must be off, careful, or an object with rules';

/** An account's own pace: none, the server's, or rules that override some of the server's. */
export const paceChoiceSchema = z
  .union([
    z.enum(['off', 'careful'], CHOICE),
    requestBody(paceRulesSchema.partial().shape, { otherwise: CHOICE }),
  ])
  .meta({ id: 'Pace' });
export type PaceChoice = z.infer<typeof paceChoiceSchema>;

/** Server settings: the rules of `careful`, and whether accounts without a choice of their own follow them. */
export interface PaceSettings {
  mode: 'careful' | 'off';
  rules: PaceRules;
}

/** The rules that apply to an account; `null` if none do. */
export function paceRulesOf({ mode, rules }: PaceSettings, choice: PaceChoice | undefined): PaceRules | null {
  if (choice === undefined) return mode === 'off' ? null : rules;
  if (choice === 'off') return null;
  if (choice === 'careful') return rules;
  return {
    burst: choice.burst ?? rules.burst,
    per_minute: choice.per_minute ?? rules.per_minute,
    chat_burst: choice.chat_burst ?? rules.chat_burst,
    chat_interval: choice.chat_interval ?? rules.chat_interval,
    group_interval: choice.group_interval ?? rules.group_interval,
    strangers_per_day: choice.strangers_per_day ?? rules.strangers_per_day,
  };
}

/** A token bucket that held `tokens` at `at` (ms since the epoch). */
const bucketSchema = z.object({ tokens: z.number(), at: z.number() });
export type Bucket = z.infer<typeof bucketSchema>;

/** How much of its pace an account has used. Survives restarts. */
export const paceStateSchema = z.object({
  account: bucketSchema.nullable(),
  /** One bucket per chat; full buckets are omitted. */
  chats: z.record(z.string(), bucketSchema),
  /** Strangers written to on `day` (`2024-01-15`, UTC). */
  strangers: z.object({ day: z.string(), used: z.int() }),
});
export type PaceState = z.infer<typeof paceStateSchema>;

/** Tokens now in a bucket of `capacity` that gains one every `intervalMs` ms. A bucket that was never used is full. */
export function tokensAt(
  bucket: Bucket | null | undefined,
  capacity: number,
  intervalMs: number,
  now: number,
) {
  // A time in the future comes from a wrong clock. It must not hold the account until then.
  if (bucket === null || bucket === undefined || bucket.at > now) return capacity;
  const gained = intervalMs === 0 ? capacity : (now - bucket.at) / intervalMs;
  return Math.min(capacity, bucket.tokens + gained);
}

/** ms until the account may send one more message, once its burst is used up. */
export function accountIntervalMs(rules: PaceRules): number {
  return 60_000 / rules.per_minute;
}

export function strangersLeft(rules: PaceRules, { strangers }: PaceState, now: number): number {
  const used = strangers.day === utcDay(now) ? strangers.used : 0;
  return Math.max(0, rules.strangers_per_day - used);
}

export function utcDay(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

/** Start of the next day (UTC), ms since the epoch. */
export function nextUtcDay(now: number): number {
  return new Date(now).setUTCHours(24, 0, 0, 0);
}

/** The remaining pace of an account, as the API shows it. */
export function describePace(rules: PaceRules | null, state: PaceState, now: number) {
  if (rules === null) return { mode: 'off' as const };
  const tokens = tokensAt(state.account, rules.burst, accountIntervalMs(rules), now);
  return {
    mode: 'careful' as const,
    remaining: Math.floor(tokens),
    strangers_remaining: strangersLeft(rules, state, now),
    strangers_reset_at: new Date(nextUtcDay(now)).toISOString(),
    rules,
  };
}
