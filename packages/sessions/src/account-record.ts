import { isSignedIn } from '@gateway/contracts';
import { accountStatusSchema, type AccountStatus, type StoredLogin } from './session-store.ts';

/** What a store says of an account beside its secrets. */
export interface AccountRecord {
  readonly status: AccountStatus;
  /** The state that a login under way puts in front; `null`: there is none. */
  readonly loginState: LoginState | null;
}

export type LoginState = 'code_sent' | 'password_required';

const READY: AccountStatus = { state: 'ready', user: null, reason: null, next_action: null };
export const NO_STATUS: AccountStatus = { state: 'none', user: null, reason: null, next_action: null };

export function loginStateOf(login: StoredLogin): LoginState {
  return login.awaiting === 'code' ? 'code_sent' : 'password_required';
}

/** The status as callers see it: a login under way is in front, whatever is said of the session meanwhile. */
export function shownStatus({ status, loginState }: AccountRecord): AccountStatus {
  if (loginState === null) return accountStatusSchema.parse(status);
  return accountStatusSchema.parse({ ...NO_STATUS, state: loginState, user: status.user });
}

/**
 * The status once a session is kept: ready after a sign-in; as before where the session of a signed-in account has changed.
 * `forgetsPeers`: another Telegram user is signed in than before.
 */
export function afterSession(
  before: AccountRecord | null,
  user: AccountStatus['user'],
): { status: AccountStatus; forgetsPeers: boolean } {
  const known = before?.status.user ?? null;
  const goesOn = before !== null && before.loginState === null && isSignedIn(before.status.state);
  // An account's own pace is its owner's wish, which no sign-in changes.
  const pace = before?.status.pace === undefined ? {} : { pace: before.status.pace };
  const status = accountStatusSchema.parse({
    ...(goesOn ? before.status : { ...READY, ...pace }),
    user: user ?? known,
  });
  return { status, forgetsPeers: user !== null && known !== null && user.id !== known.id };
}
