import { GatewayError, type VerifyResult } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { QrCaller } from '../caller.ts';
import { rpcNameOf, toFailure } from '../errors/errors.ts';
import { TelegramFailure } from '../errors/telegram-failure.ts';
import type { QrLogin } from '../types.ts';
import { currentUser, isLost, passwordRequired, userOf, type ApiCredentials } from './login.ts';

/** Most migrations after one scan. Telegram names the right data centre at once. */
const MAX_MIGRATIONS = 2;

/**
 * Returns a new code to scan. If the key's last code was scanned, completes the sign-in in the account's data centre.
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
 * The result of an earlier step whose answer was lost: the key may be signed in by now, or need only the password.
 * `undefined`: neither.
 */
export async function signedInMeanwhile(caller: QrCaller): Promise<VerifyResult | undefined> {
  try {
    return { status: 'authorized', user: await currentUser(caller) };
  } catch (error) {
    if (rpcNameOf(error) === 'SESSION_PASSWORD_NEEDED') return passwordRequired(caller);
    // Telegram answers "no such session" for a key that nobody has signed in with yet.
    if (error instanceof TelegramFailure && error.failure.outcome === 'account') return undefined;
    throw error;
  }
}

/** Imports a scanned token. A scan expires with its code; if it came too late, a new code is returned. */
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
 * Runs a step that signs in if a code was scanned. A missing password becomes `password_required`. If the answer is
 * lost, Telegram is asked whether the step took effect; if it did not, the step is repeated once.
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

/**
 * Continues in another data centre. After a failure without effect there, it returns to the data centre that knows of
 * the scan.
 */
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
