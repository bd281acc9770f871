import { GatewayError, type CodeSent, type UserInfo, type VerifyResult } from '@gateway/contracts';
import { computeCheck } from 'telegram/Password.js';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from './caller.ts';
import { rpcNameOf, toFailure } from './errors.ts';
import { toCodeSent } from './sent-code.ts';
import { TelegramFailure, type PendingLogin } from './types.ts';
import { toUserInfo } from './user-info.ts';

export interface ApiCredentials {
  apiId: number;
  apiHash: string;
}

/**
 * Asks for a login code. The data centre is the caller's business: `PHONE_MIGRATE_X` is thrown like any other
 * refusal.
 */
export async function sendCode(
  caller: Caller,
  { apiId, apiHash }: ApiCredentials,
  phoneNumber: string,
): Promise<CodeSent> {
  const request = () =>
    new Api.auth.SendCode({ phoneNumber, apiId, apiHash, settings: new Api.CodeSettings({}) });
  return codeSentOf(await againOn('AUTH_RESTART', () => caller.act(request())));
}

/** Signs in as the bot of a token. As {@link sendCode}, `USER_MIGRATE_X` is the caller's business. */
export async function signInBot(
  caller: Caller,
  { apiId, apiHash }: ApiCredentials,
  botAuthToken: string,
): Promise<UserInfo> {
  return userOf(
    await caller.act(new Api.auth.ImportBotAuthorization({ flags: 0, apiId, apiHash, botAuthToken })),
  );
}

/** Asks for the code by the next way of delivery. */
export async function resendCode(
  caller: Caller,
  { phoneNumber, phoneCodeHash }: PendingLogin,
): Promise<CodeSent> {
  return codeSentOf(await caller.act(new Api.auth.ResendCode({ phoneNumber, phoneCodeHash })));
}

/** Makes the code void. One that is void already is no error. */
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

/** Signs in by the code; where a password is needed too, says so with its hint. */
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

/** A code that came by e-mail is another field than one that came to the phone. */
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

/** The second step of a two-factor sign-in. A wrong password is PASSWORD_INVALID with the hint. */
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

/** Who is signed in. */
export async function currentUser(caller: Caller): Promise<UserInfo> {
  return required(toUserInfo(await self(caller)));
}

/** The same for an account that must be a person's: fails with `VALIDATION` where it is a bot. */
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
    // GramJS knows one algorithm and one prime, and Telegram uses no others; its errors quote what they were
    // given.
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
    // The code is used up and the password is what comes next; the hint is a kindness.
    return { status: 'password_required', hint: null };
  }
}

/**
 * The answer to a sign-in step was lost on the way. The step cannot be repeated (the code would be void by
 * now), but whether it took effect can be asked.
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

/** "No such session" in the middle of a sign-in says nothing of an account: the sign-in has run out. */
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

/** @throws {TelegramFailure} where Telegram has sent no code. */
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
