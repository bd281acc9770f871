import { isSignedIn } from '@gateway/contracts';
import * as z from 'zod';
import {
  accountStatusSchema,
  SessionStoreError,
  type AccountStatus,
  type StoredAccount,
  type StoredLogin,
} from './session-store.ts';

/** What a store says of an account beside its secrets. */
export interface AccountRecord {
  readonly status: AccountStatus;
  /** The state that a login under way puts in front; `null`: there is none. */
  readonly loginState: LoginState | null;
}

export const loginStateSchema = z.enum(['code_sent', 'qr_pending', 'password_required']);
export type LoginState = z.infer<typeof loginStateSchema>;

const NO_TROUBLE = { reason: null, next_action: null };
export const NO_STATUS: AccountStatus = { state: 'none', user: null, ...NO_TROUBLE };

const LOGIN_STATES: Record<StoredLogin['awaiting'], LoginState> = {
  code: 'code_sent',
  scan: 'qr_pending',
  password: 'password_required',
};

export function loginStateOf(login: StoredLogin): LoginState {
  return LOGIN_STATES[login.awaiting];
}

/**
 * The status as callers see it: a login under way is in front of the state, whatever is said of the session meanwhile. The rest (its
 * user, its own pace) is the account's in every state.
 */
function shownStatus({ status, loginState }: AccountRecord): AccountStatus {
  if (loginState === null) return accountStatusSchema.parse(status);
  return accountStatusSchema.parse({ ...status, ...NO_TROUBLE, state: loginState });
}

/** The account from what the store could open of it. A login that cannot be read does not keep a session from being used. */
export function storedAccount(
  userId: string,
  record: AccountRecord,
  session: string | null | SessionStoreError,
  login: StoredLogin | null | SessionStoreError,
): StoredAccount {
  const opened = login instanceof SessionStoreError ? null : login;
  const unreadable = [session, login].find((part) => part instanceof SessionStoreError);
  return {
    userId,
    status: shownStatus({ status: record.status, loginState: opened === null ? null : record.loginState }),
    session: session instanceof SessionStoreError ? null : session,
    login: opened,
    ...(unreadable !== undefined && { unreadable }),
  };
}

/**
 * The status once a session is kept: ready after a sign-in; as before where the session of a signed-in account has changed.
 * `forgetsPeers`: another Telegram user is signed in than before.
 */
export function afterSession(
  before: AccountRecord | null,
  user: AccountStatus['user'],
): { status: AccountStatus; forgetsPeers: boolean } {
  const status = before?.status ?? NO_STATUS;
  const known = status.user;
  const goesOn = before !== null && before.loginState === null && isSignedIn(status.state);
  // What is the account's in every state, as its own pace, no sign-in changes.
  const next = goesOn ? status : { ...status, ...NO_TROUBLE, state: 'ready' };
  return {
    status: accountStatusSchema.parse({ ...next, user: user ?? known }),
    forgetsPeers: user !== null && known !== null && user.id !== known.id,
  };
}
