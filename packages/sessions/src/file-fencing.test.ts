import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { SessionStore, WriteRight } from './session-store.ts';
import { IVAN, LOGIN, OLGA, PEERS, READY, REVOKED } from './testing/accounts.ts';
import { setUp } from './testing/store-directory.ts';

/** A write right that is lost while a temporary file in the directory is written, before the rename. */
function lostWhileWriting(directory: string): WriteRight {
  return { fence: '1 owner', valid: () => !readdirSync(directory).some((name) => name.endsWith('.~tmp')) };
}

/** A write right that is lost after `checks` checks. */
function lostAfter(checks: number): WriteRight {
  let asked = 0;
  return { fence: '1 owner', valid: () => (asked += 1) <= checks };
}

it('checks the write right after telegram_auth.json is written and before it is renamed', async () => {
  const { open, dataDir, authFile } = await setUp();
  const store = await open();
  await store.saveSession('user123', 'the session', IVAN);
  const before = await readFile(authFile);
  const owner = store.ownedBy(lostWhileWriting(dataDir));
  await expect(owner.saveStatus('user123', REVOKED)).rejects.toMatchObject({ failure: 'fenced' });
  await expect(owner.saveLogin('user124', LOGIN)).rejects.toMatchObject({ failure: 'fenced' });
  expect(await readFile(authFile)).toEqual(before);
  expect(await store.list()).toEqual(['user123']);
});

it('checks the write right after a session or peers are written and before they are renamed', async () => {
  const { open, path, sessionFile } = await setUp();
  const store = await open();
  await store.saveSession('user123', 'the session', IVAN);
  await store.savePeers('user123', PEERS);
  const before = await readFile(sessionFile);
  const owner = store.ownedBy(lostWhileWriting(path('telegram_sessions')));
  await expect(owner.saveSession('user123', 'another', IVAN)).rejects.toMatchObject({ failure: 'fenced' });
  const peers = { peers: [], missing: [] };
  await expect(owner.savePeers('user123', peers)).rejects.toMatchObject({ failure: 'fenced' });
  expect(await readFile(sessionFile)).toEqual(before);
  expect(await store.loadPeers('user123')).toEqual(PEERS);
});

it('still makes the other changes of a batch when one of them is refused', async () => {
  const { open, dataDir } = await setUp();
  const store = await open();
  const ids = ['user1', 'user2', 'user3'];
  for (const userId of ids) await store.saveSession(userId, 'the session', IVAN);
  const owner = store.ownedBy(lostWhileWriting(dataDir));
  const ends = await Promise.allSettled([
    store.saveStatus('user1', REVOKED),
    owner.saveStatus('user2', REVOKED),
    store.saveStatus('user3', REVOKED),
  ]);
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  const after = await Promise.all(ids.map((userId) => store.load(userId)));
  expect(after.map((account) => account?.status)).toEqual([REVOKED, READY, REVOKED]);
});

/** Whenever the right is lost during a change, the change is either refused and not made, or made and not refused. */
it.each([0, 1, 2, 3, 4, 5, 6])(
  'reports correctly whether a change was made when its write right is lost after %i checks',
  async (checks) => {
    const writes: Record<string, (store: SessionStore) => Promise<void>> = {
      saveSession: (store) => store.saveSession('user123', 'another session', OLGA),
      saveStatus: (store) => store.saveStatus('user123', REVOKED),
      saveLogin: (store) => store.saveLogin('user123', LOGIN),
      delete: (store) => store.delete('user123'),
    };
    for (const [name, write] of Object.entries(writes)) {
      const { open } = await setUp();
      const store = await open();
      await store.saveSession('user123', 'the session', IVAN);
      const before = await store.load('user123');
      const [end] = await Promise.allSettled([write(store.ownedBy(lostAfter(checks)))]);
      const after = await store.load('user123');
      if (end?.status === 'rejected') expect(after, name).toEqual(before);
      else expect(after, name).not.toEqual(before);
      if (checks === 0) expect(end, name).toMatchObject({ reason: { failure: 'fenced' } });
      // The next owner can continue.
      await store.saveSession('user123', 'the next', IVAN);
      expect(await store.load('user123'), name).toMatchObject({ status: READY, session: 'the next' });
    }
  },
);
