import { GatewayError, type Hold } from '@gateway/contracts';

/** Telegram asks for a longer wait than a message may have. */
export function heldTooLong({ reason, until }: Hold, now: number): GatewayError {
  const seconds = Math.max(1, Math.ceil((until - now) / 1_000));
  const end = new Date(until).toISOString();
  return new GatewayError(
    'FLOOD_WAIT',
    `Telegram asks for a wait until ${end}. That is longer than a message may wait (SEND_MAX_WAIT): send it again then.`,
    { rpcError: reason, retryAfter: seconds },
  );
}

/**
 * Telegram could not be reached for longer than a message may wait.
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
    `Telegram could not be reached for ${Math.round(maxWaitMs / 1_000)} s, the longest that a message may wait (SEND_MAX_WAIT).${last}`,
  );
}

/** Too many workers ended while they were sending this message. */
export function tooManyRecoveries(times: number): GatewayError {
  return new GatewayError(
    'TELEGRAM_TIMEOUT',
    `The worker ended ${times} times while it was sending this message. Nobody knows whether it was sent.`,
  );
}
