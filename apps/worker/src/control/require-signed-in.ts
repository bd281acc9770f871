import { GatewayError } from '@gateway/contracts';
import type { Account } from '../accounts/account.ts';

/** @throws {GatewayError} `NOT_AUTHORIZED`, or the reason why the account cannot sign in any more. */
export function requireSignedIn({ ended }: Account): void {
  if (ended === null) return;
  // Queued jobs fail with ACCOUNT_DISCONNECTED. A new request only needs to know that the account is not signed in.
  throw ended.code === 'ACCOUNT_DISCONNECTED' ? new GatewayError('NOT_AUTHORIZED') : ended;
}
