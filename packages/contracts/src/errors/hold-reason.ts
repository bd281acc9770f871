import * as z from 'zod';
import { ERROR_CODES, type ErrorCode } from './error-codes.ts';

/** Telegram's waits for the whole account, by name without the number of seconds. */
const FLOOD_REASONS = ['FLOOD_WAIT', 'FLOOD_PREMIUM_WAIT', 'FLOOD_TEST_PHONE_WAIT'] as const;

/** Holds by the gateway's own pace for the account. */
const PACE_REASONS = ['PACE', 'PACE_STRANGERS'] as const;

/**
 * A fetched job waits for others of its account, and nobody knows for how long. `CHAT_BUSY`: for an earlier job of its
 * chat, such as a large file. `UPLOAD_TURN`: its file takes turns with other files.
 */
const TURN_REASONS = ['CHAT_BUSY', 'UPLOAD_TURN'] as const;

/**
 * Why sends are held: a wait that Telegram demands, the pace, `send_at`, or an error that the worker
 * retries. `WORKER_OUTDATED`: the next job needs a newer worker than the one that owns the account.
 */
export type HoldReason =
  | (typeof FLOOD_REASONS)[number]
  | (typeof PACE_REASONS)[number]
  | (typeof TURN_REASONS)[number]
  | 'SLOWMODE_WAIT'
  | 'SEND_AT'
  | 'WORKER_OUTDATED'
  | ErrorCode;

const REASONS: ReadonlySet<string> = new Set([
  ...FLOOD_REASONS,
  ...PACE_REASONS,
  ...TURN_REASONS,
  'SLOWMODE_WAIT',
  'SEND_AT',
  'WORKER_OUTDATED',
  ...Object.keys(ERROR_CODES),
]);

function isHoldReason(name: string): name is HoldReason {
  return REASONS.has(name);
}

/**
 * The reason with this name; the number that ends Telegram's names is ignored. An unknown name becomes `FLOOD_WAIT`:
 * Telegram invents waits, and a newer worker may have stored one.
 */
export function holdReasonOf(name: string): HoldReason {
  const reason = name.replace(/_\d+$/, '');
  return isHoldReason(reason) ? reason : 'FLOOD_WAIT';
}

export const holdReasonSchema = z.string().transform(holdReasonOf);

export function isFloodReason(reason: HoldReason): boolean {
  return FLOOD_REASONS.some((known) => known === reason);
}

export function isTurnReason(reason: HoldReason): boolean {
  return TURN_REASONS.some((known) => known === reason);
}

export function isPaceReason(reason: HoldReason): boolean {
  return PACE_REASONS.some((known) => known === reason);
}
