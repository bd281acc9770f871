import { expect, test } from 'vitest';
import { failure, QrWorld, USER } from '../testing/qr-world.ts';
import { cancelSignIn, startSignIn, verifySignIn } from './sign-in.ts';

const UNLIMITED = { count: async () => {} };

const AUTHORIZED = { status: 'authorized', user: USER } as const;
const asked = ({ calls }: QrWorld) => calls.filter((name) => name === 'exportLoginToken').length;

test('a code is returned again while enough time is left to scan it; after that, a new one', async () => {
  const world = await QrWorld.open();
  const first = await world.show();
  expect(first).toMatchObject({ status: 'qr', expires_at: '2024-01-15T12:00:30.000Z' });
  world.now += 25_000;
  expect(await world.show(false)).toEqual(first);
  expect(asked(world)).toBe(1);
  world.now += 1;
  expect(await world.show(false)).not.toEqual(first);
  expect(asked(world)).toBe(2);
  expect(world.shown).toEqual(['qr_pending']);
  expect(world.calls.filter((name) => name === 'open')).toHaveLength(1);
});

test('a scan completes the sign-in without a further request', async () => {
  const world = await QrWorld.open();
  await world.show();
  world.answers.push(AUTHORIZED);
  world.scan();
  await world.settled();
  expect(world.shown).toEqual(['qr_pending', 'ready']);
  expect(world.authorized).toEqual(['alice']);
  expect(world.account.login).toBeNull();
});

test('the outcome of a scan is requested again after a lost answer or network error, on the same session', async () => {
  const world = await QrWorld.open();
  await world.show();
  world.answers.push(
    failure({ outcome: 'unknown' }),
    failure({ outcome: 'retry', reached: false }),
    AUTHORIZED,
  );
  world.scan();
  await world.settled();
  expect(world.shown.at(-1)).toBe('ready');
  expect(world.failures).toEqual([]);
});

test('a lasting error is reported, and the next request for a code completes the scan', async () => {
  const world = await QrWorld.open();
  await world.show();
  const trouble = failure({ outcome: 'wait', scope: 'account', seconds: 30 });
  world.answers.push(trouble);
  world.scan();
  await world.settled();
  expect(world.failures).toEqual([trouble]);
  expect(world.account.login?.awaiting).toBe('scan');
  world.answers.push(AUTHORIZED);
  expect(await world.show(false)).toEqual(AUTHORIZED);
});

test('with two-factor authentication, verify completes the sign-in by the password', async () => {
  const world = await QrWorld.open();
  await world.show();
  world.answers.push({ status: 'password_required', hint: 'cat' });
  world.scan();
  await world.settled();
  expect(world.shown).toEqual(['qr_pending', 'password_required']);
  expect(await world.show()).toEqual({ status: 'password_required', hint: 'cat' });
  const { account } = world;
  expect(await account.inTurn(() => verifySignIn(account, { password: 'x' }, UNLIMITED))).toEqual(AUTHORIZED);
});

test('a scan after a cancel signs nobody in, and logs its auth key out', async () => {
  const world = await QrWorld.open();
  await world.show();
  const { scan, account } = world;
  await account.inTurn(() => cancelSignIn(account));
  world.answers.push(AUTHORIZED);
  scan();
  await world.settled();
  expect(world.calls).toContain('logOut');
  expect(asked(world)).toBe(1);
  expect(world.shown).toEqual(['qr_pending', 'none']);
});

test('a scan of an earlier sign-in does not complete the current one', async () => {
  const world = await QrWorld.open();
  await world.show();
  const { scan, account } = world;
  await account.inTurn(() => cancelSignIn(account));
  await world.show();
  scan();
  await world.settled();
  expect(asked(world)).toBe(2);
});

test('a QR sign-in replaces a sign-in by code, and the other way round', async () => {
  const world = await QrWorld.open();
  const { account } = world;
  await account.inTurn(() =>
    startSignIn(account, '+79991234567', { now: world.now, phoneLimits: UNLIMITED }),
  );
  await world.show();
  expect(account.login).toMatchObject({ kind: 'qr', session: 'session 1' });
  await account.inTurn(() =>
    startSignIn(account, '+79991234567', { now: world.now, phoneLimits: UNLIMITED }),
  );
  expect(account.login).toMatchObject({ kind: 'code', session: 'session 2' });
  const kept = world.calls.filter((name) => name !== 'open');
  expect(kept).toEqual(['sendCode', 'cancelCode', 'exportLoginToken', 'logOut', 'sendCode']);
});

test('a request that may not begin a sign-in begins none, and does not replace one by code', async () => {
  const world = await QrWorld.open();
  await expect(world.show(false)).rejects.toMatchObject({ code: 'AUTH_NOT_STARTED' });
  const { account } = world;
  await account.inTurn(() =>
    startSignIn(account, '+79991234567', { now: world.now, phoneLimits: UNLIMITED }),
  );
  await expect(world.show(false)).rejects.toMatchObject({ code: 'AUTH_NOT_STARTED' });
  expect(account.login?.kind).toBe('code');
  expect(asked(world)).toBe(0);
});

test('a sign-in that fails to begin leaves nothing behind; a pending one stays', async () => {
  const world = await QrWorld.open();
  world.answers.push(failure({ outcome: 'fail' }));
  await expect(world.show()).rejects.toMatchObject({ failure: { outcome: 'fail' } });
  expect([world.account.login, world.account.isConnected]).toEqual([null, false]);
  await world.show();
  world.now += 30_000;
  world.answers.push(failure({ outcome: 'unknown' }));
  await expect(world.show()).rejects.toMatchObject({ failure: { outcome: 'unknown' } });
  expect(world.account.login?.awaiting).toBe('scan');
});

test('a signed-in account is refused with its user', async () => {
  const world = await QrWorld.open();
  world.answers.push(AUTHORIZED);
  expect(await world.show()).toEqual(AUTHORIZED);
  for (const begin of [true, false]) {
    await expect(world.show(begin)).rejects.toMatchObject({
      code: 'ALREADY_AUTHORIZED',
      details: { extra: { user: USER } },
    });
  }
});

test('verify is refused before the scan', async () => {
  const world = await QrWorld.open();
  await world.show();
  const { account } = world;
  for (const answers of [{ phoneCode: '12345' }, { password: 'x' }]) {
    await expect(account.inTurn(() => verifySignIn(account, answers, UNLIMITED))).rejects.toMatchObject({
      code: 'AUTH_NOT_STARTED',
    });
  }
});
