import { readFile } from 'node:fs/promises';
import { GatewayClient, type QrProgress } from '@gateway/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signedIn } from '../../packages/sandbox/src/testing/mtcute-users.ts';
import { Stack } from '../env/stack.ts';

const BOB = '+9996628299';

/** A phone that is signed in, by a client that shares no code with the gateway: it scans. */
async function phoneOf(stack: Stack, phone: string, password?: string) {
  const ready = await stack.sandbox.ready;
  const publicKeyPem = await readFile(String(ready['publicKeyFile']), 'utf8');
  const dataCenters = ready['dataCenters'] as { id: number; host: string; port: number }[];
  // A test number's code is the digit after +99966, five times.
  const code = (phone.at(6) ?? '').repeat(5);
  const control = { lastCode: () => ({ phone, code, delivery: 'app' as const }) };
  const { client, id } = await signedIn({ dataCenters, publicKeyPem, control }, phone, password);
  return {
    id,
    scan: async (url: string) => {
      const token = Buffer.from(url.replace('tg://login?token=', ''), 'base64url');
      await client.call({ _: 'auth.acceptLoginToken', token });
    },
  };
}

describe('Sign-in by a QR code', () => {
  let stack: Stack;
  let client: GatewayClient;
  beforeAll(async () => {
    stack = await Stack.start({ API_KEYS: 'everything,of-bob:bob' });
    stack.api.headers = { Authorization: 'Bearer everything' };
    client = new GatewayClient({ baseUrl: stack.api.url, apiKey: 'everything' });
    await stack.signIn('bob', BOB);
  });
  beforeEach(() => stack.control.settings({ token_lifetime_seconds: 30 }));
  afterAll(() => stack[Symbol.asyncDispose]());

  const begin = async (userId: string) => {
    const { status, body } = await stack.api.post('/telegram/user/auth/qr', { user_id: userId });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { status: 'qr', job_id: expect.any(String) },
    });
    expect(body.url).toMatch(/^tg:\/\/login\?token=[\w-]+$/);
    expect(Date.parse(body.expires_at)).toBeGreaterThan(Date.now());
    return body;
  };
  const state = async (userId: string) => (await stack.api.status(userId)).body.state;
  /** What the stream tells, the codes scanned by `onCode`. */
  const watch = async (userId: string, onCode: (url: string, index: number) => Promise<void>) => {
    const told: QrProgress[] = [];
    for await (const progress of client.auth.watchQr(userId)) {
      told.push(progress);
      if (progress.status === 'qr') await onCode(progress.url, told.length - 1);
    }
    return told;
  };

  test('`auth/qr` → a code; scanned by another client, the worker signs in by itself, and the account sends', async () => {
    const phone = await phoneOf(stack, '+9996628201');
    const { url } = await begin('plain');
    expect(await state('plain')).toBe('qr_pending');
    await phone.scan(url);
    await expect.poll(() => state('plain')).toBe('ready');
    expect((await stack.api.status('plain')).body.user_info.id).toBe(phone.id);
    expect((await stack.api.send('plain', BOB, 'by QR')).status).toBe(200);
    const again = await stack.api.post('/telegram/user/auth/qr', { user_id: 'plain' });
    expect(again).toMatchObject({
      status: 409,
      body: { code: 'ALREADY_AUTHORIZED', user: { id: phone.id } },
    });
  });

  test('the stream tells each fresh code, then `authorized`', async () => {
    await stack.control.settings({ token_lifetime_seconds: 3 });
    const phone = await phoneOf(stack, '+9996628202');
    await begin('renewed');
    const told = await watch('renewed', async (url, index) => {
      if (index === 2) await phone.scan(url);
    });
    expect(told.map(({ status }) => status)).toEqual(['qr', 'qr', 'qr', 'authorized']);
    expect(new Set(told.map((progress) => (progress.status === 'qr' ? progress.url : ''))).size).toBe(4);
    expect(told.at(-1)).toMatchObject({ user: { id: phone.id } });
    // Whoever comes late hears the end.
    expect(await watch('renewed', async () => {})).toMatchObject([{ status: 'authorized' }]);
  });

  test('two-factor on: `password_required` with the hint, then `verify` with the password alone', async () => {
    const account = { phone: '+9996628203', first_name: 'Carol', password: 'hunter2', hint: 'the usual' };
    await stack.control.createAccount(account);
    const phone = await phoneOf(stack, account.phone, 'hunter2');
    await begin('two-factor');
    const told = await watch('two-factor', (url) => phone.scan(url));
    expect(told.at(-1)).toEqual({ status: 'password_required', hint: 'the usual' });
    expect(await state('two-factor')).toBe('password_required');
    const wrong = await stack.api.verify('two-factor', { password: 'hunter1' });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'PASSWORD_INVALID', hint: 'the usual' } });
    const right = await stack.api.verify('two-factor', { password: 'hunter2' });
    expect(right).toMatchObject({ status: 200, body: { status: 'authorized', user: { id: phone.id } } });
  });

  test('an account that is at home in another data centre is signed in there, and stays so', async () => {
    const phone = await phoneOf(stack, '+9996638204');
    await begin('far');
    const told = await watch('far', (url) => phone.scan(url));
    expect(told.at(-1)).toMatchObject({ status: 'authorized', user: { id: phone.id } });
    await stack.worker.end();
    await stack.startWorker();
    expect((await stack.api.send('far', BOB, 'from afar')).status).toBe(200);
  });

  test('a login survives a restart of worker and API between code and scan', async () => {
    const phone = await phoneOf(stack, '+9996628205');
    const { url } = await begin('restarted');
    await Promise.all([stack.worker.end(), stack.apiProcess.end()]);
    await phone.scan(url);
    await Promise.all([stack.startWorker(), stack.startApi()]);
    stack.api.headers = { Authorization: 'Bearer everything' };
    client = new GatewayClient({ baseUrl: stack.api.url, apiKey: 'everything' });
    expect(await state('restarted')).toBe('qr_pending');
    const told = await watch('restarted', async () => {});
    expect(told).toMatchObject([{ status: 'authorized', user: { id: phone.id } }]);
  });

  test('cancel ends it; a code login and a QR login take each other’s place', async () => {
    await begin('changed');
    const stream = watch('changed', async () => {
      await stack.api.post('/telegram/user/auth/cancel', { user_id: 'changed' });
    });
    await expect(stream).rejects.toMatchObject({ code: 'AUTH_NOT_STARTED' });
    expect(await state('changed')).toBe('none');
    expect((await stack.api.get('/telegram/user/auth/qr/changed')).body.code).toBe('AUTH_NOT_STARTED');
    await stack.api.startSignIn('changed', '+9996628206');
    await begin('changed');
    expect(await state('changed')).toBe('qr_pending');
    const early = await stack.api.verify('changed', { phone_code: '22222' });
    expect(early.body.code).toBe('AUTH_NOT_STARTED');
    await stack.api.startSignIn('changed', '+9996628206');
    expect((await stack.api.verify('changed', { phone_code: '22222' })).body.status).toBe('authorized');
  });

  test('a code login that waits for its password is left alone by who watches', async () => {
    const account = { phone: '+9996628207', first_name: 'Dan', password: 'hunter2', hint: 'h' };
    await stack.control.createAccount(account);
    await stack.api.startSignIn('by-code', account.phone);
    await stack.api.verify('by-code', { phone_code: '22222' });
    expect(await watch('by-code', async () => {})).toEqual([{ status: 'password_required', hint: 'h' }]);
    expect((await stack.api.verify('by-code', { password: 'hunter2' })).body.status).toBe('authorized');
  });

  test('a key that may not use the account is refused', async () => {
    const ofBob = { Authorization: 'Bearer of-bob' };
    const begun = await stack.api.post('/telegram/user/auth/qr', { user_id: 'plain' }, ofBob);
    expect(begun.status).toBe(403);
    expect((await stack.api.get('/telegram/user/auth/qr/plain', ofBob)).status).toBe(403);
  });

  test("the sandbox's control port scans too, for people with no phone at hand", async () => {
    const { url } = await begin('no-phone');
    await expect(stack.control.scan(url.slice(0, -4), '+9996628208')).rejects.toThrow('AUTH_TOKEN_INVALID');
    await stack.control.scan(url, '+9996628208');
    await expect.poll(() => state('no-phone')).toBe('ready');
  });
});
