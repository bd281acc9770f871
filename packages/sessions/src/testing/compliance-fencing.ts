import { expect, it } from 'vitest';
import type { SessionStore, WriteRight } from '../session-store.ts';
import { IVAN, LOGIN, PEERS, READY, REVOKED } from './accounts.ts';
import type { OpenStore } from './store-under-test.ts';

/** What an owner of accounts may write, and for how long. */
export function describeFencing(setUp: () => Promise<OpenStore>): void {
  /** Every method that changes something. */
  const writes: Record<string, (store: SessionStore) => Promise<void>> = {
    saveLogin: (store) => store.saveLogin('user123', LOGIN),
    dropLogin: (store) => store.dropLogin('user124'),
    saveSession: (store) => store.saveSession('user123', 'another session', null),
    saveStatus: (store) => store.saveStatus('user123', REVOKED),
    savePeers: (store) => store.savePeers('user123', { peers: [], missing: [] }),
    delete: (store) => store.delete('user123'),
  };

  /** An account with a session and peers, an account with a login, and the owner of both. */
  async function owned({ store, moveFence }: OpenStore) {
    await store.saveSession('user123', 'the session', IVAN);
    await store.savePeers('user123', PEERS);
    await store.saveLogin('user124', LOGIN);
    let isValid = true;
    const right: WriteRight = { fence: '1 owner', valid: () => isValid };
    for (const userId of ['user123', 'user124']) await moveFence?.(userId, right.fence);
    return { owner: store.ownedBy(right), lose: () => (isValid = false) };
  }

  async function expectUnchanged(store: SessionStore): Promise<void> {
    expect(await store.list()).toEqual(['user123', 'user124']);
    expect(await store.load('user123')).toEqual({
      userId: 'user123',
      status: READY,
      session: 'the session',
      login: null,
    });
    expect(await store.loadPeers('user123')).toEqual(PEERS);
    expect(await store.load('user124')).toMatchObject({ login: LOGIN });
  }

  it.each(Object.entries(writes))(
    'lets the owner call %s, but not after its right is lost',
    async (_name, write) => {
      const opened = await setUp();
      const { owner, lose } = await owned(opened);
      lose();
      await expect(write(owner)).rejects.toMatchObject({ failure: 'fenced' });
      await expectUnchanged(opened.store);
      const { owner: next } = await owned(opened);
      await write(next);
    },
  );

  it.each(Object.entries(writes))(
    'refuses %s of a former owner whose clock stands still, if the store knows the current owner',
    async (_name, write) => {
      const opened = await setUp();
      const { owner } = await owned(opened);
      if (opened.moveFence === undefined) return;
      for (const userId of ['user123', 'user124']) await opened.moveFence(userId, '2 another');
      await expect(write(owner)).rejects.toMatchObject({ failure: 'fenced' });
      await expectUnchanged(opened.store);
    },
  );

  it('lets a former owner read, and does not close when a former owner closes it', async () => {
    const opened = await setUp();
    const { owner, lose } = await owned(opened);
    lose();
    expect(await owner.load('user123')).toMatchObject({ session: 'the session' });
    await owner.close();
    await expectUnchanged(opened.store);
  });
}
