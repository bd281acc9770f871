import type { RpcCall, TlValue } from '../types.ts';
import { rpcError } from './errors.ts';
import {
  ANYWHERE_METHODS,
  HOME_METHODS,
  NOT_FOR_BOTS,
  OPEN_METHODS,
  PASSWORD_METHODS,
} from './methods/index.ts';
import type { Telegram } from './telegram.ts';

/** Executes a call if its auth key may make it. @throws {RpcError} */
export function dispatch(telegram: Telegram, call: RpcCall): TlValue {
  const { query } = call;
  const authorization = telegram.store.state.authorizations.get(call.authKeyId);
  // A duplicated key cannot be used again. After any other end of a sign-in, the key can sign in again.
  if (authorization?.status.kind === 'ended' && authorization.status.error === 'AUTH_KEY_DUPLICATED') {
    throw rpcError('AUTH_KEY_DUPLICATED');
  }
  const open = OPEN_METHODS.get(query._);
  if (open !== undefined) return open({ call, query, telegram });

  const account = telegram.store.state.accounts.get(authorization?.accountId ?? 0);
  if (!isImplemented(query._)) throw rpcError('INPUT_METHOD_INVALID');
  if (authorization === undefined || account === undefined) throw rpcError('AUTH_KEY_UNREGISTERED');
  if (authorization.status.kind === 'ended') throw rpcError(authorization.status.error);
  if (account.botToken !== undefined && NOT_FOR_BOTS.has(query._)) throw rpcError('BOT_METHOD_INVALID');
  const request = { call, query, telegram, account };
  const password = PASSWORD_METHODS.get(query._);
  if (password !== undefined) return password(request);
  if (authorization.status.kind === 'password_needed') throw rpcError('SESSION_PASSWORD_NEEDED');
  const anywhere = ANYWHERE_METHODS.get(query._);
  if (anywhere !== undefined) return anywhere(request);
  const home = HOME_METHODS.get(query._);
  if (account.homeDc !== call.dcId) throw rpcError(`USER_MIGRATE_${account.homeDc}`);
  if (home === undefined) throw rpcError('INPUT_METHOD_INVALID');
  return home(request);
}

function isImplemented(method: string): boolean {
  return [PASSWORD_METHODS, ANYWHERE_METHODS, HOME_METHODS].some((methods) => methods.has(method));
}
