import { beforeEach, describe, expect, test } from 'vitest';
import { DirectTelegram, type DirectClient } from '../testing/direct-telegram.ts';

const PHONE = '+9996621001';

describe('signing in by code', () => {
  let telegram: DirectTelegram;
  let client: DirectClient;
  beforeEach(() => {
    telegram = new DirectTelegram();
    client = telegram.client('key 1');
  });

  function signIn(
    phone_code_hash: string,
    phone_code: string,
    by: DirectClient = client,
    phone_number = PHONE,
  ) {
    return by.call('auth.signIn', { phone_number, phone_code_hash, phone_code });
  }

  test('a test phone has its digit five times as the code, and its home by that digit', async () => {
    const hash = await client.sendCode(PHONE);
    expect(telegram.control.lastCode('9996621001')).toEqual({ phone: PHONE, code: '22222', delivery: 'app' });
    expect(await signIn(hash, '22222')).toMatchObject({
      _: 'auth.authorization',
      user: { self: true, first_name: 'Test', last_name: '21001', phone: '9996621001' },
    });
    for (const [phone, dc] of [
      ['+9996611001', 1],
      ['+9996631001', 3],
    ] as const) {
      await expect(client.sendCode(phone)).rejects.toMatchObject({
        code: 303,
        message: `PHONE_MIGRATE_${dc}`,
      });
      await telegram.client(`key of ${dc}`, dc).signIn(phone);
    }
    await expect(telegram.client('key 3', 1).sendCode('+9996691001')).rejects.toThrow('PHONE_MIGRATE_2');
  });

  test.each(['12', '+7999', 'hello', '', '+0123456789', '+7999123456789012'])(
    '%j is no phone number',
    async (phone) => {
      await expect(client.sendCode(phone)).rejects.toMatchObject({
        code: 406,
        message: 'PHONE_NUMBER_INVALID',
      });
    },
  );

  test.each([
    { api_id: 0, api_hash: 'x' },
    { api_id: 1, api_hash: '' },
  ])('%j is refused as an app', async (app) => {
    await expect(client.call('auth.sendCode', { phone_number: PHONE, ...app })).rejects.toThrow(
      'API_ID_INVALID',
    );
  });

  test('a code is valid only for the key that requested it, with its own hash and phone', async () => {
    const hash = await client.sendCode(PHONE);
    await expect(signIn(hash, '22222', telegram.client('key 2'))).rejects.toMatchObject({
      code: 400,
      message: 'PHONE_CODE_EXPIRED',
    });
    await expect(signIn('another', '22222')).rejects.toThrow('PHONE_CODE_EXPIRED');
    await expect(signIn(hash, '22222', client, '+9996621002')).rejects.toThrow('PHONE_CODE_EXPIRED');
    await expect(signIn('', '22222')).rejects.toThrow('PHONE_CODE_HASH_EMPTY');
    await expect(signIn(hash, '')).rejects.toThrow('PHONE_CODE_EMPTY');
    await expect(signIn(hash, '11111')).rejects.toThrow('PHONE_CODE_INVALID');
    await signIn(hash, '22222');
    await expect(signIn(hash, '22222')).rejects.toThrow('PHONE_CODE_EXPIRED');
  });

  test('a code becomes invalid by time, wrong tries, a newer code, and cancelling', async () => {
    let hash = await client.sendCode(PHONE);
    telegram.now += 300_000;
    await expect(signIn(hash, '22222')).rejects.toThrow('PHONE_CODE_EXPIRED');

    hash = await client.sendCode(PHONE);
    for (let tries = 0; tries < 5; tries += 1)
      await expect(signIn(hash, '1')).rejects.toThrow('PHONE_CODE_INVALID');
    await expect(signIn(hash, '22222')).rejects.toThrow('PHONE_CODE_EXPIRED');

    hash = await client.sendCode(PHONE);
    const newer = await client.sendCode(PHONE);
    await expect(signIn(hash, '22222')).rejects.toThrow('PHONE_CODE_EXPIRED');
    expect(await client.value('auth.cancelCode', { phone_number: PHONE, phone_code_hash: newer })).toBe(true);
    await expect(signIn(newer, '22222')).rejects.toThrow('PHONE_CODE_EXPIRED');
  });

  test('resending uses the next delivery channel until there is none', async () => {
    const phone_code_hash = await client.sendCode(PHONE);
    const resend = () => client.call('auth.resendCode', { phone_number: PHONE, phone_code_hash });
    expect(await resend()).toMatchObject({
      type: { _: 'auth.sentCodeTypeSms', length: 5 },
      next_type: { _: 'auth.codeTypeCall' },
      timeout: 60,
    });
    expect(telegram.control.lastCode(PHONE).delivery).toBe('sms');
    expect(await resend()).toMatchObject({ type: { _: 'auth.sentCodeTypeCall' } });
    await expect(resend()).rejects.toMatchObject({ code: 406, message: 'SEND_CODE_UNAVAILABLE' });
    await signIn(phone_code_hash, '22222');
  });

  test('a phone without an account gets a code too, and an error at sign-in', async () => {
    const hash = await client.sendCode('+79991234567');
    const { code } = telegram.control.lastCode('+79991234567');
    expect(code).toMatch(/^\d{5}$/);
    expect(await signIn(hash, code, client, '+79991234567')).toEqual({
      _: 'auth.authorizationSignUpRequired',
    });
  });

  test('an account that is signed in gets the code in a message from Telegram', async () => {
    const id = await client.signIn(PHONE);
    await telegram.client('key 2').sendCode(PHONE);
    expect(telegram.control.messages()).toEqual([]);
    expect(telegram.control.messages({ from: 777_000 })).toMatchObject([
      { to_id: id, text: expect.stringContaining('22222') },
    ]);
    expect(telegram.pushes).toMatchObject([
      { authKeyId: 'key 1', updates: { updates: [{ _: 'updateNewMessage' }] } },
    ]);
    const offsets = { offset_date: 0, offset_id: 0, offset_peer: { _: 'inputPeerEmpty' } };
    expect(await client.call('messages.getDialogs', { ...offsets, limit: 10 })).toMatchObject({
      dialogs: [{ peer: { user_id: 777_000n }, top_message: 1, unread_count: 1 }],
      users: [{ self: true }, { first_name: 'Telegram' }],
    });
  });

  test('an account with a password is usable only after the password is sent', async () => {
    telegram.control.createAccount({ phone: PHONE, first_name: 'Иван', password: 'пароль', hint: 'a pet' });
    const hash = await client.sendCode(PHONE);
    await expect(signIn(hash, '22222')).rejects.toMatchObject({
      code: 401,
      message: 'SESSION_PASSWORD_NEEDED',
    });
    await expect(client.value('users.getUsers', { id: [{ _: 'inputUserSelf' }] })).rejects.toThrow(
      'SESSION_PASSWORD_NEEDED',
    );
    // The answer may be lost, so the client may sign in again with the same code.
    await expect(signIn(hash, '22222')).rejects.toThrow('SESSION_PASSWORD_NEEDED');
    const { srp_id, hint } = await client.call('account.getPassword');
    expect(hint).toBe('a pet');
    const check = (id: unknown) => {
      const srp = typeof id === 'bigint' ? id : 0n;
      const password = {
        _: 'inputCheckPasswordSRP',
        srp_id: srp,
        A: Buffer.alloc(256, 7),
        M1: Buffer.alloc(32),
      };
      return client.call('auth.checkPassword', { password });
    };
    await expect(check(1n)).rejects.toThrow('SRP_ID_INVALID');
    await expect(check(srp_id)).rejects.toThrow('PASSWORD_HASH_INVALID');
    await expect(check(srp_id)).rejects.toThrow('SRP_ID_INVALID');
  });

  test('a method that the sandbox does not have is named as such, before the sign-in too', async () => {
    const isInvalid = { code: 400, message: 'INPUT_METHOD_INVALID' };
    await expect(client.call('account.getWallPapers', { hash: 0n })).rejects.toMatchObject(isInvalid);
    await client.signIn(PHONE);
    await expect(client.call('account.getWallPapers', { hash: 0n })).rejects.toMatchObject(isInvalid);
  });

  test('calls of an account need a sign-in at its home data centre', async () => {
    await expect(client.call('updates.getState')).rejects.toMatchObject({
      code: 401,
      message: 'AUTH_KEY_UNREGISTERED',
    });
    await client.signIn(PHONE);
    const { id, bytes } = await client.call('auth.exportAuthorization', { dc_id: 1 });
    const abroad = telegram.client('key abroad', 1);
    await expect(telegram.client('key 4', 3).call('auth.importAuthorization', { id, bytes })).rejects.toThrow(
      'AUTH_BYTES_INVALID',
    );
    expect(await abroad.call('auth.importAuthorization', { id, bytes })).toMatchObject({ user: { id } });
    expect(await abroad.value('users.getUsers', { id: [{ _: 'inputUserSelf' }] })).toMatchObject([{ id }]);
    await expect(abroad.call('updates.getState')).rejects.toMatchObject({
      code: 303,
      message: 'USER_MIGRATE_2',
    });
  });

  test('a sign-in ends by logging out, by being revoked, and by use from two clients', async () => {
    const id = await client.signIn(PHONE);
    const second = telegram.client('key 2');
    await second.signIn(PHONE);
    await client.call('auth.logOut');
    await expect(client.call('updates.getState')).rejects.toThrow('AUTH_KEY_UNREGISTERED');

    expect(telegram.control.revoke(id)).toBe(1);
    await expect(second.call('updates.getState')).rejects.toMatchObject({
      code: 401,
      message: 'SESSION_REVOKED',
    });
    await second.signIn(PHONE);
    telegram.control.addFault({ method: 'updates.getState', error: 'AUTH_KEY_DUPLICATED' });
    await expect(second.call('updates.getState')).rejects.toMatchObject({
      code: 406,
      message: 'AUTH_KEY_DUPLICATED',
    });
    await expect(second.sendCode(PHONE)).rejects.toThrow('AUTH_KEY_DUPLICATED');
    expect(telegram.control.counters()).toMatchObject({ duplicated: 1, sessions: [] });
  });

  test('other devices can be listed and ended', async () => {
    await client.signIn(PHONE);
    const second = telegram.client('key 2');
    await second.signIn(PHONE);
    const { authorizations } = await client.call('account.getAuthorizations');
    expect(authorizations).toMatchObject([{ current: true, hash: 0n }, { current: false }]);
    const hash = Array.isArray(authorizations) ? authorizations[1] : undefined;
    const other = typeof hash === 'object' && hash !== null && 'hash' in hash ? hash['hash'] : 0n;
    expect(await client.value('account.resetAuthorization', { hash: other })).toBe(true);
    await expect(second.call('updates.getState')).rejects.toThrow('SESSION_REVOKED');
  });
});

describe('signing in by a token', () => {
  const app = { api_id: 1, api_hash: 'hash', except_ids: [] };

  test('a token expires, can be accepted once, and its key gets a push', async () => {
    const telegram = new DirectTelegram();
    const owner = telegram.client('owner');
    await owner.signIn(PHONE);
    const other = telegram.client('other');
    const { token, expires } = await other.call('auth.exportLoginToken', app);
    expect(expires).toBe(telegram.now / 1_000 + 30);
    await expect(owner.call('auth.acceptLoginToken', { token: Buffer.from('nonsense') })).rejects.toThrow(
      'AUTH_TOKEN_INVALID',
    );
    expect(await owner.call('auth.acceptLoginToken', { token })).toMatchObject({
      _: 'authorization',
      device_model: 'test',
    });
    await expect(owner.call('auth.acceptLoginToken', { token })).rejects.toThrow(
      'AUTH_TOKEN_ALREADY_ACCEPTED',
    );
    expect(telegram.pushes).toMatchObject([
      { authKeyId: 'other', updates: { update: { _: 'updateLoginToken' } } },
    ]);
    expect(await other.call('auth.exportLoginToken', app)).toMatchObject({ _: 'auth.loginTokenSuccess' });
    await other.call('updates.getState');

    const { token: late } = await telegram.client('late').call('auth.exportLoginToken', app);
    telegram.now += 30_000;
    await expect(owner.call('auth.acceptLoginToken', { token: late })).rejects.toThrow('AUTH_TOKEN_EXPIRED');
  });

  test('an account with another home data centre is signed in there', async () => {
    const telegram = new DirectTelegram();
    const owner = telegram.client('owner', 3);
    await owner.signIn('+9996631001');
    const other = telegram.client('other');
    const { token } = await other.call('auth.exportLoginToken', app);
    await owner.call('auth.acceptLoginToken', { token });
    const answer = await other.call('auth.exportLoginToken', app);
    expect(answer).toMatchObject({ _: 'auth.loginTokenMigrateTo', dc_id: 3 });
    const there = telegram.client('other at 3', 3);
    expect(await there.call('auth.importLoginToken', { token: answer['token'] })).toMatchObject({
      _: 'auth.loginTokenSuccess',
    });
    await there.call('updates.getState');
  });
});
