import { randomBytes } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { Sealer } from '@gateway/runtime';
import { describe, expect, it } from 'vitest';
import { IVAN, LOGIN, REVOKED } from './testing/accounts.ts';
import { setUp } from './testing/store-directory.ts';

describe('what cannot be opened', () => {
  it('is named, left as it is, and goes by delete alone', async () => {
    const { open, sessionFile } = await setUp();
    await (await open()).saveSession('user123', 'the session', IVAN);
    const before = await readFile(sessionFile);

    const store = await open(new Sealer([randomBytes(32)]));
    const error = {
      name: 'SessionStoreError',
      failure: 'unreadable',
      userId: 'user123',
      message: expect.stringContaining(sessionFile),
    };
    await expect(store.load('user123')).rejects.toMatchObject(error);
    await expect(store.saveSession('user123', 'a new session', IVAN)).rejects.toMatchObject(error);
    await expect(store.saveLogin('user123', LOGIN)).rejects.toMatchObject(error);
    await expect(store.saveStatus('user123', REVOKED)).rejects.toMatchObject(error);
    await expect(store.dropLogin('user123')).rejects.toMatchObject(error);
    expect(await readFile(sessionFile)).toEqual(before);
    expect(await store.list()).toEqual(['user123']);
    await store.delete('user123');
    expect(await store.load('user123')).toBeNull();
  });

  it.each(['', 'garbage', 'v1.00000000.AAAA'])('may be a file of %j', async (content) => {
    const { open, sessionFile } = await setUp();
    const store = await open();
    await store.saveSession('user123', 'the session', IVAN);
    await writeFile(sessionFile, content);
    await expect(store.load('user123')).rejects.toMatchObject({ failure: 'unreadable' });
    expect(await readFile(sessionFile, 'utf8')).toBe(content);
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
      await expect(store.load('user123'), `byte ${at}`).rejects.toMatchObject({ failure: 'unreadable' });
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
    await expect(store.load('user123')).rejects.toMatchObject({ failure: 'unreadable' });
    await expect(store.loadPeers('user123')).rejects.toMatchObject({ failure: 'unreadable' });
    await expect(store.load('user126')).rejects.toMatchObject({
      failure: 'unreadable',
      message: expect.stringContaining('telegram_auth.json'),
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
    ['', 'is not JSON'],
    ['{"version":1,"accounts":{"user123":{"state":"rea', 'is not JSON'],
    ['[]', 'is not {"version": 1'],
    ['{"version":2,"accounts":{}}', 'is not {"version": 1'],
    ['{"version":1,"accounts":[]}', 'is not {"version": 1'],
    ['{"version":1,"accounts":{"../x":{}}}', 'no user id'],
    ['{"version":1,"accounts":{"user123":{"state":"+79991234567"}}}', 'account user123'],
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
      await expect(store.saveSession('user123', 'a new session', IVAN)).rejects.toMatchObject(error);
      await expect(store.saveStatus('user123', REVOKED)).rejects.toMatchObject(error);
      await expect(store.list()).rejects.toMatchObject(error);
      expect(await readFile(authFile, 'utf8')).toBe(content);
    },
  );
});
