import { GatewayError, type VerifyResult } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { QrCaller } from './caller.ts';
import { rpcNameOf, toFailure } from './errors.ts';
import { currentUser, isLost, passwordRequired, userOf, type ApiCredentials } from './login.ts';
import { TelegramFailure, type QrLogin } from './types.ts';

/** Data centres that one scan may send us to: Telegram names the right one at once. */
const MAX_MIGRATIONS = 2;

/**
 * A new code to be scanned, or, if the key's last one was scanned, the sign-in itself, in the data centre where the account lives.
 */
export async function exportLoginToken(
  caller: QrCaller,
  { apiId, apiHash }: ApiCredentials,
): Promise<QrLogin> {
  const request = () => new Api.auth.ExportLoginToken({ apiId, apiHash, exceptIds: [] });
  let answer = await signInStep(caller, () => caller.actAndListen(request()));
  for (let migrations = 0; answer instanceof Api.auth.LoginTokenMigrateTo; migrations++) {
    const { dcId, token } = answer;
    if (migrations === MAX_MIGRATIONS) throw notUnderstood();
    answer = await migrate(caller, dcId, () =>
      signInStep(caller, () => importOrExport(caller, token, request())),
    );
  }
  if (answer instanceof Api.auth.LoginToken) {
    return { status: 'qr', url: qrUrl(answer.token), expiresAt: answer.expires * 1_000 - caller.clockAhead };
  }
  if (answer instanceof Api.auth.LoginTokenSuccess)
    return { status: 'authorized', user: userOf(answer.authorization) };
  if ('status' in answer) return answer;
  throw notUnderstood();
}

/**
 * What came of an earlier step whose answer nobody has: the key may be signed in by now, or between scan and password. `undefined`: it is
 * neither.
 */
export async function signedInMeanwhile(caller: QrCaller): Promise<VerifyResult | undefined> {
  try {
    return { status: 'authorized', user: await currentUser(caller) };
  } catch (error) {
    if (rpcNameOf(error) === 'SESSION_PASSWORD_NEEDED') return passwordRequired(caller);
    // "No such session" is what Telegram says of a key that nobody has signed in with yet.
    if (error instanceof TelegramFailure && error.failure.outcome === 'account') return undefined;
    throw error;
  }
}

/** A scan is good for as long as the code was: one that came too late is told by a new code. */
async function importOrExport(
  caller: QrCaller,
  token: Buffer,
  again: Api.auth.ExportLoginToken,
): Promise<Api.auth.TypeLoginToken> {
  try {
    return await caller.act(new Api.auth.ImportLoginToken({ token }));
  } catch (error) {
    if (!/^AUTH_TOKEN_(?:EXPIRED|INVALID)/.test(rpcNameOf(error) ?? '')) throw error;
    return caller.actAndListen(again);
  }
}

/**
 * A step that signs in where a code was scanned: the password that is still needed is told as what it is, and a lost answer is asked
 * after. Where the step had no effect it is repeated, once.
 */
async function signInStep<T>(
  caller: QrCaller,
  step: () => Promise<T>,
  isRepeated = false,
): Promise<T | VerifyResult> {
  try {
    return await step();
  } catch (error) {
    if (rpcNameOf(error) === 'SESSION_PASSWORD_NEEDED') return passwordRequired(caller);
    if (isRepeated || !isLost(error)) throw error;
    const meanwhile = await signedInMeanwhile(caller).catch(() => {
      throw error;
    });
    return meanwhile ?? signInStep(caller, step, true);
  }
}

/** Goes on in another data centre; a trouble on the way that has no effect there leaves the account where the scan is known. */
async function migrate<T>(caller: QrCaller, dcId: number, step: () => Promise<T>): Promise<T> {
  const { home } = caller;
  await caller.startOver(dcId);
  try {
    return await step();
  } catch (error) {
    if (!isLost(error)) await caller.returnTo(home);
    throw error;
  }
}

function qrUrl(token: Buffer): string {
  return `tg://login?token=${token.toString('base64url')}`;
}

function notUnderstood(): TelegramFailure {
  return toFailure(new GatewayError('TELEGRAM_ERROR', 'The answer to a QR sign-in is not understood.'), true);
}
