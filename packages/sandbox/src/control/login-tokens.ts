import { acceptToken } from '../rpc/methods/sign-in/sign-in-by-token.ts';
import type { Telegram } from '../rpc/telegram.ts';
import type { Account } from '../state/model.ts';
import { RpcError } from '../types.ts';
import { accountOfPhone, knownAccount } from './accounts.ts';
import { ControlError } from './control-error.ts';
import type { LoginTokenRequest } from './http/requests.ts';

const REFUSALS: Record<string, { status: 404 | 409; message: string }> = {
  AUTH_TOKEN_INVALID: { status: 404, message: 'there is no such login token' },
  AUTH_TOKEN_EXPIRED: { status: 409, message: 'the login token has expired: scan the next one' },
  AUTH_TOKEN_ALREADY_ACCEPTED: { status: 409, message: 'the login token has been scanned already' },
};

/**
 * Makes an account scan the QR code that another client shows.
 * @throws {ControlError} 404 if the account or the token does not exist, 409 if the token cannot be accepted any more.
 */
export function acceptLoginToken(telegram: Telegram, request: LoginTokenRequest): Account {
  const account = scannerOf(telegram, request);
  try {
    acceptToken(telegram, account, Buffer.from(tokenOf(request), 'base64url'));
  } catch (error) {
    const refusal = error instanceof RpcError ? REFUSALS[error.message] : undefined;
    if (refusal === undefined) throw error;
    throw new ControlError(refusal.status, refusal.message);
  }
  return account;
}

function scannerOf(telegram: Telegram, { id, phone = '' }: LoginTokenRequest): Account {
  if (id !== undefined) return knownAccount(telegram, id);
  const account = accountOfPhone(telegram, phone);
  if (account === undefined) throw new ControlError(404, `${phone} has no account`);
  return account;
}

/** The token of the request, in base64url. */
function tokenOf({ url, token = '' }: LoginTokenRequest): string {
  if (url === undefined) return token;
  const shown = URL.canParse(url) ? new URL(url) : undefined;
  const found = shown?.protocol === 'tg:' ? shown.searchParams.get('token') : null;
  if (found === null || found === undefined) throw new ControlError(400, 'url: no tg://login?token=…');
  return found;
}
