import type { StateEvent } from '../state/events.ts';
import type { Account, Authorization, LoginAttempt, LoginToken } from '../state/model.ts';
import type { ClientInfo, TlObject } from '../types.ts';
import { derivedLong } from './accounts.ts';
import { rpcError } from './errors.ts';
import { userObject } from './objects.ts';
import { unixSeconds, type Request, type Telegram } from './telegram.ts';

export const UNKNOWN_CLIENT: ClientInfo = { apiId: 0, deviceModel: 'unknown', appVersion: 'unknown' };

/**
 * Signs in the caller's auth key after the first step (code or token) proved that the account belongs to the caller.
 * Only the password may still be missing.
 *
 * @param also further events to commit together with the sign-in.
 * @throws {RpcError} SESSION_PASSWORD_NEEDED if the account has a password; the completed first step is stored.
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

/** A sign-in as shown in the owner's list of devices. */
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

/** Every sign-in of an account that has not ended. */
export function liveAuthorizations({ store }: Telegram, accountId: number): Authorization[] {
  return [...(store.state.authKeysOf.get(accountId) ?? [])].flatMap((authKeyId) => {
    const authorization = store.state.authorizations.get(authKeyId);
    return authorization === undefined || authorization.status.kind === 'ended' ? [] : [authorization];
  });
}

/** Ends a sign-in: later calls with this key get `error`. Does nothing for a key that is not signed in. */
export function endAuthorization({ store }: Telegram, authKeyId: string, error: string): void {
  if (!store.state.authorizations.has(authKeyId)) return;
  store.commit({ type: 'authorization_changed', authKeyId, status: { kind: 'ended', error } });
}

/** The login codes that a key requested and that are not closed (used, cancelled or replaced). */
export function openAttempts({ store }: Telegram, authKeyId: string): LoginAttempt[] {
  return [...store.state.attempts.values()].filter(
    (attempt) => attempt.authKeyId === authKeyId && !attempt.closed,
  );
}

/** The login tokens of a key that somebody has accepted and that have not expired. */
export function acceptedTokens({ store, now }: Telegram, authKeyId: string): LoginToken[] {
  return [...store.state.loginTokens.values()].filter(
    (token) => token.authKeyId === authKeyId && token.acceptedBy !== undefined && token.expiresAt > now(),
  );
}
