import { GatewayError, type QrResult } from '@gateway/contracts';
import type { Logger } from '@gateway/runtime';
import type { Account } from '../accounts/account.ts';
import { abandon, authorize, endingDeadLogins, refuseIfSignedIn, sessionOf } from './sign-in.ts';

/**
 * A step of signing in by a QR code, to be run in the account's turn: begins it, gives a fresh code, or finishes it where the last one was
 * scanned; without `begins` it goes on with one that is under way. As with a code, the half-made session is written down before an answer is given.
 *
 * ```
 * none ──qr──▶ qr_pending ──scanned──▶ ready
 *              │  ▲ qr    └─two-factor─▶ password_required ──verify──▶ ready
 *            cancel ──▶ what it was before
 * ```
 */
export async function qrSignIn(account: Account, { begins }: { begins: boolean }): Promise<QrResult> {
  await refuseIfSignedIn(account);
  const { login } = account;
  if (login?.awaiting === 'password' && (login.kind === 'qr' || !begins))
    return { status: 'password_required', hint: login.hint };
  if (login?.kind !== 'qr' && !begins) throw new GatewayError('AUTH_NOT_STARTED');
  if (login?.kind === 'code') await abandon(account, login);
  if (account.login === null) await account.closeClient();
  const client = account.login === null ? account.freshClient() : account.client();
  const result = await endingDeadLogins(account, () => client.exportLoginToken()).catch(
    async (thrown: unknown) => {
      if (account.login === null) await account.closeClient();
      throw thrown;
    },
  );
  if (result.status === 'authorized') return authorize(account, client, result.user);
  const session = sessionOf(client);
  if (result.status === 'password_required')
    await account.saveLogin({ kind: 'qr', session, awaiting: 'password', hint: result.hint });
  else if (account.login?.session !== session)
    await account.saveLogin({ kind: 'qr', session, awaiting: 'scan', hint: null });
  return result;
}

/** Goes on with a login whose code was scanned, though nobody may be asking. Never throws: whoever asks later finds out too. */
export async function finishScan(
  {
    account,
    wake,
    logger,
  }: { account: (userId: string) => Promise<Account>; wake: (userId: string) => void; logger: Logger },
  userId: string,
): Promise<void> {
  try {
    const served = await account(userId);
    const result = await served.inTurn(async () =>
      served.login?.awaiting === 'scan' ? qrSignIn(served, { begins: false }) : null,
    );
    if (result?.status === 'authorized') wake(userId);
  } catch (error) {
    logger.warn({ err: error, userId }, 'the QR code was scanned, but the sign-in did not go on');
  }
}
