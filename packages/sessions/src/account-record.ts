import { isSignedIn } from '@gateway/contracts';
import * as z from 'zod';
import {
  accountStatusSchema,
  SessionStoreError,
  storedNetworkSchema,
  type AccountStatus,
  type StoredAccount,
  type StoredLogin,
  type StoredNetwork,
} from './session-store.ts';
import type { StoredReceiving } from './stored-receiving.ts';

/** The part of an account's record that is not secret. */
export interface AccountRecord {
  readonly status: AccountStatus;
  /** The state of the login in progress; it is shown in place of `status.state`. `null`: no login. */
  readonly loginState: LoginState | null;
}

const loginStateSchema = z.enum(['code_sent', 'qr_pending', 'password_required']);
type LoginState = z.infer<typeof loginStateSchema>;

/** A login in progress, as the stores have it beside the status. */
export const loginRecordSchema = z.object({
  state: loginStateSchema,
  /** The whole {@link StoredLogin}. */
  sealed: z.string(),
  /** How the account connected before the login; absent: the login has not changed that. */
  former_network: storedNetworkSchema.optional(),
});
export type LoginRecord = z.infer<typeof loginRecordSchema>;

const NO_TROUBLE = { reason: null, next_action: null };
export const NO_STATUS: AccountStatus = { state: 'none', user: null, ...NO_TROUBLE };

const LOGIN_STATES: Record<StoredLogin['awaiting'], LoginState> = {
  code: 'code_sent',
  scan: 'qr_pending',
  password: 'password_required',
};

/** Status and login after a step of a login was saved. @param network how it connects; `undefined`: as before. */
export function afterLoginStep(
  before: { status: AccountStatus; login: LoginRecord | null },
  { awaiting }: StoredLogin,
  sealed: string,
  network: StoredNetwork | undefined,
): { status: AccountStatus; login: LoginRecord } {
  const former = before.login?.former_network ?? (network && networkOf(before.status));
  return {
    status: withNetwork(before.status, network),
    login: { state: LOGIN_STATES[awaiting], sealed, ...(former && { former_network: former }) },
  };
}

/** The status after a login that ended without success. */
export function afterFailedLogin(status: AccountStatus, { former_network }: LoginRecord): AccountStatus {
  return withNetwork(status, former_network);
}

/**
 * The status that callers see. The state of a login in progress replaces that of the session; the other fields stay.
 */
function shownStatus({ status, loginState }: AccountRecord): AccountStatus {
  if (loginState === null) return accountStatusSchema.parse(status);
  return accountStatusSchema.parse({ ...status, ...NO_TROUBLE, state: loginState });
}

/** Combines the parts of an account that the store could read. An unreadable login leaves the session usable. */
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

/** The part of a status that says how the account connects. */
export function networkOf({ proxy, sealed_proxy, device }: AccountStatus): StoredNetwork {
  return {
    ...(proxy !== undefined && { proxy }),
    ...(sealed_proxy !== undefined && { sealed_proxy }),
    ...(device !== undefined && { device }),
  };
}

/** The status with another network; `undefined`: unchanged. */
function withNetwork(status: AccountStatus, network: StoredNetwork | undefined): AccountStatus {
  if (network === undefined) return status;
  const { proxy: _proxy, sealed_proxy: _sealed, device: _device, ...others } = status;
  return { ...others, ...network };
}

/**
 * The status after a session is saved: `ready` after a sign-in, unchanged if only the session of a signed-in account
 * changed. `forgetsPeers`: a different Telegram user is signed in now.
 */
export function afterSession(
  before: AccountRecord | null,
  user: AccountStatus['user'],
  network?: StoredNetwork,
): { status: AccountStatus; forgetsPeers: boolean } {
  const status = withNetwork(before?.status ?? NO_STATUS, network);
  const known = status.user;
  const goesOn = before !== null && before.loginState === null && isSignedIn(status.state);
  // A sign-in keeps the fields that do not depend on the state, such as the account's own pace.
  const next = goesOn ? status : { ...status, ...NO_TROUBLE, state: 'ready' };
  const isOther = user !== null && known !== null && user.id !== known.id;
  const receiving = isOther && status.receiving && { receiving: turnedOff(status.receiving) };
  return {
    status: accountStatusSchema.parse({ ...next, ...receiving, user: user ?? known }),
    forgetsPeers: isOther,
  };
}

/** Only the numbers of the events go on. */
function turnedOff({ seq_limit }: StoredReceiving): StoredReceiving {
  return { enabled: false, since: null, filter: {}, seq_limit };
}
