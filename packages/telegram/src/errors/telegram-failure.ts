import type { AccountState, GatewayError } from '@gateway/contracts';

/**
 * What a failed call means for the job and the account.
 * - `wait`: Telegram demands a pause, and this call sent nothing. `scope` says what must pause: the account, one chat,
 *   or (`resolve`) only look-ups, so that sends to chats already known (`known` of `chatOf`) may continue.
 * - `retry`: this call sent nothing, and the same call may succeed later. `reached`: a connection existed, and Telegram
 *   had trouble with this call (a 5xx error, or no answer to a query). Otherwise there was no connection, which says
 *   nothing about the call. `onlyTransfers`: the connection for files is missing, and that for calls need not be.
 * - `fail`: this call will never succeed. `asked` is false if that was known without asking Telegram.
 * - `account`: the account itself is in trouble; its other calls will fail too.
 * - `unknown`: the call may have taken effect (timeout, broken connection). Only a call with the same random id may
 *   follow.
 */
export type FailureOutcome =
  | { outcome: 'wait'; scope: 'account' | 'chat' | 'resolve'; seconds: number }
  | { outcome: 'retry'; reached: boolean; onlyTransfers?: true }
  | { outcome: 'fail'; asked?: boolean }
  | { outcome: 'account'; state: AccountState }
  | { outcome: 'unknown' };

/** The only error that an {@link AccountClient} throws. */
export class TelegramFailure extends Error {
  readonly failure: FailureOutcome;
  /** The error for the API's caller. */
  readonly error: GatewayError;

  constructor(failure: FailureOutcome, error: GatewayError, cause?: unknown) {
    super(error.message, { cause });
    this.name = 'TelegramFailure';
    this.failure = failure;
    this.error = error;
  }
}
