import { cp, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Sealer } from '@gateway/runtime';
import { describe, expect, it } from 'vitest';
import { openFileSessionStore } from './file-session-store.ts';
import type { StoredLogin } from './session-store.ts';
import { IVAN, READY, REVOKED } from './testing/accounts.ts';
import { describeSessionStore } from './testing/compliance.ts';
import { KEY, makeDirectory, setUp } from './testing/store-directory.ts';

const SECRET_LOGIN: StoredLogin = {
  kind: 'code',
  session: 'SECRET half-made session',
  phoneNumber: '+79990001122',
  sent: {
    phone_code_hash: 'SECRET code hash',
    delivery: 'app',
    next_delivery: null,
    code_length: 5,
    timeout: null,
  },
  sentAt: 1_700_000_000_000,
  awaiting: 'password',
  hint: 'SECRET hint',
};

describeSessionStore('a session store in files', async () => {
  const directory = await makeDirectory();
  return {
    open: () => openFileSessionStore({ dataDir: join(directory, 'data'), sealer: new Sealer([KEY]) }),
    remove: () => rm(directory, { recursive: true }),
  };
});

describe('the files of a session store', () => {
  it('have the documented paths and only their owner can read them', async () => {
    const { open, path, authFile, sessionFile } = await setUp();
    const store = await open();
    await store.saveSession('user123', 'the session', IVAN);
    await store.savePeers('user123', { peers: [], missing: [] });
    for (const file of [authFile, sessionFile, path('telegram_sessions', 'user123.peers')]) {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    }
    expect((await stat(path('telegram_sessions'))).mode & 0o777).toBe(0o700);
    expect(await readdir(path('telegram_sessions'))).toEqual(['user123.peers', 'user123.session']);
    expect(await readdir(path())).toEqual(['telegram_auth.json', 'telegram_sessions']);
  });

  it('have different names on every file system', async () => {
    const { open, path } = await setUp();
    const store = await open();
    for (const userId of ['user', 'User', 'uSER', 'USER'])
      await store.saveSession(userId, `session of ${userId}`, null);
    const names = await readdir(path('telegram_sessions'));
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(4);
    expect(names).toContain('user.session');
    expect(names).toContainEqual(expect.stringMatching(/^User~[0-9a-f]{16}\.session$/));
  });

  it('show no secret in any of their bytes', async () => {
    const { open, dataDir } = await setUp();
    const store = await open();
    await store.saveLogin('user123', SECRET_LOGIN);
    await store.saveSession('user124', 'SECRET session', IVAN);
    await store.savePeers('user124', {
      peers: [
        {
          kind: 'user',
          id: '5',
          accessHash: '7777777777',
          username: 'secret_friend',
          phone: '+79995556677',
          familiar: true,
        },
      ],
      missing: [['SECRET key', 1]],
    });
    const names = (await readdir(dataDir, { recursive: true })).filter((name) =>
      /\.(json|session|peers)$/.test(name),
    );
    expect(names).toHaveLength(3);
    for (const name of names) {
      const bytes = await readFile(join(dataDir, name));
      const texts = [
        bytes.toString('latin1'),
        ...bytes
          .toString('latin1')
          .split(/[^\w-]+/)
          .map((word) => Buffer.from(word, 'base64url').toString('latin1')),
      ];
      for (const secret of [
        'SECRET',
        '79990001122',
        '7777777777',
        'secret_friend',
        '79995556677',
        KEY.toString('base64'),
        KEY.toString('hex'),
      ]) {
        expect(
          texts.filter((text) => text.includes(secret)),
          `${secret} in ${name}`,
        ).toEqual([]);
      }
    }
  });

  it('have one entry per account in telegram_auth.json, in which only the login is sealed', async () => {
    const { open, authFile } = await setUp();
    const store = await open();
    await store.saveSession('user123', 'the session', IVAN);
    await store.saveLogin('user124', SECRET_LOGIN);
    expect(JSON.parse(await readFile(authFile, 'utf8'))).toEqual({
      version: 1,
      accounts: {
        user123: {
          state: 'ready',
          user: IVAN,
          reason: null,
          next_action: null,
          login: null,
          updated_at: expect.stringMatching(/Z$/),
          revision: expect.any(String),
        },
        user124: expect.objectContaining({
          state: 'none',
          login: { state: 'password_required', sealed: expect.stringMatching(/^v1\./) },
        }),
      },
    });
  });

  it('may be a session file without an entry: the account is ready, with the status in that file', async () => {
    const { open, authFile } = await setUp();
    await (await open()).saveSession('user123', 'the session', IVAN);
    await unlink(authFile);
    const store = await open();
    expect(await store.list()).toEqual(['user123']);
    expect(await store.load('user123')).toMatchObject({
      status: { state: 'ready', user: IVAN },
      session: 'the session',
      login: null,
    });
  });

  it('that belong to no account are ignored', async () => {
    const { open, path } = await setUp();
    const store = await open();
    for (const name of [
      'notes.txt',
      'User.session',
      'user~0123456789abcdef.session',
      'a b.session',
      '..session',
      '.session',
    ]) {
      await writeFile(path('telegram_sessions', name), 'something');
    }
    expect(await store.list()).toEqual([]);
  });
});

describe('a crash between two writes', () => {
  it('leaves the account signed in if the session was written and its entry was not', async () => {
    const { open, authFile } = await setUp();
    const store = await open();
    await store.saveSession('user123', 'the session', IVAN);
    await store.saveStatus('user123', REVOKED);
    await store.saveLogin('user123', SECRET_LOGIN);
    const before = await readFile(authFile);
    await store.saveSession('user123', 'a new session', IVAN);
    await writeFile(authFile, before);

    const restarted = await open();
    const signedIn = { userId: 'user123', status: READY, session: 'a new session', login: null };
    expect(await restarted.load('user123')).toEqual(signedIn);
    // The next write continues from there.
    await restarted.saveStatus('user123', { ...REVOKED, reason: 'once more' });
    expect(await restarted.load('user123')).toMatchObject({
      status: { reason: 'once more' },
      session: 'a new session',
      login: null,
    });
  });

  it('leaves no account if the session was deleted and its entry was not', async () => {
    const { open, authFile } = await setUp();
    const store = await open();
    await store.saveSession('user123', 'the session', IVAN);
    const before = await readFile(authFile);
    await store.delete('user123');
    await writeFile(authFile, before);
    const restarted = await open();
    expect(await restarted.load('user123')).toBeNull();
    expect(await restarted.list()).toEqual([]);
    await restarted.saveLogin('user123', SECRET_LOGIN);
    expect(await restarted.load('user123')).toMatchObject({
      status: { state: 'password_required', user: null },
      session: null,
    });
    await restarted.delete('user123');
    expect(await readFile(authFile, 'utf8')).not.toContain('user123');
  });
});

describe('writing telegram_auth.json', () => {
  it('batches a thousand changes into few writes', async () => {
    const { open, authFile } = await setUp();
    const store = await open();
    const ids = Array.from({ length: 1_000 }, (_, index) => `user${index}`);
    const inodes = new Set<bigint>();
    const saved = ids.map(async (userId) => {
      await store.saveLogin(userId, SECRET_LOGIN);
      inodes.add((await stat(authFile, { bigint: true })).ctimeNs);
    });
    await Promise.all(saved);
    expect(inodes.size).toBeLessThan(50);
    const accounts = Object.keys(JSON.parse(await readFile(authFile, 'utf8')).accounts);
    expect(accounts.sort()).toEqual(ids.sort());
  });

  it('rejects every change of a failed write, and works again once the cause is gone', async () => {
    const { open, path, authFile } = await setUp();
    const store = await open();
    await store.saveLogin('user123', SECRET_LOGIN);
    await rename(authFile, path('aside'));
    // A directory in place of the file cannot be read.
    await cp(path('telegram_sessions'), authFile, { recursive: true });
    const failed = await Promise.allSettled([
      store.saveLogin('user124', SECRET_LOGIN),
      store.saveLogin('user125', SECRET_LOGIN),
    ]);
    expect(failed).toMatchObject([
      { reason: { failure: 'unreadable', message: expect.stringContaining(authFile) } },
      { reason: { failure: 'unreadable', message: expect.stringContaining(authFile) } },
    ]);
    await rm(authFile, { recursive: true });
    await rename(path('aside'), authFile);
    await store.saveLogin('user125', SECRET_LOGIN);
    expect(await store.list()).toEqual(['user123', 'user125']);
    expect((await readdir(path())).filter((name) => name.includes('tmp') || name.includes('lock'))).toEqual(
      [],
    );
  });
});
