import { GatewayError, type AccountState } from '@gateway/contracts';
import { TelegramFailure } from '@gateway/telegram';

/** What becomes of a job, and of its account, after a try that failed. */
export type Verdict =
  /** The job goes back to the head of the line; nothing of this account is sent before `ms` are over. */
  | { do: 'hold'; reason: string; ms: number }
  /** The job has failed for good; the account goes on. */
  | { do: 'fail'; error: GatewayError }
  /** The account cannot send any more and a person must sign in again: this job and those behind it fail. */
  | { do: 'end-account'; state: AccountState; error: GatewayError }
  /** A person must look at the account; its jobs stay in line until then. */
  | { do: 'stop-account'; state: AccountState; error: GatewayError };

/** Backoff while Telegram cannot be reached, by number of tries: 1 s, 2 s, 4 s … */
const BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 15_000;

/** Tries after which an error that Telegram itself answers with, again and again, is taken for final. */
const MAX_TRIES = 8;

/** Added to a wait so that a herd does not come back in the same instant, and clocks may differ a little: up to this part, at least 250 ms. */
const JITTER = 0.02;

/**
 * @param tries how often this job was tried in a row so far, this time included.
 * @param random 0 … 1, for jitter.
 */
export function judge(thrown: unknown, tries: number, random: number): Verdict {
  if (!(thrown instanceof TelegramFailure)) return { do: 'fail', error: GatewayError.from(thrown) };
  const { failure, error } = thrown;
  switch (failure.outcome) {
    case 'wait':
      return { do: 'hold', reason: waitReason(error), ms: withJitter(failure.seconds * 1_000, random) };
    case 'retry':
    case 'unknown': {
      // An outage ends by itself, however long it takes. The random id makes a second try safe even if the first took effect.
      const isOutage = error.code === 'TELEGRAM_UNAVAILABLE' || error.code === 'TELEGRAM_TIMEOUT';
      if (!isOutage && tries >= MAX_TRIES) return { do: 'fail', error };
      const ms = Math.min(BACKOFF_MS * 2 ** (tries - 1), MAX_BACKOFF_MS);
      return { do: 'hold', reason: error.code, ms: withJitter(ms, random) };
    }
    case 'fail':
      return { do: 'fail', error };
    case 'account':
      return failure.state === 'peer_limited' || failure.state === 'frozen'
        ? { do: 'stop-account', state: failure.state, error }
        : { do: 'end-account', state: failure.state, error };
  }
}

/** `FLOOD_WAIT_30` → `FLOOD_WAIT`. */
function waitReason(error: GatewayError): string {
  return error.details.rpcError?.replace(/_\d+$/, '') ?? error.code;
}

function withJitter(ms: number, random: number): number {
  return Math.ceil(ms + random * Math.max(250, ms * JITTER));
}
