import { randomBytes } from 'node:crypto';
import type { Account, LoginToken } from '../../../state/model.ts';
import type { TlObject } from '../../../types.ts';
import { acceptedTokens, authorizationObject, signIn, UNKNOWN_CLIENT } from '../../authorizations.ts';
import { rpcError } from '../../errors.ts';
import { bytesField } from '../../fields.ts';
import { unixSeconds, type Request, type Telegram, type UserRequest } from '../../telegram.ts';
import { checkApiCredentials } from './api-credentials.ts';

/** Returns a token to show as a QR code, or the finished sign-in once somebody has accepted a token of this key. */
export function exportLoginToken(request: Request): TlObject {
  const { call, query, telegram } = request;
  checkApiCredentials(query);
  const [accepted] = acceptedTokens(telegram, call.authKeyId);
  if (accepted !== undefined) return redeem(request, accepted);
  const token: LoginToken = {
    token: randomBytes(24).toString('hex'),
    authKeyId: call.authKeyId,
    client: call.client ?? UNKNOWN_CLIENT,
    expiresAt: telegram.now() + telegram.settings.login_token_lifetime_seconds * 1_000,
  };
  telegram.store.commit({ type: 'login_token_issued', token });
  return {
    _: 'auth.loginToken',
    expires: Math.floor(token.expiresAt / 1_000),
    token: Buffer.from(token.token, 'hex'),
  };
}

/** Finishes a QR sign-in that began at another data centre. */
export function importLoginToken(request: Request): TlObject {
  const token = findToken(request.telegram, bytesField(request.query, 'token'));
  if (token.acceptedBy === undefined) throw rpcError('AUTH_TOKEN_INVALID');
  return redeem(request, token);
}

function redeem(request: Request, token: LoginToken): TlObject {
  const account = request.telegram.store.state.accounts.get(token.acceptedBy ?? 0);
  if (account === undefined) throw rpcError('AUTH_TOKEN_INVALID');
  if (account.homeDc !== request.call.dcId) {
    return { _: 'auth.loginTokenMigrateTo', dc_id: account.homeDc, token: Buffer.from(token.token, 'hex') };
  }
  const authorization = signIn(request, account, [{ type: 'login_token_used', token: token.token }]);
  return { _: 'auth.loginTokenSuccess', authorization };
}

/** A signed-in account accepts a token. The key that showed the token gets a push to export again. */
export function acceptLoginToken({ account, query, telegram }: UserRequest): TlObject {
  return acceptToken(telegram, account, bytesField(query, 'token'));
}

/** As {@link acceptLoginToken}, also for the control API. @throws {RpcError} AUTH_TOKEN_… */
export function acceptToken(telegram: Telegram, account: Account, shown: Buffer): TlObject {
  const token = findToken(telegram, shown);
  if (token.acceptedBy !== undefined) throw rpcError('AUTH_TOKEN_ALREADY_ACCEPTED');
  telegram.store.commit({ type: 'login_token_accepted', token: token.token, accountId: account.id });
  const date = unixSeconds(telegram);
  telegram.network().push(token.authKeyId, { _: 'updateShort', update: { _: 'updateLoginToken' }, date });
  const { authKeyId, client } = token;
  const status = {
    kind: account.password === undefined ? ('authorized' as const) : ('password_needed' as const),
  };
  const authorization = {
    authKeyId,
    accountId: account.id,
    status,
    dcId: account.homeDc,
    since: date,
    client,
  };
  return authorizationObject(telegram, authorization, undefined);
}

function findToken(telegram: Telegram, shown: Buffer): LoginToken {
  const token = telegram.store.state.loginTokens.get(shown.toString('hex'));
  if (token === undefined) throw rpcError('AUTH_TOKEN_INVALID');
  if (token.expiresAt <= telegram.now()) throw rpcError('AUTH_TOKEN_EXPIRED');
  return token;
}
