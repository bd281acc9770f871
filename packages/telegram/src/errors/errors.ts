import { ERROR_CODES, GatewayError } from '@gateway/contracts';
import { TypeNotFoundError } from 'telegram/errors/index.js';
import {
  AnswerLostError,
  MisconfiguredError,
  NotReachedError,
  NotSentError,
  OwnProxyError,
  RpcError,
  TransportError,
  UnknownKeyError,
} from './call-errors.ts';
import { MISCONFIGURED, NOT_REACHED, PROXY_UNREACHABLE, REVOKED, ruleFor, type Rule } from './error-rules.ts';
import { TelegramFailure, type FailureOutcome } from './telegram-failure.ts';

/**
 * Translates any error of a call into the only error that an account client throws.
 * @param effect whether the call changes something at Telegram. A query without an answer may simply be repeated.
 */
export function toFailure(thrown: unknown, effect: boolean): TelegramFailure {
  if (thrown instanceof TelegramFailure) return thrown;
  if (thrown instanceof GatewayError) return new TelegramFailure({ outcome: 'fail' }, thrown);
  if (thrown instanceof RpcError) return fromRpcError(thrown, effect);
  if (thrown instanceof UnknownKeyError) return fromRule(REVOKED, 1, { cause: thrown });
  if (thrown instanceof NotSentError) return notSent(thrown);
  if (thrown instanceof AnswerLostError) {
    return unanswered(effect, whyLost(thrown), { cause: thrown });
  }
  if (thrown instanceof TypeNotFoundError) return notUnderstood(thrown, effect);
  const unexpected = new GatewayError('INTERNAL', undefined, { cause: thrown });
  return new TelegramFailure({ outcome: effect ? 'unknown' : 'fail' }, unexpected, thrown);
}

/** Translates any error while connecting. Whatever Telegram's trouble is, no call has reached it. */
export function toConnectFailure(thrown: unknown): TelegramFailure {
  const failed = toFailure(thrown, false);
  if (failed.failure.outcome !== 'retry') return failed;
  return new TelegramFailure({ outcome: 'retry', reached: false }, failed.error, failed.cause);
}

/** Narrows a failure that demands a pause to `scope`. Other errors are returned unchanged. */
export function pausingOnly(scope: 'chat' | 'resolve', thrown: unknown): unknown {
  if (!(thrown instanceof TelegramFailure) || thrown.failure.outcome !== 'wait') return thrown;
  return new TelegramFailure({ ...thrown.failure, scope }, thrown.error, thrown.cause);
}

/** Telegram's error name behind this failure, its number included; `undefined` for any other failure. */
export function rpcNameOf(thrown: unknown): string | undefined {
  return thrown instanceof TelegramFailure ? thrown.error.details.rpcError : undefined;
}

/** Telegram's error name, for callers, and the original error, for the log. */
interface Details {
  rpcError?: string;
  retryAfter?: number;
  cause: unknown;
}

function notSent(thrown: NotSentError): TelegramFailure {
  if (thrown instanceof MisconfiguredError)
    return fromRule({ ...MISCONFIGURED, message: thrown.message }, 1, { cause: thrown });
  if (!(thrown instanceof NotReachedError)) return fromRule(NOT_REACHED, 1, { cause: thrown });
  const message = `Telegram is not reachable: ${thrown.message}.`;
  if (thrown instanceof OwnProxyError)
    return fromRule({ ...PROXY_UNREACHABLE, message }, 1, { cause: thrown });
  const { retryAfter } = thrown;
  return fromRule({ ...NOT_REACHED, message }, 1, {
    cause: thrown,
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

/** Telegram answered in a newer layer than this version can read. */
function notUnderstood(cause: Error, effect: boolean): TelegramFailure {
  const error = new GatewayError('TELEGRAM_ERROR', 'Telegram gave an answer that this version cannot read.', {
    cause,
  });
  return new TelegramFailure({ outcome: effect ? 'unknown' : 'fail' }, error, cause);
}

function whyLost({ cause }: AnswerLostError): string {
  return cause instanceof TransportError
    ? `Telegram stopped the call with ${cause.message}.`
    : 'Telegram did not answer in time.';
}

function fromRpcError(thrown: RpcError, effect: boolean): TelegramFailure {
  const details = { rpcError: thrown.rpcName, cause: thrown };
  const found = ruleFor(thrown.rpcName, thrown.code);
  if (found !== undefined) return fromRule(found.rule, found.seconds, details);
  return unanswered(effect, 'Telegram had trouble of its own with this call.', details);
}

function fromRule(rule: Rule, seconds: number, details: Details): TelegramFailure {
  const failure = rule.failure(seconds);
  const message = rule.message ?? ERROR_CODES[rule.code].message;
  const retryAfter = failure.outcome === 'wait' ? failure.seconds : rule.retryAfter;
  return new TelegramFailure(
    failure,
    new GatewayError(rule.code, message, { ...details, ...(retryAfter !== undefined && { retryAfter }) }),
    details.cause,
  );
}

function unanswered(effect: boolean, message: string, details: Details): TelegramFailure {
  const error = effect
    ? new GatewayError('TELEGRAM_TIMEOUT', `${message} It may have taken effect.`, details)
    : new GatewayError('TELEGRAM_UNAVAILABLE', message, details);
  const failure: FailureOutcome = effect ? { outcome: 'unknown' } : { outcome: 'retry', reached: true };
  return new TelegramFailure(failure, error, details.cause);
}
