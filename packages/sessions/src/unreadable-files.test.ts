import { randomBytes } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { Sealer } from '@gateway/runtime';
import { describe, expect, it } from 'vitest';
import type { StoredPeers } from './session-store.ts';
import { IVAN, LOGIN, READY, REVOKED } from './testing/accounts.ts';
import { setUp } from './testing/store-directory.ts';

const PEERS: StoredPeers = { peers: [], missing: [['@nobody', 1]] };

describe('what cannot be opened', () => {
  it('is named and left as it is, whatever else is saved of the account', async () => {
    const { open, sessionFile } = await setUp();
    await (await open()).saveSession('user123', 'the session', IVAN);
    const before = await readFile(sessionFile);

    const store = await open(new Sealer([randomBytes(32)]));
    const unreadable = {
      name: 'SessionStoreError',
      failure: 'unreadable',
      userId: 'user123',
      sealedBy: 'other_key',
      message: expect.stringContaining(sessionFile),
    };
    expect(await store.load('user123')).toMatchObject({ session: null, status: READY, unreadable });
    await store.saveStatus('user123', REVOKED);
    expect(await store.load('user123')).toMatchObject({ session: null, status: REVOKED, unreadable });
    await store.saveLogin('user123', LOGIN);
    expect(await store.load('user123')).toMatchObject({ session: null, login: LOGIN, unreadable });
    await store.dropLogin('user123');
    expect(await store.load('user123')).toMatchObject({
      session: null,
      login: null,
      status: REVOKED,
      unreadable,
    });
    expect(await readFile(sessionFile)).toEqual(before);
    expect(await store.list()).toEqual(['user123']);
    expect(await (await open()).load('user123')).toMatchObject({ session: 'the session' });
  });

  it('is kept beside the session of a new sign-in, and both go by delete', async () => {
    const { open, path, sessionFile } = await setUp();
    await (await open()).saveSession('user123', 'the session', IVAN);
    const before = await readFile(sessionFile, 'utf8');
    const store = await open(new Sealer([randomBytes(32)]));
    await store.saveSession('user123', 'a new session', IVAN);
    expect(await store.load('user123')).toMatchObject({ session: 'a new session', status: READY });
    const aside = (await readdir(path('telegram_sessions'))).filter((name) => name.includes('.broken-'));
    expect(aside).toHaveLength(1);
    expect(await readFile(path('telegram_sessions', aside[0] ?? ''), 'utf8')).toBe(before);
    expect(await store.list()).toEqual(['user123']);
    await store.saveSession('user123', 'another session', IVAN);
    await store.delete('user123');
    expect(await store.load('user123')).toBeNull();
    expect(await readdir(path('telegram_sessions'))).toEqual([]);
  });

  const BROKEN: [string, (file: string) => Promise<unknown>][] = [
    ['empty', (file) => writeFile(file, '')],
    ['garbage', (file) => writeFile(file, 'garbage')],
    ['bytes that are no text', (file) => writeFile(file, Buffer.from([0xff, 0xfe, 0, 0x80]))],
    ['sealed text without content', (file) => writeFile(file, 'v1.00000000.AAAA')],
    ['cut off', async (file) => writeFile(file, (await readFile(file)).subarray(0, 40))],
    [
      'there twice',
      async (file) => writeFile(file, Buffer.concat([await readFile(file), await readFile(file)])),
    ],
    ['a directory', (file) => mkdir(file)],
    ['a directory with something in it', (file) => mkdir(`${file}/x`, { recursive: true })],
    ['a link to nothing', (file) => symlink('nowhere', file)],
    ['a link to itself', (file) => symlink(file, file)],
    ['a device', (file) => symlink('/dev/null', file)],
  ];

  describe.each(BROKEN)('may be a file that is %s', (_name, makeBroken) => {
    async function withBroken(kind: 'session' | 'peers') {
      const stage = await setUp();
      const store = await stage.open();
      await store.saveSession('user123', 'the session', IVAN);
      await store.savePeers('user123', PEERS);
      const file = stage.path('telegram_sessions', `user123.${kind}`);
      const whole = await readFile(file);
      // A broken file may be made from what was in it.
      await makeBroken(file).catch(async () => {
        await rm(file);
        await makeBroken(file);
      });
      return { ...stage, store, file, whole };
    }

    it('as a session: it is named, can be restored, replaced and deleted', async () => {
      const { store, file, whole, open, path } = await withBroken('session');
      const unreadable = { failure: 'unreadable', message: expect.stringContaining(file) };
      expect(await store.load('user123')).toMatchObject({ session: null, status: READY, unreadable });
      expect(await store.list()).toEqual(['user123']);
      await store.checkWritable('user123');
      await rename(file, `${file}.away`);
      await writeFile(file, whole);
      expect(await store.load('user123')).toMatchObject({ session: 'the session', status: READY });
      await rm(file);
      await rename(`${file}.away`, file);
      await store.saveSession('user123', 'a new session', IVAN);
      expect(await (await open()).load('user123')).toMatchObject({ session: 'a new session' });
      await store.delete('user123');
      expect(await store.load('user123')).toBeNull();
      expect(await store.list()).toEqual([]);
      expect(await readdir(path('telegram_sessions'))).not.toContain('user123.session');
    });

    it('as peers: the session is good, and new peers take their place', async () => {
      const { store, file } = await withBroken('peers');
      await expect(store.loadPeers('user123')).rejects.toMatchObject({
        failure: 'unreadable',
        message: expect.stringContaining(file),
      });
      expect(await store.load('user123')).toMatchObject({ session: 'the session' });
      await store.savePeers('user123', PEERS, { keepFormer: true });
      expect(await store.loadPeers('user123')).toEqual(PEERS);
    });
  });

  it('may be a login: the session beside it is good', async () => {
    const { open, authFile } = await setUp();
    const store = await open();
    await store.saveSession('user123', 'the session', IVAN);
    await store.saveLogin('user123', LOGIN);
    const auth = JSON.parse(await readFile(authFile, 'utf8'));
    auth.accounts.user123.login.sealed = 'garbage';
    await writeFile(authFile, JSON.stringify(auth));
    expect(await store.load('user123')).toMatchObject({
      session: 'the session',
      login: null,
      status: READY,
      unreadable: { message: expect.stringContaining('the login of account user123') },
    });
  });

  it('may be a file with one byte changed, at any place', async () => {
    const { open, sessionFile } = await setUp();
    const store = await open();
    await store.saveSession('user123', 'the session', IVAN);
    const whole = (await readFile(sessionFile, 'utf8')).trim();
    for (let at = 0; at < whole.length; at += 1) {
      await writeFile(
        sessionFile,
        whole.slice(0, at) + (whole[at] === 'A' ? 'Q' : 'A') + whole.slice(at + 1),
      );
      expect(await store.load('user123'), `byte ${at}`).toMatchObject({
        session: null,
        unreadable: { failure: 'unreadable' },
      });
    }
    await writeFile(sessionFile, whole);
    expect(await store.load('user123')).toMatchObject({ session: 'the session' });
  });

  it('may be the session, peers or login of another account, put in its place', async () => {
    const { open, path, authFile, sessionFile } = await setUp();
    const store = await open();
    for (const userId of ['user123', 'user124']) {
      await store.saveSession(userId, `session of ${userId}`, IVAN);
      await store.savePeers(userId, { peers: [], missing: [] });
    }
    await store.saveLogin('user125', LOGIN);
    await cp(path('telegram_sessions', 'user124.session'), sessionFile);
    await cp(path('telegram_sessions', 'user124.peers'), path('telegram_sessions', 'user123.peers'));
    const auth = JSON.parse(await readFile(authFile, 'utf8'));
    auth.accounts.user126 = auth.accounts.user125;
    await writeFile(authFile, JSON.stringify(auth));
    expect(await store.load('user123')).toMatchObject({
      session: null,
      unreadable: { failure: 'unreadable' },
    });
    await expect(store.loadPeers('user123')).rejects.toMatchObject({ failure: 'unreadable' });
    expect(await store.load('user126')).toMatchObject({
      login: null,
      unreadable: { failure: 'unreadable', message: expect.stringContaining('telegram_auth.json') },
    });
    expect(await store.load('user125')).toMatchObject({ login: LOGIN });
    // A login that nobody can open any more is not in the way of the next one.
    await store.saveLogin('user126', LOGIN);
    expect(await store.load('user126')).toMatchObject({ login: LOGIN });
  });

  it('is only what was sealed with a key that is gone: a former key opens, and the new one seals', async () => {
    const { open } = await setUp();
    const [first, second] = [randomBytes(32), randomBytes(32)];
    const before = await open(new Sealer([first]));
    await before.saveSession('user123', 'the session', IVAN);
    await before.saveLogin('user123', LOGIN);
    const rotated = await open(new Sealer([second, first]));
    expect(await rotated.load('user123')).toMatchObject({ session: 'the session', login: LOGIN });
    await rotated.saveSession('user123', 'the session', IVAN);
    expect(await (await open(new Sealer([second]))).load('user123')).toMatchObject({
      session: 'the session',
    });
  });

  it.each([
    ['', 'is empty'],
    ['{"version":1,"accounts":{"user123":{"state":"rea', 'cut off'],
    ['\u0000\u0000\u0000', 'is not JSON'],
    ['[]', 'is not {"version": 1'],
    ['{"version":2,"accounts":{}}', 'is not {"version": 1'],
    ['{"version":1,"accounts":[]}', 'is not {"version": 1'],
  ])(
    'is a telegram_auth.json of %j: said when the store is opened, and never overwritten',
    async (content, message) => {
      const { open, authFile } = await setUp();
      const store = await open();
      await store.saveSession('user123', 'the session', IVAN);
      await writeFile(authFile, content);
      const error = { failure: 'unreadable', message: expect.stringContaining(message) };
      await expect(open()).rejects.toMatchObject(error);
      await expect(open()).rejects.not.toThrow('+7999');
      await expect(open()).rejects.toThrow('Restore it from a backup. Or move it away');
      await expect(store.saveSession('user123', 'a new session', IVAN)).rejects.toMatchObject(error);
      await expect(store.saveStatus('user123', REVOKED)).rejects.toMatchObject(error);
      await expect(store.list()).rejects.toMatchObject(error);
      // So that nothing is begun at Telegram, nor ended there.
      await expect(store.checkWritable('user123')).rejects.toMatchObject(error);
      expect(await readFile(authFile, 'utf8')).toBe(content);
    },
  );

  it.each<unknown>([{ state: 'of-a-newer-version', phone: '+79991234567' }, 'garbage', null, [], 7])(
    'is an entry of one account that is %j: it keeps back no other, and stays as it is until that account is saved',
    async (broken) => {
      const { open, authFile } = await setUp();
      const store = await open();
      await store.saveSession('user123', 'the session', IVAN);
      await store.saveSession('user124', 'another session', IVAN);
      const auth = JSON.parse(await readFile(authFile, 'utf8'));
      const whole = auth.accounts.user123;
      Object.assign(auth.accounts, { user123: broken, user125: broken, '../x': broken });
      await writeFile(authFile, JSON.stringify(auth));

      const again = await open();
      expect(await again.list()).toEqual(['user123', 'user124', 'user125']);
      expect(await again.load('user124')).toMatchObject({ session: 'another session', status: READY });
      await again.saveStatus('user124', REVOKED);
      const { accounts } = JSON.parse(await readFile(authFile, 'utf8'));
      expect(accounts).toMatchObject({ user123: broken, user125: broken, '../x': broken });

      for (const userId of ['user123', 'user125']) {
        const message = expect.stringContaining(`the entry of account ${userId} in ${authFile}`);
        const unreadable = { failure: 'unreadable', sealedBy: 'unknown', message };
        const found = await again.load(userId);
        expect(found).toMatchObject({ session: null, login: null, unreadable });
        expect(found?.unreadable?.message).not.toContain('+7999');
      }
      expect(await again.load('user123')).toMatchObject({ status: { user: IVAN } });

      // A sign-in that is given up leaves the account paused: it may have been so before.
      await again.saveLogin('user123', LOGIN);
      await again.dropLogin('user123');
      expect(await again.load('user123')).toMatchObject({
        session: 'the session',
        status: { state: 'ready', reason: 'PAUSED', user: IVAN },
      });
      await again.delete('user125');
      expect(await again.load('user125')).toBeNull();

      await writeFile(authFile, JSON.stringify({ ...auth, accounts: { user123: whole } }));
      const restored = await again.load('user123');
      expect(restored).toMatchObject({ session: 'the session', status: READY });
      expect(restored?.unreadable).toBeUndefined();
    },
  );

  it('is not a telegram_auth.json that an editor has put a byte order mark before', async () => {
    const { open, authFile } = await setUp();
    await (await open()).saveSession('user123', 'the session', IVAN);
    await writeFile(authFile, `\uFEFF${await readFile(authFile, 'utf8')}`);
    expect(await (await open()).load('user123')).toMatchObject({ session: 'the session', status: READY });
  });

  it('is a session file of many megabytes: it is not read', async () => {
    const { open, sessionFile } = await setUp();
    const store = await open();
    await store.saveSession('user123', 'the session', IVAN);
    await truncate(sessionFile, 2 ** 26 + 1);
    expect(await store.load('user123')).toMatchObject({
      session: null,
      unreadable: { failure: 'unreadable', message: expect.stringContaining('it has 67108865 bytes') },
    });
  });

  it.each<[string, (file: string) => Promise<unknown>, string]>([
    ['a directory', (file) => mkdir(file), 'it is not a file'],
    ['a link to nothing', (file) => symlink('nowhere', file), 'it is a link to nothing'],
    ['a link to itself', (file) => symlink(file, file), 'ELOOP'],
  ])('is a telegram_auth.json that is %s: it is named, and the way out', async (_name, make, message) => {
    const { open, authFile } = await setUp();
    await make(authFile);
    await expect(open()).rejects.toMatchObject({
      failure: 'unreadable',
      message: expect.stringMatching(new RegExp(`${authFile} cannot be read: .*${message}.*move it away`)),
    });
  });
});
