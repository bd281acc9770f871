import type { QrResult } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from './caller.ts';
import { rpcNameOf } from './errors.ts';
import { afterLostAnswer, inLogin, isLost, passwordRequired, userOf, type ApiCredentials } from './login.ts';

/** Telegram tells the connection that shows a token when somebody has accepted it. */
const LISTENING = { takesUpdates: true };

/**
 * A login token to be scanned, or what came of one that was scanned. A user who is at home in another data centre is signed in there:
 * `moveTo` leaves this one. May be called again at any time, after a lost answer too: Telegram goes by the session's key.
 */
export async function exportLoginToken(
  caller: Caller,
  { apiId, apiHash }: ApiCredentials,
  moveTo: (dcId: number) => Promise<void>,
): Promise<QrResult> {
  try {
    const answer = await caller.act(
      new Api.auth.ExportLoginToken({ apiId, apiHash, exceptIds: [] }),
      LISTENING,
    );
    return resultOf(await migrated(caller, answer, moveTo));
  } catch (error) {
    if (rpcNameOf(error) === 'SESSION_PASSWORD_NEEDED') return passwordRequired(caller);
    if (!isLost(error)) throw inLogin(error);
    return afterLostAnswer(caller, error);
  }
}

async function migrated(
  caller: Caller,
  answer: Api.auth.TypeLoginToken,
  moveTo: (dcId: number) => Promise<void>,
): Promise<Api.auth.TypeLoginToken> {
  if (!(answer instanceof Api.auth.LoginTokenMigrateTo)) return answer;
  await moveTo(answer.dcId);
  return caller.act(new Api.auth.ImportLoginToken({ token: answer.token }), LISTENING);
}

function resultOf(answer: Api.auth.TypeLoginToken): QrResult {
  if (answer instanceof Api.auth.LoginTokenSuccess)
    return { status: 'authorized', user: userOf(answer.authorization) };
  if (answer instanceof Api.auth.LoginToken) {
    return {
      status: 'qr',
      url: `tg://login?token=${answer.token.toString('base64url')}`,
      expires_at: new Date(answer.expires * 1_000).toISOString(),
    };
  }
  throw new Error('Telegram sends from one data centre to another, and on from there');
}
