import { GatewayError, type Hold } from '@gateway/contracts';

/**
 * Whether messages are not kept for the length of a wait. Waits of our own making (the pace) end by themselves within a day; Telegram's
 * may last for days.
 */
export function isTooLong(hold: Hold, maxWaitMs: number, now: number): boolean {
  return !hold.reason.startsWith('PACE') && hold.until - now > maxWaitMs;
}

/** A wait that Telegram asks for is longer than messages are kept for. */
export function heldTooLong({ reason, until }: Hold, now: number): GatewayError {
  const seconds = Math.max(1, Math.ceil((until - now) / 1_000));
  const end = new Date(until).toISOString();
  return new GatewayError(
    'FLOOD_WAIT',
    `Telegram asks for a wait until ${end}: longer than messages are kept waiting here (SEND_MAX_WAIT). Send it again then.`,
    { rpcError: reason, retryAfter: seconds },
  );
}

/** Telegram could not be reached for longer than messages are kept for. */
export function unreachableTooLong(maxWaitMs: number): GatewayError {
  return new GatewayError(
    'TELEGRAM_UNAVAILABLE',
    `Telegram could not be reached for ${Math.round(maxWaitMs / 1_000)} s, longer than messages are kept waiting here (SEND_MAX_WAIT).`,
  );
}

/** Workers have ended again and again while this message was under way. */
export function tooManyRecoveries(times: number): GatewayError {
  return new GatewayError(
    'TELEGRAM_TIMEOUT',
    `The worker ended ${times} times while this message was under way; whether it went out is not known.`,
  );
}
