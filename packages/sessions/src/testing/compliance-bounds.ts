import { expect, it } from 'vitest';
import { SessionStoreError } from '../session-store.ts';
import { IVAN, LOGIN, PEERS, READY, REVOKED } from './accounts.ts';
import type { OpenStore } from './store-under-test.ts';

/** Tests of copied values, call order, concurrency, user ids and closing. */
export function describeBounds(setUp: () => Promise<OpenStore>): void {
  it('copies its arguments and results: changing them changes nothing', async () => {
    const { store } = await setUp();
    const status = structuredClone(REVOKED);
    await store.saveSession('user123', 'the session', IVAN);
    const saved = store.saveStatus('user123', status);
    status.reason = 'changed later';
    await saved;
    const first = await store.load('user123');
    expect(first?.status).toEqual(REVOKED);
    Object.assign(first?.status.user ?? {}, { first_name: 'changed' });
    expect((await store.load('user123'))?.status).toEqual(REVOKED);
  });

  it('makes the changes of one account in the order of the calls', async () => {
    const { store, reopen } = await setUp();
    const session = store.saveSession('user123', 'the session', IVAN);
    const statuses = Array.from({ length: 20 }, (_, index) =>
      store.saveStatus('user123', { ...REVOKED, reason: `reason ${index}` }),
    );
    expect(await store.load('user123')).toMatchObject({ status: { reason: 'reason 19' } });
    await Promise.all([session, ...statuses]);
    const again = await reopen();
    expect(await again.load('user123')).toMatchObject({ status: { reason: 'reason 19' } });
  });

  it('loses nothing when many accounts change at once through two instances of the same store', async () => {
    const { store, open } = await setUp();
    const other = await open();
    const ids = Array.from({ length: 100 }, (_, index) => `user${String(index).padStart(3, '0')}`);
    await Promise.all(
      ids.map((userId, index) =>
        (index % 2 === 0 ? store : other).saveSession(userId, `session of ${userId}`, IVAN),
      ),
    );
    expect(await store.list()).toEqual(ids);
    for (const userId of ids)
      expect(await other.load(userId)).toMatchObject({ status: READY, session: `session of ${userId}` });
  });

  it('distinguishes ids that look alike, differ only in case, or are property names of JavaScript objects', async () => {
    const { store, reopen } = await setUp();
    const ids = [
      'user',
      'User',
      'USER',
      'user.session',
      'user.peers',
      '__proto__',
      'constructor',
      '-',
      '.hidden',
      'a@b.c+d',
      'x'.repeat(64),
      'X'.repeat(64),
    ];
    for (const userId of ids) {
      await store.saveSession(userId, `session of ${userId}`, IVAN);
      await store.savePeers(userId, { peers: [], missing: [[userId, 1]] });
    }
    const again = await reopen();
    expect(await again.list()).toEqual([...ids].sort());
    for (const userId of ids) {
      expect(await again.load(userId)).toMatchObject({ userId, session: `session of ${userId}` });
      expect(await again.loadPeers(userId)).toEqual({ peers: [], missing: [[userId, 1]] });
    }
    await again.delete('User');
    expect(await again.list()).toEqual(ids.filter((userId) => userId !== 'User').sort());
  });

  it('refuses an invalid user id', async () => {
    const { store } = await setUp();
    const hostile = [
      '',
      '.',
      '..',
      '../x',
      'a/b',
      'a\\b',
      'a\0b',
      'user~0123456789abcdef',
      'имя',
      ' user',
      'x'.repeat(65),
      'x'.repeat(10_000),
    ];
    for (const userId of hostile) {
      const calls = [
        store.load(userId),
        store.saveLogin(userId, LOGIN),
        store.dropLogin(userId),
        store.saveSession(userId, 'the session', IVAN),
        store.saveStatus(userId, READY),
        store.delete(userId),
        store.loadPeers(userId),
        store.savePeers(userId, PEERS),
      ];
      for (const call of await Promise.allSettled(calls)) {
        const error = { name: 'SessionStoreError', failure: 'invalid_user_id' };
        expect(call, JSON.stringify(userId).slice(0, 40)).toMatchObject({
          status: 'rejected',
          reason: error,
        });
      }
    }
    expect(await store.list()).toEqual([]);
  });

  it('finishes calls in progress when it is closed, and refuses later calls', async () => {
    const { store, reopen } = await setUp();
    const saved = store.saveSession('user123', 'the session', IVAN);
    const again = await reopen();
    await saved;
    expect(await again.load('user123')).toMatchObject({ session: 'the session' });
    await expect(store.load('user123')).rejects.toThrow(SessionStoreError);
    await expect(store.list()).rejects.toMatchObject({ failure: 'closed' });
  });
}
