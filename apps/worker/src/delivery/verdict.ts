import { GatewayError, holdReasonOf, type AccountState, type HoldReason } from '@gateway/contracts';
import { TelegramFailure } from '@gateway/telegram';

/** What becomes of a job, and of its account, after a try that failed. */
export type Verdict =
  /** Nothing: the job keeps its place. */
  | { do: 'stay' }
  /** Nothing of the account, of the chat, or nothing that needs a look-up is sent before `ms` are over; the job keeps its place. */
  | {
      do: 'hold';
      scope: 'account' | 'chat' | 'look-ups';
      reason: HoldReason;
      /** Why Telegram is not reached, in words. */
      message?: string;
      ms: number;
      /** It may have gone out. */
      unknown: boolean;
      /** It was one of the tries that a message has; a wait that was asked for, or an outage, is none. */
      counts: boolean;
    }
  /** The job has failed for good; the account goes on. */
  | { do: 'fail'; error: GatewayError }
  /** The account cannot send any more and a person must sign in again: this job and those behind it fail. */
  | { do: 'end-account'; state: AccountState; error: GatewayError }
  /** A person must look at the account; its jobs stay in line until then. */
  | { do: 'stop-account'; state: AccountState; error: GatewayError };

/** How often something was tried in a row so far, this time included. */
export interface Tries {
  /** This message, as far as it counts. */
  message: number;
  /** Telegram, without reaching it. */
  unreachable: number;
}

/** Backoff while Telegram cannot be reached, by number of tries: 1 s, 2 s, 4 s … */
const BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 15_000;

/** The same while only another setting helps: a try costs little, and nobody waits for it. */
const MAX_BACKOFF_MISCONFIGURED_MS = 60_000;

/** Tries of one message at a Telegram that is reached; then it has failed, so that it does not keep back its chat for ever. */
const MAX_TRIES = 8;

/** Added to a wait so that a herd does not come back in the same instant, and clocks may differ a little: up to this part, at least 250 ms. */
const JITTER = 0.02;

/** @param random 0 … 1, for jitter. */
export function judge(thrown: unknown, tries: Tries, random: number): Verdict {
  if (!(thrown instanceof TelegramFailure)) return { do: 'fail', error: GatewayError.from(thrown) };
  const { failure, error } = thrown;
  const hold = (
    scope: 'account' | 'chat' | 'look-ups',
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
      const scope = failure.scope === 'resolve' ? 'look-ups' : failure.scope;
      return hold(scope, holdReasonOf(error.details.rpcError ?? error.code), failure.seconds * 1_000);
    }
    case 'retry':
      // An outage ends by itself, and says nothing about this message: the lane bounds it by time.
      if (!failure.reached) {
        const longest =
          error.code === 'TELEGRAM_MISCONFIGURED' ? MAX_BACKOFF_MISCONFIGURED_MS : MAX_BACKOFF_MS;
        const atLeast = (error.details.retryAfter ?? 0) * 1_000;
        const held = hold('account', error.code, Math.max(atLeast, backoff(tries.unreachable, longest)));
        return { ...held, message: error.message };
      }
      return tries.message >= MAX_TRIES
        ? { do: 'fail', error }
        : hold('chat', error.code, backoff(tries.message), { counts: true });
    case 'unknown':
      // The random id makes a second try safe even if the first took effect.
      return tries.message >= MAX_TRIES
        ? { do: 'fail', error }
        : hold('chat', error.code, backoff(tries.message), { unknown: true, counts: true });
    case 'fail':
      return { do: 'fail', error };
    case 'account':
      return failure.state === 'peer_limited' || failure.state === 'frozen'
        ? { do: 'stop-account', state: failure.state, error }
        : { do: 'end-account', state: failure.state, error };
  }
}

function backoff(tries: number, longest = MAX_BACKOFF_MS): number {
  return Math.min(BACKOFF_MS * 2 ** (tries - 1), longest);
}

function withJitter(ms: number, random: number): number {
  return Math.ceil(ms + random * Math.max(250, ms * JITTER));
}
