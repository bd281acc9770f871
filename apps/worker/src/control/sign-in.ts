import {
  EXPORTED,
  GatewayError,
  parseLoginCode,
  type CodeSent,
  type ControlPayload,
  type NetworkChange,
  type UserInfo,
  type VerifyResult,
} from '@gateway/contracts';
import type { CodeLogin, StoredLogin } from '@gateway/sessions';
import { TelegramFailure, type AccountClient } from '@gateway/telegram';
import type { Account } from '../accounts/account.ts';
import { savingStep } from '../accounts/stored-account.ts';
import type { PhoneLimits } from './phone-limits.ts';

/**
 * Sign-in by a code. Run each step in the account's turn. The unfinished session is saved before a step is answered, so
 * that the next step works even after a restart: the code is bound to that session's auth key.
 *
 * ```
 * none ──start──▶ code_sent ──verify──▶ ready
 *                  │   ▲ resend   │
 *                  │              └─two-factor─▶ password_required ──verify──▶ ready
 *                cancel, code expired ──▶ what it was before
 * ```
 * Starting gives up a pending QR sign-in (qr-sign-in.ts). The password is the last step of both kinds.
 */
export async function startSignIn(
  account: Account,
  phoneNumber: string,
  {
    network,
    now,
    phoneLimits,
  }: { network?: NetworkChange | undefined; now: number; phoneLimits: Pick<PhoneLimits, 'count'> },
): Promise<CodeSent> {
  await refuseIfSignedIn(account);
  await phoneLimits.count('code', phoneNumber);
  // A login with another number, or one that replaces a session ended by Telegram, needs a new auth key.
  if (account.login?.kind !== 'code' || account.login.phoneNumber !== phoneNumber || network !== undefined) {
    if (account.login !== null) await abandon(account, account.login);
    await account.closeClient();
  }
  if (network !== undefined) account.changeNetworkOfLogin(network);
  const client = account.login === null ? account.freshClient() : account.client();
  const sent = await client.sendCode(phoneNumber).catch(async (thrown: unknown) => {
    if (account.login === null) await account.closeClient();
    throw thrown;
  });
  const session = sessionOf(client);
  const saving = account.saveLogin({
    kind: 'code',
    session,
    phoneNumber,
    sent,
    sentAt: now,
    awaiting: 'code',
    hint: null,
  });
  await savingStep(saving, CODE_LOST);
  return sent;
}

export async function resendCode(
  account: Account,
  { now, phoneLimits }: { now: number; phoneLimits: Pick<PhoneLimits, 'count'> },
): Promise<CodeSent> {
  const login = codeLoginOf(account);
  await phoneLimits.count('code', login.phoneNumber);
  const client = account.client();
  const sent = await endingDeadLogins(account, () => client.resendCode(pending(login)));
  const session = sessionOf(client);
  const saving = account.saveLogin({ ...login, session, sent, sentAt: now, awaiting: 'code' });
  await savingStep(saving, CODE_LOST);
  return sent;
}

/** Cancels the login, if there is one. The login is dropped even if Telegram refuses to cancel it. */
export async function cancelSignIn(account: Account): Promise<void> {
  if (account.login !== null) await abandon(account, account.login);
}

export async function verifySignIn(
  account: Account,
  { phoneCode, codeIsNumber, password }: ControlPayload<'auth.verify'>,
  phoneLimits: Pick<PhoneLimits, 'count'>,
): Promise<VerifyResult> {
  const login = loginOf(account);
  const client = account.client();
  const saved = await saveAccepted(account, client);
  if (saved !== null) return saved;
  if (login.kind === 'code') await phoneLimits.count('verify', login.phoneNumber);
  if (login.awaiting === 'scan') throw new GatewayError('AUTH_NOT_STARTED', NOT_SCANNED);
  if (login.awaiting === 'code') {
    const codeLogin = codeLoginOf(account);
    if (phoneCode === undefined) {
      const issues = [{ path: 'phone_code', message: 'is needed first: the code has not been accepted yet' }];
      throw new GatewayError('VALIDATION', 'phone_code is needed: the code has not been accepted yet.', {
        issues,
      });
    }
    const code = loginCode(phoneCode, codeLogin, codeIsNumber);
    const result = await endingDeadLogins(account, () =>
      signInOnce(client, () => client.signIn(pending(codeLogin), code)),
    );
    if (result.status === 'authorized') return authorize(account, client, result.user);
    const session = sessionOf(client);
    await savingStep(
      account.saveLogin({ ...codeLogin, session, awaiting: 'password', hint: result.hint }),
      'Telegram has accepted the code and wants the password. Start the sign-in again.',
    );
    if (password === undefined) return result;
  }
  const hint = account.login?.hint ?? null;
  if (password === undefined) return { status: 'password_required', hint };
  const user = await endingDeadLogins(account, () => client.checkPassword(password)).catch(
    (thrown: unknown) => {
      if (thrown instanceof TelegramFailure && thrown.error.code === 'PASSWORD_INVALID')
        throw thrown.error.with({ extra: { hint } });
      throw thrown;
    },
  );
  return authorize(account, client, user);
}

/**
 * @throws {GatewayError} `PHONE_CODE_INVALID` if the text cannot be the code. Telegram is not asked then, because it
 * counts wrong codes.
 */
function loginCode(pasted: string, { sent }: CodeLogin, isNumber: boolean | undefined): string {
  const parsed = parseLoginCode(pasted, sent, isNumber);
  if (typeof parsed !== 'string') return parsed.code;
  throw new GatewayError('PHONE_CODE_INVALID', `phone_code ${parsed}. Telegram was not asked.`, {
    issues: [{ path: 'phone_code', message: parsed }],
  });
}

export async function authorize(
  account: Account,
  client: AccountClient,
  user: UserInfo,
): Promise<Extract<VerifyResult, { status: 'authorized' }>> {
  unsavedSignIns.set(client, user);
  await savingStep(
    account.authorize(sessionOf(client), user),
    'Telegram has accepted the sign-in, but it is not saved yet. Once accounts can be saved, call verify (or qr) again: that completes it.',
  );
  unsavedSignIns.delete(client);
  return { status: 'authorized', user };
}

/**
 * Saves a sign-in that Telegram accepted while the store took no writes.
 * @returns `null` if there is none.
 */
export async function saveAccepted(
  account: Account,
  client: AccountClient,
): Promise<Extract<VerifyResult, { status: 'authorized' }> | null> {
  const user = unsavedSignIns.get(client);
  return user === undefined ? null : authorize(account, client, user);
}

/** Connections that Telegram has signed in but whose sign-in is not saved yet. */
const unsavedSignIns = new WeakMap<AccountClient, UserInfo>();

const CODE_LOST =
  'A code was sent, but this sign-in could not be saved. Start it again once accounts can be saved.';

const NOT_SCANNED = 'A QR sign-in is pending: its code has not been scanned yet.';

/**
 * Refuses if the account is signed in. Asks Telegram, since a session that was ended elsewhere must not block a new
 * sign-in.
 */
export async function refuseIfSignedIn(account: Account): Promise<void> {
  if (account.ended !== null) return;
  // The session was exported and may be in use elsewhere. Asking with it here would use it twice at once.
  if (account.status.reason === EXPORTED)
    throw new GatewayError('ALREADY_AUTHORIZED', undefined, { extra: { user: account.status.user } });
  try {
    const user = await account.client().me();
    throw new GatewayError('ALREADY_AUTHORIZED', undefined, { extra: { user } });
  } catch (thrown) {
    if (!(thrown instanceof TelegramFailure) || thrown.failure.outcome !== 'account') throw thrown;
    await account.setTrouble(thrown.failure.state, thrown.error);
    if (account.ended === null)
      throw new GatewayError('ALREADY_AUTHORIZED', undefined, { extra: { user: account.status.user } });
  }
}

/** Cancels a login: at Telegram if possible, and here in any case. */
export async function abandon(account: Account, login: StoredLogin): Promise<void> {
  try {
    if (login.kind === 'code') await account.client().cancelCode(pending(login));
    // A QR code cannot be cancelled. Log out, so that a scan at this very moment leaves nobody signed in.
    else await account.client().logOut();
  } catch (thrown) {
    if (!(thrown instanceof TelegramFailure)) throw thrown;
  }
  await account.dropLogin();
}

/**
 * Signs in. If the code is used up because Telegram accepted an earlier attempt that could not be saved, it returns
 * that user.
 */
async function signInOnce(client: AccountClient, signIn: () => Promise<VerifyResult>): Promise<VerifyResult> {
  try {
    return await signIn();
  } catch (thrown) {
    if (!(thrown instanceof TelegramFailure) || thrown.error.code !== 'PHONE_CODE_EXPIRED') throw thrown;
    const user = await client.me().catch(() => null);
    if (user === null) throw thrown;
    return { status: 'authorized', user };
  }
}

/**
 * Runs a step. An expired code, or an auth key that Telegram no longer knows, ends the login: the caller must start
 * again.
 */
async function endingDeadLogins<T>(account: Account, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (thrown) {
    if (thrown instanceof TelegramFailure && isDead(thrown)) await account.dropLogin();
    throw thrown;
  }
}

function isDead({ failure, error }: TelegramFailure): boolean {
  return (
    failure.outcome === 'account' ||
    error.code === 'PHONE_CODE_EXPIRED' ||
    error.code === 'PHONE_NUMBER_UNOCCUPIED'
  );
}

export function loginOf(account: Account): StoredLogin {
  if (account.login !== null) return account.login;
  if (account.ended === null)
    throw new GatewayError('ALREADY_AUTHORIZED', undefined, { extra: { user: account.status.user } });
  throw new GatewayError('AUTH_NOT_STARTED');
}

function codeLoginOf(account: Account): CodeLogin {
  const login = loginOf(account);
  if (login.kind === 'code') return login;
  throw new GatewayError('AUTH_NOT_STARTED', NOT_SCANNED);
}

function pending(login: CodeLogin) {
  const { phoneNumber, sent } = login;
  return { phoneNumber, phoneCodeHash: sent.phone_code_hash, delivery: sent.delivery };
}

/** The client's session after Telegram has answered. */
export function sessionOf(client: AccountClient): string {
  const session = client.session();
  if (session === null) throw new Error('Telegram answered, but there is no session');
  return session;
}
