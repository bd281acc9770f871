import { ERROR_CODES, GatewayError } from '@gateway/contracts';
import { TypeNotFoundError } from 'telegram/errors/index.js';
import {
  AnswerLostError,
  MisconfiguredError,
  NotReachedError,
  NotSentError,
  RpcError,
  TransportError,
  UnknownKeyError,
} from './call-errors.ts';
import { MISCONFIGURED, NOT_REACHED, REVOKED, ruleFor, type Rule } from './error-rules.ts';
import { TelegramFailure, type FailureOutcome } from './types.ts';

/**
 * What anything thrown by a call means, as the one error that an account client throws. `effect`: whether the
 * call changes something at Telegram; a question that stays without an answer may simply be put again.
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

/** What anything thrown while connecting means: whatever Telegram's trouble is, no call has reached it. */
export function toConnectFailure(thrown: unknown): TelegramFailure {
  const failed = toFailure(thrown, false);
  if (failed.failure.outcome !== 'retry') return failed;
  return new TelegramFailure({ outcome: 'retry', reached: false }, failed.error, failed.cause);
}

/** The same failure, where it asks for a pause, as one that pauses no more than `scope`. */
export function pausingOnly(scope: 'chat' | 'resolve', thrown: unknown): unknown {
  if (!(thrown instanceof TelegramFailure) || thrown.failure.outcome !== 'wait') return thrown;
  return new TelegramFailure({ ...thrown.failure, scope }, thrown.error, thrown.cause);
}

/**
 * Telegram's name of the refusal that this failure stands for, its number included; `undefined` for any other
 * failure.
 */
export function rpcNameOf(thrown: unknown): string | undefined {
  return thrown instanceof TelegramFailure ? thrown.error.details.rpcError : undefined;
}

/** Telegram's name, for callers; and what was thrown, for the log. */
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
  const { retryAfter } = thrown;
  return fromRule({ ...NOT_REACHED, message }, 1, {
    cause: thrown,
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

/** Telegram answers in a newer layer than this version reads. */
function notUnderstood(cause: Error, effect: boolean): TelegramFailure {
  const error = new GatewayError('TELEGRAM_ERROR', 'Telegram gave an answer that this version cannot read.', {
    cause,
  });
  return new TelegramFailure({ outcome: effect ? 'unknown' : 'fail' }, error, cause);
}

function whyLost({ cause }: AnswerLostError): string {
  return cause instanceof TransportError
    ? `Telegram broke off with ${cause.message}.`
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
