import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import { describe, expect, it } from 'vitest';
import { AnswerLostError } from '../errors/call-errors.ts';
import { refusal, ScriptedCaller } from '../testing/scripted-caller.ts';
import { cancelCode, sendCode, signIn } from './login.ts';

const CREDENTIALS = { apiId: 1, apiHash: 'secret-hash' };
const PENDING = { phoneNumber: '+79991234567', phoneCodeHash: 'hash', delivery: 'app' } as const;
const USER = new Api.User({ id: bigInt(7), firstName: 'Иван', phone: '79991234567' });
const USER_INFO = {
  id: 7,
  first_name: 'Иван',
  last_name: null,
  username: null,
  phone_number: '+79991234567',
};
const AUTHORIZATION = new Api.auth.Authorization({ user: USER });
const SENT = new Api.auth.SentCode({
  type: new Api.auth.SentCodeTypeApp({ length: 5 }),
  phoneCodeHash: 'hash',
});
const RESTART = refusal(500, 'AUTH_RESTART');

describe('sendCode', () => {
  it('begins again once where Telegram asks for it', async () => {
    const caller = new ScriptedCaller({ 'auth.SendCode': [RESTART, SENT] });
    expect(await sendCode(caller, CREDENTIALS, PENDING.phoneNumber)).toMatchObject({
      phone_code_hash: 'hash',
      delivery: 'app',
    });
    const again = new ScriptedCaller({ 'auth.SendCode': [RESTART, RESTART, SENT] });
    await expect(sendCode(again, CREDENTIALS, PENDING.phoneNumber)).rejects.toMatchObject({
      failure: { outcome: 'retry' },
    });
  });

  it('says who is signed in where no code is needed', async () => {
    const caller = new ScriptedCaller({
      'auth.SendCode': [new Api.auth.SentCodeSuccess({ authorization: AUTHORIZATION })],
    });
    await expect(sendCode(caller, CREDENTIALS, PENDING.phoneNumber)).rejects.toMatchObject({
      failure: { outcome: 'fail' },
      error: { code: 'ALREADY_AUTHORIZED', details: { extra: { user: USER_INFO } } },
    });
  });
});

describe('signIn', () => {
  it('says that a phone without an account has none', async () => {
    const caller = new ScriptedCaller({ 'auth.SignIn': [new Api.auth.AuthorizationSignUpRequired({})] });
    await expect(signIn(caller, PENDING, '12345')).rejects.toMatchObject({
      error: { code: 'PHONE_NUMBER_UNOCCUPIED' },
    });
  });

  it('asks whether a step whose answer was lost took effect', async () => {
    const caller = new ScriptedCaller({
      'auth.SignIn': [new AnswerLostError('cut')],
      'users.GetUsers': [[USER]],
    });
    expect(await signIn(caller, PENDING, '12345')).toEqual({ status: 'authorized', user: USER_INFO });
  });

  it('stays unknown where a step was lost and nobody is signed in', async () => {
    const caller = new ScriptedCaller({
      'auth.SignIn': [new AnswerLostError('cut')],
      'users.GetUsers': [refusal(401, 'AUTH_KEY_UNREGISTERED')],
    });
    await expect(signIn(caller, PENDING, '12345')).rejects.toMatchObject({ failure: { outcome: 'unknown' } });
  });

  it('has expired, and no account with it, when Telegram does not know the session', async () => {
    const caller = new ScriptedCaller({ 'auth.SignIn': [refusal(401, 'AUTH_KEY_UNREGISTERED')] });
    await expect(signIn(caller, PENDING, '12345')).rejects.toMatchObject({
      failure: { outcome: 'fail' },
      error: { code: 'PHONE_CODE_EXPIRED', details: { rpcError: 'AUTH_KEY_UNREGISTERED' } },
    });
  });

  it('asks for the password even if its hint cannot be had', async () => {
    const caller = new ScriptedCaller({
      'auth.SignIn': [refusal(401, 'SESSION_PASSWORD_NEEDED')],
      'account.GetPassword': [new AnswerLostError('cut')],
    });
    expect(await signIn(caller, PENDING, '12345')).toEqual({ status: 'password_required', hint: null });
  });
});

describe('cancelCode', () => {
  it('is content with a code that is void already, and with nothing else', async () => {
    await cancelCode(
      new ScriptedCaller({ 'auth.CancelCode': [refusal(400, 'PHONE_CODE_EXPIRED')] }),
      PENDING,
    );
    const caller = new ScriptedCaller({ 'auth.CancelCode': [refusal(400, 'PHONE_NUMBER_INVALID')] });
    await expect(cancelCode(caller, PENDING)).rejects.toMatchObject({
      error: { code: 'PHONE_NUMBER_INVALID' },
    });
  });
});
