import { randomBytes } from 'node:crypto';
import type { Account, Delivery, LoginAttempt } from '../../../state/model.ts';
import type { TlObject } from '../../../types.ts';
import { accountByPhone, codeForPhone, homeOfPhone, phoneDigits } from '../../accounts.ts';
import { liveAuthorizations, signIn } from '../../authorizations.ts';
import { rpcError } from '../../errors.ts';
import { optionalObject, textField } from '../../fields.ts';
import { SERVICE_ACCOUNT_ID } from '../../peers.ts';
import { unixSeconds, type Request, type Telegram } from '../../telegram.ts';
import { postMessage } from '../../updates/post-message.ts';
import { checkApiCredentials } from './api-credentials.ts';

/** Seconds until the client may ask for the next delivery. */
const RESEND_TIMEOUT = 60;
/** For each delivery channel, the next channel and its TL type. */
const NEXT: Readonly<Record<Delivery, { delivery: Delivery; type: string } | undefined>> = {
  app: { delivery: 'sms', type: 'auth.codeTypeSms' },
  email: { delivery: 'sms', type: 'auth.codeTypeSms' },
  sms: { delivery: 'call', type: 'auth.codeTypeCall' },
  call: undefined,
};

export function sendCode({ call, query, telegram }: Request): TlObject {
  checkApiCredentials(query);
  const phone = phoneDigits(textField(query, 'phone_number'));
  const account = accountByPhone(telegram.store, phone);
  const home = account?.homeDc ?? homeOfPhone(phone);
  if (home !== call.dcId) throw rpcError(`PHONE_MIGRATE_${home}`);
  const attempt: LoginAttempt = {
    hash: randomBytes(9).toString('hex'),
    phone,
    authKeyId: call.authKeyId,
    code: codeForPhone(phone),
    delivery: account?.email === undefined ? 'app' : 'email',
    sentAt: telegram.now(),
    wrongCodes: 0,
    closed: false,
  };
  telegram.store.commit({ type: 'code_sent', attempt });
  if (account !== undefined && attempt.delivery === 'app')
    tellSignedInClients(telegram, account, attempt.code);
  return sentCode(attempt, account);
}

/** Delivery by app: the code goes to the clients that are already signed in. */
function tellSignedInClients(telegram: Telegram, account: Account, code: string): void {
  if (!liveAuthorizations(telegram, account.id).some(({ status }) => status.kind === 'authorized')) return;
  const text = `Login code: ${code}. Do not give this code to anyone, even if they say they are from Telegram!`;
  const date = unixSeconds(telegram);
  postMessage(telegram, { from: SERVICE_ACCOUNT_ID, to: account.id, text, date, randomId: '0' });
}

/** Sends the same code by the next channel and restarts its lifetime. */
export function resendCode(request: Request): TlObject {
  const attempt = attemptOf(request);
  const way = NEXT[attempt.delivery];
  if (way === undefined) throw rpcError('SEND_CODE_UNAVAILABLE');
  const next = { ...attempt, delivery: way.delivery, sentAt: request.telegram.now() };
  request.telegram.store.commit({ type: 'code_sent', attempt: next });
  return sentCode(next, accountByPhone(request.telegram.store, next.phone));
}

export function cancelCode(request: Request): boolean {
  request.telegram.store.commit({ type: 'attempt_closed', hash: attemptOf(request).hash });
  return true;
}

export function signInByCode(request: Request): TlObject {
  const { query, telegram } = request;
  const attempt = attemptOf(request);
  const code = codeIn(query, attempt);
  if (code === '') throw rpcError('PHONE_CODE_EMPTY');
  if (code !== attempt.code) {
    telegram.store.commit({ type: 'wrong_code', hash: attempt.hash });
    throw rpcError('PHONE_CODE_INVALID');
  }
  const account = accountByPhone(telegram.store, attempt.phone);
  if (account === undefined) return { _: 'auth.authorizationSignUpRequired' };
  return signIn(request, account, [{ type: 'attempt_closed', hash: attempt.hash }]);
}

/**
 * The open login attempt that a call belongs to: it must match the key, the phone and the hash, and not have expired.
 */
function attemptOf({ call, query, telegram }: Request): LoginAttempt {
  const phone = phoneDigits(textField(query, 'phone_number'));
  const hash = textField(query, 'phone_code_hash');
  if (hash === '') throw rpcError('PHONE_CODE_HASH_EMPTY');
  const attempt = telegram.store.state.attempts.get(hash);
  const { code_lifetime_seconds: lifetime, code_tries: tries } = telegram.settings;
  const isGood =
    attempt !== undefined &&
    !attempt.closed &&
    attempt.phone === phone &&
    attempt.authKeyId === call.authKeyId &&
    attempt.wrongCodes < tries &&
    telegram.now() < attempt.sentAt + lifetime * 1_000;
  if (!isGood) throw rpcError('PHONE_CODE_EXPIRED');
  return attempt;
}

/**
 * The code, from the field that belongs to its delivery channel. As at Telegram, a code in the other field is ignored.
 */
function codeIn(query: TlObject, { delivery }: LoginAttempt): string {
  if (delivery !== 'email') return stringIn(query, 'phone_code');
  const verification = optionalObject(query, 'email_verification');
  return verification?._ === 'emailVerificationCode' ? stringIn(verification, 'code') : '';
}

function stringIn(object: TlObject, field: string): string {
  const value = object[field];
  return typeof value === 'string' ? value : '';
}

function sentCode({ hash, code, delivery }: LoginAttempt, account: Account | undefined): TlObject {
  const next = NEXT[delivery];
  return {
    _: 'auth.sentCode',
    type: sentCodeType(delivery, code.length, account?.email),
    phone_code_hash: hash,
    next_type: next === undefined ? undefined : { _: next.type },
    timeout: next === undefined ? undefined : RESEND_TIMEOUT,
  };
}

function sentCodeType(delivery: Delivery, length: number, email: string | undefined): TlObject {
  switch (delivery) {
    case 'app':
      return { _: 'auth.sentCodeTypeApp', length };
    case 'email':
      return { _: 'auth.sentCodeTypeEmailCode', email_pattern: masked(email ?? ''), length };
    case 'sms':
      return { _: 'auth.sentCodeTypeSms', length };
    case 'call':
      return { _: 'auth.sentCodeTypeCall', length };
  }
}

/** `ivan@example.org` → `i**n@example.org`, as Telegram shows it. */
function masked(email: string): string {
  return email.replace(
    /^(.)(.*)(.)@/,
    (_all, first, middle, last) => `${first}${'*'.repeat(middle.length)}${last}@`,
  );
}
