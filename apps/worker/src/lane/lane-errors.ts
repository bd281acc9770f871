import { GatewayError, type Hold } from '@gateway/contracts';

/** Telegram asks for a wait longer than messages are kept. */
export function heldTooLong({ reason, until }: Hold, now: number): GatewayError {
  const seconds = Math.max(1, Math.ceil((until - now) / 1_000));
  const end = new Date(until).toISOString();
  return new GatewayError(
    'FLOOD_WAIT',
    `Telegram asks for a wait until ${end}: longer than messages are kept waiting here (SEND_MAX_WAIT). Send it again then.`,
    { rpcError: reason, retryAfter: seconds },
  );
}

/**
 * Telegram could not be reached for longer than messages are kept.
 * @param why the error text of the last attempt.
 */
export function unreachableTooLong(
  code: 'TELEGRAM_UNAVAILABLE' | 'TELEGRAM_MISCONFIGURED',
  maxWaitMs: number,
  why?: string,
): GatewayError {
  const last = why === undefined ? '' : ` Last: ${why}`;
  return new GatewayError(
    code,
    `Telegram could not be reached for ${Math.round(maxWaitMs / 1_000)} s, longer than messages are kept waiting here (SEND_MAX_WAIT).${last}`,
  );
}

/** Too many workers ended while they were sending this message. */
export function tooManyRecoveries(times: number): GatewayError {
  return new GatewayError(
    'TELEGRAM_TIMEOUT',
    `The worker ended ${times} times while this message was under way; whether it went out is not known.`,
  );
}
