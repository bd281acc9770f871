import type { StateEvent } from '../state/events.ts';
import type { Account, Authorization, LoginAttempt, LoginToken } from '../state/model.ts';
import type { ClientInfo, TlObject } from '../types.ts';
import { derivedLong } from './accounts.ts';
import { rpcError } from './errors.ts';
import { userObject } from './objects.ts';
import { unixSeconds, type Request, type Telegram } from './telegram.ts';

export const UNKNOWN_CLIENT: ClientInfo = { apiId: 0, deviceModel: 'unknown', appVersion: 'unknown' };

/**
 * Signs the caller's auth key in once the account is proven to be its own, but for the password.
 *
 * @param also what else happens with it.
 * @throws {RpcError} SESSION_PASSWORD_NEEDED where the account has a password; that step is remembered.
 */
export function signIn({ call, telegram }: Request, account: Account, also: StateEvent[] = []): TlObject {
  const authorization: Authorization = {
    authKeyId: call.authKeyId,
    accountId: account.id,
    status: { kind: account.password === undefined ? 'authorized' : 'password_needed' },
    dcId: call.dcId,
    since: unixSeconds(telegram),
    client: call.client ?? UNKNOWN_CLIENT,
  };
  if (account.password !== undefined) {
    telegram.store.commit({ type: 'signed_in', authorization });
    throw rpcError('SESSION_PASSWORD_NEEDED');
  }
  telegram.store.commit({ type: 'signed_in', authorization }, ...also);
  return authorizationAnswer(telegram, account);
}

export function authorizationAnswer({ store }: Telegram, account: Account): TlObject {
  return { _: 'auth.authorization', user: userObject(store, account.id, account.id) };
}

/** What the owner sees of a sign-in, in the list of devices. */
export function authorizationObject(
  { store }: Telegram,
  authorization: Authorization,
  currentKey: string | undefined,
): TlObject {
  const { authKeyId, client, since } = authorization;
  return {
    _: 'authorization',
    current: authKeyId === currentKey,
    password_pending: authorization.status.kind === 'password_needed',
    hash: authKeyId === currentKey ? 0n : authorizationHash(store, authKeyId),
    device_model: client.deviceModel,
    platform: 'unknown',
    system_version: 'unknown',
    api_id: client.apiId,
    app_name: 'sandbox client',
    app_version: client.appVersion,
    date_created: since,
    date_active: since,
    ip: '127.0.0.1',
    country: 'unknown',
    region: '',
  };
}

export function authorizationHash(store: Telegram['store'], authKeyId: string): bigint {
  return derivedLong(store, `authorization ${authKeyId}`);
}

/** Every sign-in of an account that still works. */
export function liveAuthorizations({ store }: Telegram, accountId: number): Authorization[] {
  return [...(store.state.authKeysOf.get(accountId) ?? [])].flatMap((authKeyId) => {
    const authorization = store.state.authorizations.get(authKeyId);
    return authorization === undefined || authorization.status.kind === 'ended' ? [] : [authorization];
  });
}

/** From now on calls by this key get `error`. A key that is not signed in stays as it is. */
export function endAuthorization({ store }: Telegram, authKeyId: string, error: string): void {
  if (!store.state.authorizations.has(authKeyId)) return;
  store.commit({ type: 'authorization_changed', authKeyId, status: { kind: 'ended', error } });
}

/** The codes that a key asked for and has not used. */
export function openAttempts({ store }: Telegram, authKeyId: string): LoginAttempt[] {
  return [...store.state.attempts.values()].filter(
    (attempt) => attempt.authKeyId === authKeyId && !attempt.closed,
  );
}

/** Tokens that a key has shown and somebody has accepted, as long as they are good. */
export function acceptedTokens({ store, now }: Telegram, authKeyId: string): LoginToken[] {
  return [...store.state.loginTokens.values()].filter(
    (token) => token.authKeyId === authKeyId && token.acceptedBy !== undefined && token.expiresAt > now(),
  );
}
