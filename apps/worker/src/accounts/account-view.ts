import {
  GatewayError,
  isFloodReason,
  isSignedIn,
  type AccountView,
  type Hold,
  type PendingSignIn,
} from '@gateway/contracts';
import type { AccountStatus, StoredLogin } from '@gateway/sessions';

/** The account as the API shows it. */
export function viewOf(
  { receiving, replies_only: rule, sealed_proxy: _sealed, device: _device, ...status }: AccountStatus,
  hold: Hold | null,
  login: StoredLogin | null,
): AccountView {
  return {
    ...status,
    state: stateOf(status, hold),
    ...(rule && { replies_only: { ...rule, receiving: receiving?.enabled === true } }),
    ...(login !== null && { sign_in: signInOf(login) }),
    hold,
  };
}

function signInOf(login: StoredLogin): PendingSignIn {
  const { kind, hint } = login;
  if (kind === 'qr') return { by: kind, hint };
  const { phoneNumber, sentAt } = login;
  const { phone_code_hash: _hash, ...sent } = login.sent;
  return { by: kind, phone_number: phoneNumber, ...sent, sent_at: new Date(sentAt).toISOString(), hint };
}

/** The state that the API shows. A flood wait turns `ready` into `flood_wait`. */
export function stateOf({ state }: AccountStatus, hold: Hold | null): AccountView['state'] {
  const isFlooded = state === 'ready' && hold !== null && isFloodReason(hold.reason);
  return isFlooded ? 'flood_wait' : state;
}

/** The error that all sends of the account fail with; `null` if it is signed in. */
export function endOf({ state, reason }: AccountStatus, disconnected: boolean): GatewayError | null {
  if (isSignedIn(state)) return null;
  if (state === 'unreadable') return new GatewayError('SESSION_UNREADABLE');
  if (disconnected) return new GatewayError('ACCOUNT_DISCONNECTED');
  const details = reason === null ? {} : { rpcError: reason };
  if (state === 'banned') return new GatewayError('ACCOUNT_BANNED', undefined, details);
  const message = state === 'revoked' ? 'Telegram has ended this session: sign in again.' : undefined;
  return new GatewayError('NOT_AUTHORIZED', message, details);
}
