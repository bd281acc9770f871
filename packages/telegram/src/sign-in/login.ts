import { GatewayError, type CodeSent, type UserInfo, type VerifyResult } from '@gateway/contracts';
import { computeCheck } from 'telegram/Password.js';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../caller.ts';
import { rpcNameOf, toFailure } from '../errors/errors.ts';
import { TelegramFailure } from '../errors/telegram-failure.ts';
import type { PendingLogin } from '../types.ts';
import { toCodeSent } from './sent-code.ts';
import { toUserInfo } from './user-info.ts';

export interface ApiCredentials {
  apiId: number;
  apiHash: string;
}

/** Requests a login code. `PHONE_MIGRATE_X` is thrown like any other refusal: the caller switches the data centre. */
export async function sendCode(
  caller: Caller,
  { apiId, apiHash }: ApiCredentials,
  phoneNumber: string,
): Promise<CodeSent> {
  const request = () =>
    new Api.auth.SendCode({ phoneNumber, apiId, apiHash, settings: new Api.CodeSettings({}) });
  return codeSentOf(await againOn('AUTH_RESTART', () => caller.act(request())));
}

/** Signs in as the bot of a token. The caller handles `USER_MIGRATE_X`, as for {@link sendCode}. */
export async function signInBot(
  caller: Caller,
  { apiId, apiHash }: ApiCredentials,
  botAuthToken: string,
): Promise<UserInfo> {
  return userOf(
    await caller.act(new Api.auth.ImportBotAuthorization({ flags: 0, apiId, apiHash, botAuthToken })),
  );
}

/** Requests the code again, by the next delivery channel. */
export async function resendCode(
  caller: Caller,
  { phoneNumber, phoneCodeHash }: PendingLogin,
): Promise<CodeSent> {
  return codeSentOf(await caller.act(new Api.auth.ResendCode({ phoneNumber, phoneCodeHash })));
}

/** Invalidates the code. Succeeds too if the code is already invalid. */
export async function cancelCode(
  caller: Caller,
  { phoneNumber, phoneCodeHash }: PendingLogin,
): Promise<void> {
  try {
    await caller.act(new Api.auth.CancelCode({ phoneNumber, phoneCodeHash }));
  } catch (error) {
    if (rpcNameOf(error) !== 'PHONE_CODE_EXPIRED') throw error;
  }
}

/** Signs in with the code. Returns `password_required` with the hint if a password is needed too. */
export async function signIn(caller: Caller, login: PendingLogin, phoneCode: string): Promise<VerifyResult> {
  try {
    const answer = await caller.act(signInRequest(login, phoneCode));
    return { status: 'authorized', user: userOf(answer) };
  } catch (error) {
    if (rpcNameOf(error) === 'SESSION_PASSWORD_NEEDED') return passwordRequired(caller);
    if (!isLost(error)) throw inLogin(error);
    return afterLostAnswer(caller, error);
  }
}

/** Telegram takes a code sent by e-mail in a different field. */
function signInRequest(
  { phoneNumber, phoneCodeHash, delivery }: PendingLogin,
  code: string,
): Api.auth.SignIn {
  const answer =
    delivery === 'email'
      ? { emailVerification: new Api.EmailVerificationCode({ code }) }
      : { phoneCode: code };
  return new Api.auth.SignIn({ phoneNumber, phoneCodeHash, ...answer });
}

/** The second step of a two-factor sign-in. A wrong password fails with PASSWORD_INVALID and the hint. */
export async function checkPassword(caller: Caller, password: string): Promise<UserInfo> {
  let hint: string | null = null;
  try {
    const answer = await againOn('SRP_ID_INVALID', async () => {
      const settings = await caller.ask(new Api.account.GetPassword());
      hint = settings.hint || null;
      return caller.act(new Api.auth.CheckPassword({ password: await proof(settings, password) }));
    });
    return userOf(answer);
  } catch (error) {
    if (isLost(error)) {
      const result = await afterLostAnswer(caller, error);
      if (result.status === 'authorized') return result.user;
    }
    if (!(error instanceof TelegramFailure) || error.error.code !== 'PASSWORD_INVALID') throw inLogin(error);
    throw new TelegramFailure(error.failure, error.error.with({ extra: { hint } }), error);
  }
}

/** Asks Telegram who is signed in. */
export async function currentUser(caller: Caller): Promise<UserInfo> {
  return required(toUserInfo(await self(caller)));
}

/** As {@link currentUser}, for a person's account: fails with `VALIDATION` if it is a bot. */
export async function currentPerson(caller: Caller): Promise<UserInfo> {
  const user = await self(caller);
  if (user instanceof Api.User && user.bot) {
    const message = "is a bot's. Only accounts of people are imported; a bot signs in by TELEGRAM_BOT_TOKEN";
    const issues = [{ path: 'session', message }];
    throw new TelegramFailure(
      { outcome: 'fail' },
      new GatewayError('VALIDATION', `session ${message}.`, { issues }),
    );
  }
  return required(toUserInfo(user));
}

async function self(caller: Caller): Promise<Api.TypeUser | undefined> {
  const [user] = await caller.ask(new Api.users.GetUsers({ id: [new Api.InputUserSelf()] }));
  return user;
}

async function proof(settings: Api.account.Password, password: string): Promise<Api.InputCheckPasswordSRP> {
  try {
    return await computeCheck(settings, password);
  } catch (error) {
    // GramJS supports one algorithm and one prime, the only ones that Telegram uses. Its errors quote their input, so
    // only their name is kept.
    const cause = new Error('The two-factor parameters are not understood', {
      cause: error instanceof Error ? error.name : undefined,
    });
    throw new TelegramFailure({ outcome: 'fail' }, new GatewayError('TELEGRAM_ERROR', cause.message), cause);
  }
}

export async function passwordRequired(caller: Caller): Promise<VerifyResult> {
  try {
    const { hint } = await caller.ask(new Api.account.GetPassword());
    return { status: 'password_required', hint: hint || null };
  } catch {
    // The code is already used and the password comes next. The hint is optional.
    return { status: 'password_required', hint: null };
  }
}

/**
 * Handles a sign-in step whose answer was lost. The step cannot be repeated, since it invalidates the code, but
 * Telegram can be asked whether it took effect.
 */
async function afterLostAnswer(caller: Caller, lost: unknown): Promise<VerifyResult> {
  try {
    return { status: 'authorized', user: await currentUser(caller) };
  } catch (error) {
    if (rpcNameOf(error) === 'SESSION_PASSWORD_NEEDED') return passwordRequired(caller);
    throw lost;
  }
}

export function isLost(error: unknown): boolean {
  return error instanceof TelegramFailure && error.failure.outcome === 'unknown';
}

/** During a sign-in, "no such session" does not concern an account: the sign-in has expired. */
function inLogin(error: unknown): unknown {
  if (!(error instanceof TelegramFailure) || error.failure.outcome !== 'account') return error;
  if (error.failure.state !== 'revoked' && error.failure.state !== 'password_required') return error;
  const { rpcError } = error.error.details;
  return new TelegramFailure(
    { outcome: 'fail' },
    new GatewayError('PHONE_CODE_EXPIRED', undefined, { rpcError }),
    error,
  );
}

/** @throws {TelegramFailure} if Telegram sent no code. */
function codeSentOf(sent: Api.auth.TypeSentCode): CodeSent {
  if (sent instanceof Api.auth.SentCode) {
    const code = toCodeSent(sent);
    if (code.delivery === 'email_setup_required')
      throw toFailure(new GatewayError('EMAIL_SETUP_REQUIRED'), true);
    return code;
  }
  const user = userOf(sent.authorization);
  throw toFailure(new GatewayError('ALREADY_AUTHORIZED', undefined, { extra: { user } }), true);
}

export function userOf(authorization: Api.auth.TypeAuthorization): UserInfo {
  if (authorization instanceof Api.auth.Authorization) return required(toUserInfo(authorization.user));
  throw toFailure(new GatewayError('PHONE_NUMBER_UNOCCUPIED'), true);
}

function required(user: UserInfo | undefined): UserInfo {
  if (user === undefined)
    throw toFailure(new GatewayError('TELEGRAM_ERROR', 'Telegram did not say who is signed in.'), false);
  return user;
}

async function againOn<T>(rpcName: string, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (rpcNameOf(error) !== rpcName) throw error;
    return attempt();
  }
}
