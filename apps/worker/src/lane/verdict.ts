import type { AnyAction } from '@gateway/actions';
import { GatewayError, holdReasonOf, type AccountState, type HoldReason } from '@gateway/contracts';
import { TelegramFailure } from '@gateway/telegram';

/** What a hold pauses. `type`: the account's jobs of one type, which make no messages. */
type HoldScope = 'account' | 'chat' | 'look-ups' | 'type';

/** What to do with a job, and with its account, after a failed attempt. */
export type Verdict =
  /** Do nothing: the job keeps its place. */
  | { do: 'stay' }
  /** Pause `scope` (the account, the chat, all look-ups, or jobs of this type) for `ms`. The job keeps its place. */
  | {
      do: 'hold';
      scope: HoldScope;
      reason: HoldReason;
      /** Why Telegram cannot be reached, in words. */
      message?: string;
      ms: number;
      /** Whether the message may have been sent. */
      unknown: boolean;
      /** Whether the attempt uses up one of the message's attempts. A requested wait or an outage does not. */
      counts: boolean;
    }
  /** Fail the job; the account goes on. */
  | { do: 'fail'; error: GatewayError }
  /** The account cannot send until a person signs in again: fail this job and those behind it. */
  | { do: 'end-account'; state: AccountState; error: GatewayError }
  /** Stop the account until a person resumes it. Its jobs stay in the queue. */
  | { do: 'stop-account'; state: AccountState; error: GatewayError };

/** How many attempts in a row were made, this one included. */
export interface Attempts {
  /** Counted attempts to send this message. */
  message: number;
  /** Attempts that did not reach Telegram. */
  unreachable: number;
}

/** Backoff while Telegram cannot be reached, by number of attempts: 1 s, 2 s, 4 s … */
const BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 15_000;

/** Longest backoff while only a changed setting can help. An attempt costs little then, and no caller waits for it. */
const MAX_BACKOFF_MISCONFIGURED_MS = 60_000;

/**
 * Attempts to send one message while Telegram is reachable. Then the message fails, so that it does not block its chat
 * for ever.
 */
const MAX_ATTEMPTS = 8;

/**
 * Random share added to a wait: up to this part of it, or 250 ms if that is more. It spreads the retries and covers
 * small clock differences.
 */
const JITTER = 0.02;

/** @param random 0 … 1, for jitter. */
export function judge(
  thrown: unknown,
  attempts: Attempts,
  random: number,
  { makesMessages, repeat }: Pick<AnyAction, 'makesMessages' | 'repeat'>,
): Verdict {
  if (!(thrown instanceof TelegramFailure)) return { do: 'fail', error: GatewayError.from(thrown) };
  const { failure, error } = thrown;
  const hold = (
    scope: HoldScope,
    reason: HoldReason,
    ms: number,
    { unknown = false, counts = false } = {},
  ): Verdict & { do: 'hold' } => ({
    do: 'hold',
    scope,
    reason,
    ms: withJitter(ms, random),
    unknown,
    counts,
  });
  switch (failure.outcome) {
    case 'wait': {
      return hold(
        scopeOf(failure.scope, makesMessages),
        holdReasonOf(error.details.rpcError ?? error.code),
        failure.seconds * 1_000,
      );
    }
    case 'retry':
      // An outage ends by itself and says nothing about this message. The lane limits it by time instead.
      if (!failure.reached) {
        const longest =
          error.code === 'TELEGRAM_MISCONFIGURED' ? MAX_BACKOFF_MISCONFIGURED_MS : MAX_BACKOFF_MS;
        const atLeast = (error.details.retryAfter ?? 0) * 1_000;
        const scope = failure.onlyTransfers === true ? 'type' : 'account';
        const held = hold(scope, error.code, Math.max(atLeast, backoff(attempts.unreachable, longest)));
        return { ...held, message: error.message };
      }
      return attempts.message >= MAX_ATTEMPTS
        ? { do: 'fail', error }
        : hold('chat', error.code, backoff(attempts.message), { counts: true });
    case 'unknown':
      // The random id, or an idempotent call, makes another attempt safe even if the first one took effect.
      return repeat === 'never' || attempts.message >= MAX_ATTEMPTS
        ? { do: 'fail', error }
        : hold('chat', error.code, backoff(attempts.message), { unknown: true, counts: true });
    case 'fail':
      return { do: 'fail', error };
    case 'account':
      return failure.state === 'peer_limited' || failure.state === 'frozen'
        ? { do: 'stop-account', state: failure.state, error }
        : { do: 'end-account', state: failure.state, error };
  }
}

function scopeOf(scope: 'account' | 'chat' | 'resolve', makesMessages: boolean): HoldScope {
  if (scope === 'resolve') return 'look-ups';
  // Telegram limits each method. Only a wait on those that make messages says that the account writes too much.
  return scope === 'account' && !makesMessages ? 'type' : scope;
}

function backoff(attempts: number, longest = MAX_BACKOFF_MS): number {
  return Math.min(BACKOFF_MS * 2 ** (attempts - 1), longest);
}

function withJitter(ms: number, random: number): number {
  return Math.ceil(ms + random * Math.max(250, ms * JITTER));
}
