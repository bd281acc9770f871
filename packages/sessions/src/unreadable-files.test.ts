import { randomBytes } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { Sealer } from '@gateway/runtime';
import { describe, expect, it } from 'vitest';
import type { StoredPeers } from './session-store.ts';
import { IVAN, LOGIN, READY, REVOKED } from './testing/accounts.ts';
import { setUp } from './testing/store-directory.ts';

const PEERS: StoredPeers = { peers: [], missing: [['@nobody', 1]] };

describe('unreadable data', () => {
  it('is named and left unchanged, whatever else is saved for the account', async () => {
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

  it('is kept when a new sign-in saves a session, and delete removes both', async () => {
    const { open, path, sessionFile } = await setUp();
    await (await open()).saveSession('user123', 'the session', IVAN);
    const before = await readFile(sessionFile, 'utf8');
    const store = await open(new Sealer([randomBytes(32)]));
    await store.saveSession('user123', 'a new session', IVAN);
    expect(await store.load('user123')).toMatchObject({ session: 'a new session', status: READY });
    const copies = (await readdir(path('telegram_sessions'))).filter((name) => name.includes('.broken-'));
    expect(copies).toHaveLength(1);
    expect(await readFile(path('telegram_sessions', copies[0] ?? ''), 'utf8')).toBe(before);
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
    ['a broken link', (file) => symlink('nowhere', file)],
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
      // Some broken files are made from the original content.
      await makeBroken(file).catch(async () => {
        await rm(file);
        await makeBroken(file);
      });
      return { ...stage, store, file, whole };
    }

    it('as a session: is named and can be restored, replaced and deleted', async () => {
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

    it('as peers: leaves the session readable, and new peers replace it', async () => {
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

  it('may be a login: the session is still readable', async () => {
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

  it('may be a file with any one byte changed', async () => {
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

  it('may be the session, peers or login of another account', async () => {
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
    // A login that cannot be opened does not block the next one.
    await store.saveLogin('user126', LOGIN);
    expect(await store.load('user126')).toMatchObject({ login: LOGIN });
  });

  it('is also content sealed with a removed key; a former key still opens, and the new one seals', async () => {
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
    'may be a telegram_auth.json of %j: opening the store fails, and the file is never overwritten',
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
      // So that no request is sent to Telegram that could not be saved.
      await expect(store.checkWritable('user123')).rejects.toMatchObject(error);
      expect(await readFile(authFile, 'utf8')).toBe(content);
    },
  );

  it.each<unknown>([{ state: 'of-a-newer-version', phone: '+79991234567' }, 'garbage', null, [], 7])(
    'may be one entry that is %j: other accounts work, and it stays unchanged until that account is saved',
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

      // A cancelled sign-in leaves the account paused, because it may have been paused before.
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

  it('does not include a telegram_auth.json with a byte order mark', async () => {
    const { open, authFile } = await setUp();
    await (await open()).saveSession('user123', 'the session', IVAN);
    await writeFile(authFile, `\uFEFF${await readFile(authFile, 'utf8')}`);
    expect(await (await open()).load('user123')).toMatchObject({ session: 'the session', status: READY });
  });

  it('may be a session file of many megabytes, which is not read', async () => {
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
    ['a broken link', (file) => symlink('nowhere', file), 'it is a broken link'],
    ['a link to itself', (file) => symlink(file, file), 'ELOOP'],
  ])(
    'may be a telegram_auth.json that is %s: the error says how to recover',
    async (_name, make, message) => {
      const { open, authFile } = await setUp();
      await make(authFile);
      await expect(open()).rejects.toMatchObject({
        failure: 'unreadable',
        message: expect.stringMatching(new RegExp(`${authFile} cannot be read: .*${message}.*move it away`)),
      });
    },
  );
});
