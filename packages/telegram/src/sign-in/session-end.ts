import { GatewayError, type AccountState } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../caller.ts';
import { UnknownKeyError } from '../errors/call-errors.ts';
import { TelegramFailure, type FailureOutcome } from '../errors/telegram-failure.ts';
import { currentUser } from './login.ts';

/** A refusal that says that the account's session ended. */
type EndOfSession = TelegramFailure & { failure: Extract<FailureOutcome, { outcome: 'account' }> };

/**
 * Confirms a refusal that says the session ended, by asking Telegram who is signed in: a single refusal is no proof.
 * @returns the error itself, or a retryable error if the session still works or the check fails.
 */
export async function confirmed(caller: Caller, error: unknown): Promise<unknown> {
  if (!saysEnded(error)) return error;
  try {
    await currentUser(caller);
  } catch (answer) {
    // Telegram says "duplicated" only once; afterwards it says only that the session ended. Keep the more precise
    // error.
    if (saysEnded(answer) && error.failure.state === 'duplicated') return error;
    if (answer instanceof TelegramFailure && answer.failure.outcome !== 'fail') return answer;
  }
  const contradicted = new GatewayError(
    'TELEGRAM_UNAVAILABLE',
    'Telegram refused the call as if the session had ended, and knows the session.',
    { rpcError: error.error.details.rpcError, cause: error },
  );
  return new TelegramFailure({ outcome: 'retry', reached: true }, contradicted, error);
}

/** Ends the session at Telegram. Succeeds too if Telegram does not know it any more. */
export async function logOut(caller: Caller): Promise<void> {
  const end = () => caller.act(new Api.auth.LogOut());
  try {
    await end();
  } catch (error) {
    if (!isSignedOut(error)) throw error;
    // A single refusal does not prove that the account is signed out: check, and log out again.
    if (saysEnded(error) && (await isSignedIn(caller))) await end();
  }
}

const ENDED: ReadonlySet<AccountState> = new Set(['revoked', 'banned', 'duplicated']);

/**
 * Whether a single refusal says that the session ended. An unknown key does not count: three connections have already
 * confirmed it.
 */
export function saysEnded(error: unknown): error is EndOfSession {
  if (!(error instanceof TelegramFailure) || error.failure.outcome !== 'account') return false;
  if (error.cause instanceof UnknownKeyError) return false;
  return ENDED.has(error.failure.state);
}

async function isSignedIn(caller: Caller): Promise<boolean> {
  try {
    await currentUser(caller);
    return true;
  } catch (error) {
    if (!isSignedOut(error)) throw error;
    return false;
  }
}

/** Whether Telegram does not know the session (any more), which is the aim of logging out. */
function isSignedOut(error: unknown): boolean {
  if (!(error instanceof TelegramFailure) || error.failure.outcome !== 'account') return false;
  return error.failure.state !== 'frozen' && error.failure.state !== 'peer_limited';
}
