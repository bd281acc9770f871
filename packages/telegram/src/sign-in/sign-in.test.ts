import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TelegramFailure } from '../errors/telegram-failure.ts';
import { codeOf, testPhone, World } from '../testing/world.ts';
import type { AccountClient, PendingLogin } from '../types.ts';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.close());

async function begin(client: AccountClient, phoneNumber: string): Promise<PendingLogin> {
  const { phone_code_hash: phoneCodeHash, delivery } = await client.sendCode(phoneNumber);
  return { phoneNumber, phoneCodeHash, delivery };
}

async function addTwoFactorAccount(): Promise<string> {
  const phone = testPhone();
  world.control.createAccount({ phone, first_name: 'Анна', password: 'пароль 🔑', hint: 'какой?' });
  return phone;
}

describe('signing in', () => {
  it('works by code, after a wrong one too', async () => {
    const phone = testPhone();
    world.control.createAccount({ phone, first_name: 'Иван', last_name: 'Иванов', username: 'Ivan_Ivanov' });
    const client = world.open();
    expect(client.session()).toBeNull();
    const sent = await client.sendCode(phone);
    expect(sent).toMatchObject({ delivery: 'app', code_length: 5 });
    const pending = { phoneNumber: phone, phoneCodeHash: sent.phone_code_hash, delivery: sent.delivery };
    await expect(client.signIn(pending, '00000')).rejects.toMatchObject({
      failure: { outcome: 'fail' },
      error: { code: 'PHONE_CODE_INVALID' },
    });
    const user = {
      id: expect.any(Number),
      first_name: 'Иван',
      last_name: 'Иванов',
      username: 'Ivan_Ivanov',
      phone_number: phone,
    };
    expect(await client.signIn(pending, codeOf(phone))).toEqual({ status: 'authorized', user });
    expect(await client.me()).toEqual(user);
  });

  it('asks for the password with its hint, says when it is wrong, and takes the right one', async () => {
    const phone = await addTwoFactorAccount();
    const client = world.open();
    const pending = await begin(client, phone);
    expect(await client.signIn(pending, codeOf(phone))).toEqual({
      status: 'password_required',
      hint: 'какой?',
    });
    await expect(client.me()).rejects.toMatchObject({ failure: { outcome: 'account' } });
    await expect(client.checkPassword('нет')).rejects.toMatchObject({
      failure: { outcome: 'fail' },
      error: { code: 'PASSWORD_INVALID', details: { extra: { hint: 'какой?' } } },
    });
    expect(await client.checkPassword('пароль 🔑')).toMatchObject({
      first_name: 'Анна',
      phone_number: phone,
    });
  });

  it('fetches the password parameters again where Telegram has changed them', async () => {
    const phone = await addTwoFactorAccount();
    const client = world.open();
    await client.signIn(await begin(client, phone), codeOf(phone));
    world.control.addFault({ phone, method: 'auth.checkPassword', error: 'SRP_ID_INVALID' });
    expect(await client.checkPassword('пароль 🔑')).toMatchObject({ first_name: 'Анна' });
  });

  it('moves to the data centre of the phone, and the session with it', async () => {
    const phone = testPhone(1);
    const client = world.open();
    const pending = await begin(client, phone);
    expect(client.session()).toMatch(/^v1\.1\./);
    expect(await client.signIn(pending, codeOf(phone))).toMatchObject({ status: 'authorized' });
  });

  it('goes on after a restart between code and sign-in, and between sign-in and password', async () => {
    const phone = await addTwoFactorAccount();
    const first = world.open();
    const pending = await begin(first, phone);
    await first.close();
    const second = world.open(first.session());
    expect(await second.signIn(pending, codeOf(phone))).toMatchObject({ status: 'password_required' });
    await second.close();
    const third = world.open(second.session());
    expect(await third.checkPassword('пароль 🔑')).toMatchObject({ first_name: 'Анна' });
    expect(third.session()).toBe(first.session());
  });

  it('refuses a code under another key, as expired', async () => {
    const phone = testPhone();
    const pending = await begin(world.open(), phone);
    await expect(world.open().signIn(pending, codeOf(phone))).rejects.toMatchObject({
      error: { code: 'PHONE_CODE_EXPIRED' },
    });
  });

  it('says what is wrong with a phone', async () => {
    await expect(world.open().sendCode('+1')).rejects.toMatchObject({
      error: { code: 'PHONE_NUMBER_INVALID' },
    });
    const unknown = '+12025550123';
    const client = world.open();
    const pending = await begin(client, unknown);
    await expect(client.signIn(pending, world.control.lastCode(unknown).code)).rejects.toMatchObject({
      error: { code: 'PHONE_NUMBER_UNOCCUPIED' },
    });
  });

  it('sends the code again by another way, and makes it void', async () => {
    const phone = testPhone();
    const client = world.open();
    const pending = await begin(client, phone);
    const again = await client.resendCode(pending);
    expect(again.delivery).not.toBe('unknown');
    const current = { ...pending, phoneCodeHash: again.phone_code_hash, delivery: again.delivery };
    await client.cancelCode(current);
    await client.cancelCode(current);
    await expect(client.signIn(current, codeOf(phone))).rejects.toMatchObject({
      error: { code: 'PHONE_CODE_EXPIRED' },
    });
  });

  it('finds out that it is signed in when the answer to the code was lost', async () => {
    const phone = testPhone();
    const client = world.open();
    const pending = await begin(client, phone);
    world.control.addFault({ phone, method: 'auth.signIn', drop: 'after' });
    expect(await client.signIn(pending, codeOf(phone))).toMatchObject({ status: 'authorized' });
  });

  it('waits where Telegram says so', async () => {
    const phone = testPhone();
    world.control.addFault({ phone, method: 'auth.sendCode', error: 'FLOOD_WAIT_77' });
    await expect(world.open().sendCode(phone)).rejects.toMatchObject({
      failure: { outcome: 'wait', scope: 'account', seconds: 77 },
      error: { code: 'FLOOD_WAIT', details: { retryAfter: 77, rpcError: 'FLOOD_WAIT_77' } },
    });
  });

  it('begins with a new key where the server has forgotten the kept one', async () => {
    const phone = testPhone();
    const forgotten = world.open(`v1.2.${Buffer.alloc(256, 7).toString('base64url')}`);
    const before = forgotten.session();
    const pending = await begin(forgotten, phone);
    expect(forgotten.session()).not.toBe(before);
    expect(await forgotten.signIn(pending, codeOf(phone))).toMatchObject({ status: 'authorized' });
  });
});

it('tells no code, password, phone or API hash in its failures, causes and all', async () => {
  const phone = await addTwoFactorAccount();
  const client = world.open();
  const pending = await begin(client, phone);
  const failures = [await client.signIn(pending, '98765').catch((error: unknown) => error)];
  await client.signIn(pending, codeOf(phone));
  failures.push(await client.checkPassword('hunter2').catch((error: unknown) => error));
  world.control.addFault({ method: 'auth.checkPassword', drop: 'before' });
  failures.push(await client.checkPassword('hunter2').catch((error: unknown) => error));
  world.control.addFault({ method: 'auth.sendCode', error: 'INTERNAL' });
  failures.push(await client.sendCode(phone).catch((error: unknown) => error));
  const told = failures.map((failure) => inspect(failure, { depth: 20, showHidden: true })).join();
  expect(failures.every((failure) => failure instanceof TelegramFailure)).toBe(true);
  for (const secret of ['98765', 'hunter2', phone.slice(1), world.options().apiHash, pending.phoneCodeHash]) {
    expect(told).not.toContain(secret);
  }
});

describe('logging out', () => {
  it('ends the authorization at Telegram, and is content where it has ended already', async () => {
    const { client } = await world.signIn();
    const session = client.session();
    await client.logOut();
    expect(client.session()).toBeNull();
    await client.logOut();
    const again = world.open(session);
    await expect(again.me()).rejects.toMatchObject({ failure: { outcome: 'account', state: 'revoked' } });
    await again.logOut();
    expect(again.session()).toBeNull();
  });
});
