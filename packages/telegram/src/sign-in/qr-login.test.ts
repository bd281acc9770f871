import { Api } from 'telegram/tl/index.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signedIn } from '../../../sandbox/src/testing/mtcute-users.ts';
import { testPhone, World } from '../testing/world.ts';
import type { QrLogin } from '../types.ts';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.close());

const nobody = (): void => {};

function urlOf(login: QrLogin): string {
  if (login.status !== 'qr') throw new Error(`No code: ${login.status}`);
  return login.url;
}

function account(more: { password?: string; hint?: string } = {}, digit = 2): string {
  const phone = testPhone(digit);
  world.control.createAccount({ phone, first_name: 'Ольга', ...more });
  return phone;
}

describe('signing in by a QR code', () => {
  it('shows a code for half a minute, hears of its scan, and is signed in with the next question', async () => {
    const phone = account();
    const client = world.open();
    const onScan = vi.fn();
    const before = Date.now();
    const shown = await client.exportLoginToken(onScan);
    expect(shown).toEqual({
      status: 'qr',
      url: expect.stringMatching(/^tg:\/\/login\?token=[\w-]+$/),
      expiresAt: expect.any(Number),
    });
    const { expiresAt } = shown as { expiresAt: number };
    expect(expiresAt - before).toBeGreaterThan(28_000);
    expect(expiresAt).toBeLessThan(Date.now() + 31_000);
    expect(onScan).not.toHaveBeenCalled();

    world.control.acceptLoginToken({ url: urlOf(shown), phone });
    await vi.waitUntil(() => onScan.mock.calls.length > 0, { timeout: 10_000 });
    const user = expect.objectContaining({ first_name: 'Ольга', phone_number: phone });
    expect(await client.exportLoginToken(onScan)).toEqual({ status: 'authorized', user });
    expect(await client.me()).toEqual(user);
  });

  it('takes the code that another client scans', async () => {
    const phone = testPhone();
    const { client: owner } = await signedIn(world.sandbox, phone);
    const client = world.open();
    const onScan = vi.fn();
    const token = Buffer.from(urlOf(await client.exportLoginToken(onScan)).split('=')[1] ?? '', 'base64url');
    await owner.call({ _: 'auth.acceptLoginToken', token });
    await vi.waitUntil(() => onScan.mock.calls.length > 0, { timeout: 10_000 });
    expect(await client.exportLoginToken(onScan)).toMatchObject({ status: 'authorized' });
  });

  it('asks for the password with its hint, and takes it', async () => {
    const phone = account({ password: 'пароль', hint: 'какой?' });
    const client = world.open();
    world.control.acceptLoginToken({ url: urlOf(await client.exportLoginToken(nobody)), phone });
    expect(await client.exportLoginToken(nobody)).toEqual({ status: 'password_required', hint: 'какой?' });
    expect(await client.exportLoginToken(nobody)).toEqual({ status: 'password_required', hint: 'какой?' });
    expect(await client.checkPassword('пароль')).toMatchObject({ phone_number: phone });
  });

  it.each([{}, { password: 'пароль' }])(
    'moves to the data centre where the account lives: %j',
    async (more) => {
      const phone = account(more, 3);
      const client = world.open();
      world.control.acceptLoginToken({ url: urlOf(await client.exportLoginToken(nobody)), phone });
      const before = client.session();
      const status = 'password' in more ? 'password_required' : 'authorized';
      expect(await client.exportLoginToken(nobody)).toMatchObject({ status });
      expect(client.session()).not.toBe(before);
      const again = world.open(client.session());
      if ('password' in more) await again.checkPassword(more.password);
      expect(await again.me()).toMatchObject({ phone_number: phone });
    },
  );

  it('learns of a scan after a restart, since the session is the same', async () => {
    const phone = account();
    const client = world.open();
    const url = urlOf(await client.exportLoginToken(nobody));
    await client.close();
    world.control.acceptLoginToken({ url, phone });
    expect(await world.open(client.session()).exportLoginToken(nobody)).toMatchObject({
      status: 'authorized',
    });
  });

  it('shows a new code each time, and any of them may be scanned', async () => {
    const phone = account();
    const client = world.open();
    const first = urlOf(await client.exportLoginToken(nobody));
    const second = urlOf(await client.exportLoginToken(nobody));
    expect(second).not.toBe(first);
    world.control.acceptLoginToken({ url: first, phone });
    expect(await client.exportLoginToken(nobody)).toMatchObject({ status: 'authorized' });
  });

  it.each([
    ['auth.exportLoginToken', 2, {}],
    ['auth.exportLoginToken', 2, { password: 'пароль' }],
    ['auth.importLoginToken', 3, {}],
    ['auth.importLoginToken', 3, { password: 'пароль' }],
  ] as const)(
    'loses nothing where the answer to %s of a scan is lost (data centre %i, %j)',
    async (method, digit, more) => {
      const phone = account(more, digit);
      const client = world.open();
      world.control.acceptLoginToken({ url: urlOf(await client.exportLoginToken(nobody)), phone });
      world.control.addFault({ method, drop: 'after' });
      const status = 'password' in more ? 'password_required' : 'authorized';
      expect(await client.exportLoginToken(nobody)).toMatchObject({ status });
    },
  );

  it.each([{ drop: 'before' }, { error: 'FLOOD_WAIT_5' }, { error: 'INTERNAL' }] as const)(
    'keeps a scan where moving to its data centre fails at first: %j',
    async (trouble) => {
      const phone = account({}, 3);
      const client = world.open();
      world.control.acceptLoginToken({ url: urlOf(await client.exportLoginToken(nobody)), phone });
      world.control.addFault({ method: 'auth.importLoginToken', ...trouble });
      const first = await client.exportLoginToken(nobody).catch(() => null);
      const last = first ?? (await client.exportLoginToken(nobody));
      expect(last).toMatchObject({ status: 'authorized' });
    },
  );

  it('asks whether it is signed in where a restart came between the sign-in and its answer', async () => {
    const phone = account();
    const client = world.open();
    world.control.acceptLoginToken({ url: urlOf(await client.exportLoginToken(nobody)), phone });
    const session = client.session();
    expect(await client.exportLoginToken(nobody)).toMatchObject({ status: 'authorized' });
    await client.close();
    expect(await world.open(session).exportLoginToken(nobody)).toMatchObject({ status: 'authorized' });
  });

  it('tells the end of a code by the clock of this machine', async () => {
    const ahead = await World.create({ now: () => Date.now() + 3_600_000 });
    try {
      const shown = (await ahead.open().exportLoginToken(nobody)) as { expiresAt: number };
      expect(Math.abs(shown.expiresAt - Date.now() - 30_000)).toBeLessThan(3_000);
    } finally {
      await ahead.close();
    }
  });
});

describe('updates', () => {
  it.each([
    ['alone', (update: Api.UpdateLoginToken) => update],
    ['in updateShort', (update: Api.UpdateLoginToken) => new Api.UpdateShort({ update, date: 1 })],
    [
      'among others',
      (update: Api.UpdateLoginToken) =>
        new Api.Updates({ updates: [update], users: [], chats: [], date: 1, seq: 0 }),
    ],
  ])('of a scan are heard %s', async (_how, pushed) => {
    const { Sender } = await import('../connection/sender.ts');
    const sender = await Sender.create(undefined, 2, nobody, nobody);
    const onScan = vi.fn();
    sender.onLoginToken = onScan;
    const message = { obj: pushed(new Api.UpdateLoginToken()) } as never;
    await sender._handleUpdate(message);
    expect(onScan).toHaveBeenCalledOnce();
    await sender._handleUpdate({ obj: new Api.UpdatesTooLong() } as never);
    expect(onScan).toHaveBeenCalledOnce();
  });
});
