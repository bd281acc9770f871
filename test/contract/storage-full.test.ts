import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { canMount, SmallDisk } from '../env/small-disk.ts';
import { Stack } from '../env/stack.ts';

const ALICE = '+9996626001';
const PASSPHRASE = 'correct horse battery';
const FULL = { status: 507, body: { status: 'error', code: 'STORAGE_FULL', kind: 'user_action' } };

describe.skipIf(!canMount)(
  'a disk that takes no writes (skipped where this process may not mount one)',
  () => {
    let stack: Stack;
    let disk: SmallDisk;
    let phones = 10;

    const nextPhone = () => `+99966260${(phones += 1)}`;
    const post = (path: string, body: object) => stack.api.post(`/telegram/user/${path}`, body);
    const live = async (userId: string) => (await stack.api.status(userId, '?live=true')).body;
    async function backup(userId: string): Promise<string> {
      return (await post('export', { user_id: userId, passphrase: PASSPHRASE })).body.backup;
    }
    beforeAll(async () => {
      disk = new SmallDisk();
      stack = await Stack.start();
      await stack.restart({ DATA_DIR: disk.dataDir });
      await stack.signIn('alice', ALICE);
    }, 60_000);
    afterEach(() => {
      disk.remount('rw');
      disk.free();
    });
    afterAll(async () => {
      await stack[Symbol.asyncDispose]();
      disk.close();
    });

    const NO_WRITES: [string, () => void, () => void][] = [
      ['full', () => disk.fill(), () => disk.free()],
      ['read-only', () => disk.remount('ro'), () => disk.remount('rw')],
    ];

    describe.each(NO_WRITES)('%s', (name, begin, end) => {
      test('refuses calls that need to save before they reach Telegram; all of them work afterwards', async () => {
        const [begun, other, leaving] = [nextPhone(), nextPhone(), nextPhone()];
        await stack.api.startSignIn(`${name}-begun`, begun);
        const code = await stack.control.code(begun);
        await stack.signIn(`${name}-leaving`, leaving);
        const session = await backup(`${name}-leaving`);
        const files = async () => ({
          names: (await readdir(disk.dataDir, { recursive: true })).sort(),
          auth: await readFile(join(disk.dataDir, 'telegram_auth.json'), 'utf8'),
        });
        const before = await files();

        begin();
        expect(await stack.api.startSignIn(`${name}-other`, other)).toMatchObject(FULL);
        await expect(stack.control.code(other)).rejects.toThrow('404');
        for (const [path, body] of [
          ['auth/verify', { user_id: `${name}-begun`, phone_code: code }],
          ['auth/resend', { user_id: `${name}-begun` }],
          ['auth/cancel', { user_id: `${name}-begun` }],
          ['auth/qr', { user_id: `${name}-other` }],
          ['import', { user_id: `${name}-other`, session, passphrase: PASSPHRASE, exclusive: true }],
          ['export', { user_id: `${name}-leaving`, passphrase: PASSPHRASE, detach: true }],
          ['pause', { user_id: `${name}-leaving` }],
          ['pace', { user_id: `${name}-leaving`, pace: 'off' }],
          ['disconnect', { user_id: `${name}-leaving` }],
          ['disconnect', { user_id: `${name}-leaving`, logout: false, forget: true }],
        ] as const)
          expect(await post(path, body), path).toMatchObject(FULL);
        // Calls that save nothing still work.
        expect((await post('disconnect', { user_id: 'alice', logout: false })).status).toBe(200);
        expect(await backup('alice')).toMatch(/^tgb1\./);
        expect((await stack.api.send('alice', 'me', `sent while ${name}`)).status).toBe(200);
        expect(await live(`${name}-leaving`)).toMatchObject({ state: 'ready', authorized: true });
        expect((await stack.api.status(`${name}-begun`)).body).toMatchObject({ state: 'code_sent' });
        expect((await stack.api.status(`${name}-other`)).body).toMatchObject({ state: 'none' });
        expect((await files()).auth).toBe(before.auth);

        end();
        expect((await files()).names).toEqual(before.names);
        expect((await stack.api.verify(`${name}-begun`, { phone_code: code })).status).toBe(200);
        expect((await stack.api.startSignIn(`${name}-other`, other)).status).toBe(200);
        expect((await post('disconnect', { user_id: `${name}-leaving` })).status).toBe(200);
        expect((await stack.api.status(`${name}-leaving`)).body).toMatchObject({ state: 'none' });
      }, 30_000);

      test('during an answer of Telegram: the error describes the state, and verify completes the sign-in later', async () => {
        const [starting, verifying] = [nextPhone(), nextPhone()];
        const userId = `${name}-verifying`;
        await stack.api.startSignIn(userId, verifying);
        const code = await stack.control.code(verifying);
        for (const method of ['auth.sendCode', 'auth.signIn'])
          await stack.control.fault({ method, delay_ms: 1_500 });
        const started = stack.api.startSignIn(`${name}-starting`, starting);
        const verified = stack.api.verify(userId, { phone_code: code });
        // Telegram has received both calls, so all earlier checks are done.
        await expect.poll(() => stack.control.faults(), { timeout: 10_000, interval: 20 }).toEqual([]);
        begin();
        expect(await started).toMatchObject(FULL);
        expect((await started).body.message).toContain('A code was sent');
        expect(await verified).toMatchObject(FULL);
        expect((await verified).body.message).toContain('call verify (or qr) again');
        expect((await stack.api.status(userId)).body).toMatchObject({ state: 'code_sent' });
        end();
        // The code is used up, so only the earlier acceptance by Telegram can complete this, also in another process.
        if (name === 'read-only') await stack.restart({ DATA_DIR: disk.dataDir });
        const again = await stack.api.verify(userId, { phone_code: code });
        expect(again).toMatchObject({ status: 200, body: { status: 'authorized' } });
        expect((await stack.api.send(userId, 'me', 'signed in')).status).toBe(200);
      }, 30_000);
    });

    test('during the end of a QR sign-in: the next call completes it', async () => {
      const phone = nextPhone();
      const shown = await post('auth/qr', { user_id: 'scanning' });
      await stack.control.fault({ method: 'auth.exportLoginToken', delay_ms: 1_500 });
      await stack.control.scan(shown.body.url, phone);
      await expect.poll(() => stack.control.faults(), { timeout: 10_000, interval: 20 }).toEqual([]);
      disk.fill();
      const failed = 'a QR code was scanned, and what came of it is not known yet';
      await expect.poll(() => stack.worker.output, { timeout: 10_000 }).toContain(failed);
      expect((await stack.api.status('scanning')).body).toMatchObject({ state: 'qr_pending' });
      disk.free();
      const answer = await post('auth/qr', { user_id: 'scanning' });
      expect(answer).toMatchObject({ status: 200, body: { status: 'authorized' } });
      expect((await stack.api.send('scanning', 'me', 'signed in')).status).toBe(200);
    }, 30_000);

    test('read-only from the start: signed-in accounts are served', async () => {
      await stack.worker.end();
      disk.remount('ro');
      await stack.restart({ DATA_DIR: disk.dataDir });
      expect(await live('alice')).toMatchObject({ state: 'ready' });
      expect((await stack.api.send('alice', 'me', 'from a read-only disk')).status).toBe(200);
    });
  },
);
