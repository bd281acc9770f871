import { expect, it } from 'vitest';
import { MemoryPeerBook } from '../peer-book.ts';
import type { AccountStatus, StoredLogin } from '../session-store.ts';
import { IVAN, LOGIN, OLGA, PACE, PEERS, QR_LOGIN, READY, REVOKED } from './accounts.ts';
import type { OpenStore } from './store-under-test.ts';

/** Tests of saving and loading sessions, logins, statuses and peers. */
export function describeAccounts(setUp: () => Promise<OpenStore>): void {
  it('has no account at first', async () => {
    const { store } = await setUp();
    expect(await store.list()).toEqual([]);
    expect(await store.load('user123')).toBeNull();
    expect(await store.loadPeers('user123')).toEqual({ peers: [], missing: [] });
  });

  it('keeps a session and its user over a restart', async () => {
    const { store, reopen } = await setUp();
    await store.saveSession('user123', 'the session', IVAN);
    const account = { userId: 'user123', status: READY, session: 'the session', login: null };
    expect(await store.load('user123')).toEqual(account);
    const again = await reopen();
    expect(await again.load('user123')).toEqual(account);
    expect(await again.list()).toEqual(['user123']);
  });

  it('keeps a login through its steps and over a restart, and ends it with the session', async () => {
    const { store, reopen } = await setUp();
    await store.saveLogin('user123', LOGIN);
    const begun = {
      userId: 'user123',
      status: { ...READY, state: 'code_sent', user: null },
      session: null,
      login: LOGIN,
    };
    expect(await store.load('user123')).toEqual(begun);

    const again = await reopen();
    expect(await again.list()).toEqual(['user123']);
    expect(await again.load('user123')).toEqual(begun);
    const further: StoredLogin = { ...LOGIN, awaiting: 'password', hint: 'имя кота' };
    await again.saveLogin('user123', further);
    expect(await again.load('user123')).toMatchObject({
      status: { state: 'password_required' },
      login: further,
    });

    await again.saveSession('user123', 'the session', IVAN);
    expect(await again.load('user123')).toEqual({
      userId: 'user123',
      status: READY,
      session: 'the session',
      login: null,
    });
  });

  it('keeps a QR login through its steps and over a restart, and a code login that replaces it', async () => {
    const { store, reopen } = await setUp();
    await store.saveLogin('user123', QR_LOGIN);
    const begun = {
      userId: 'user123',
      status: { ...READY, state: 'qr_pending', user: null },
      session: null,
      login: QR_LOGIN,
    };
    expect(await store.load('user123')).toEqual(begun);
    const again = await reopen();
    expect(await again.load('user123')).toEqual(begun);

    const scanned: StoredLogin = { ...QR_LOGIN, awaiting: 'password', hint: 'имя кота' };
    await again.saveLogin('user123', scanned);
    expect(await again.load('user123')).toMatchObject({
      status: { state: 'password_required' },
      login: scanned,
    });
    await again.saveLogin('user123', LOGIN);
    expect(await again.load('user123')).toMatchObject({ status: { state: 'code_sent' }, login: LOGIN });
    await again.saveLogin('user123', QR_LOGIN);
    await again.saveSession('user123', 'the session', IVAN);
    expect(await again.load('user123')).toMatchObject({ status: READY, login: null });
  });

  it('forgets an account whose only login failed', async () => {
    const { store } = await setUp();
    await store.saveLogin('user123', LOGIN);
    await store.dropLogin('user123');
    expect(await store.load('user123')).toBeNull();
    expect(await store.list()).toEqual([]);
    await store.dropLogin('user123');
  });

  it('restores an account as it was before a login that failed', async () => {
    const { store } = await setUp();
    await store.saveSession('user123', 'the session', IVAN);
    await store.saveStatus('user123', REVOKED);
    await store.saveLogin('user123', LOGIN);
    expect(await store.load('user123')).toMatchObject({
      status: { state: 'code_sent', user: IVAN, reason: null },
      session: 'the session',
    });
    await store.dropLogin('user123');
    expect(await store.load('user123')).toEqual({
      userId: 'user123',
      status: REVOKED,
      session: 'the session',
      login: null,
    });
  });

  it('takes back how the account connects with a login that fails, not with one that succeeds', async () => {
    const { store, reopen } = await setUp();
    const own: AccountStatus = { ...REVOKED, proxy: 'socks5://former:1080', sealed_proxy: 'sealed former' };
    const network = {
      proxy: 'http://new:8080',
      sealed_proxy: 'sealed new',
      device: { device_model: 'Desk' },
    };
    await store.saveSession('user123', 'the session', IVAN);
    await store.saveStatus('user123', own);
    await store.saveLogin('user123', LOGIN, network);
    expect(await store.load('user123')).toMatchObject({ status: network });
    // Also after a restart, a later step, and another change by the same login.
    const again = await reopen();
    await again.saveLogin('user123', { ...LOGIN, awaiting: 'password' });
    await again.saveLogin('user123', QR_LOGIN, { proxy: 'http://third:8080', sealed_proxy: 'sealed third' });
    await again.dropLogin('user123');
    expect((await again.load('user123'))?.status).toEqual(own);
    // An account without a proxy has none again.
    await again.saveStatus('user123', REVOKED);
    await again.saveLogin('user123', LOGIN, network);
    await again.dropLogin('user123');
    expect((await again.load('user123'))?.status).toEqual(REVOKED);
    await again.saveLogin('user123', LOGIN, network);
    await again.saveSession('user123', 'another session', IVAN);
    expect((await again.load('user123'))?.status).toEqual({ ...READY, ...network });
  });

  it('keeps the session in every state until it is deleted', async () => {
    const { store, reopen } = await setUp();
    await store.saveSession('user123', 'the session', IVAN);
    await store.saveStatus('user123', { ...REVOKED, state: 'banned' });
    await store.saveStatus('user123', { ...REVOKED, state: 'none' });
    await store.saveStatus('user123', REVOKED);
    const again = await reopen();
    expect(await again.load('user123')).toMatchObject({ status: REVOKED, session: 'the session' });
  });

  it('saves a changed session and keeps the status of a signed-in account', async () => {
    const { store } = await setUp();
    await store.saveSession('user123', 'the session', IVAN);
    const limited: AccountStatus = {
      state: 'peer_limited',
      user: IVAN,
      reason: 'PEER_FLOOD',
      next_action: 'See @SpamBot.',
    };
    await store.saveStatus('user123', limited);
    await store.saveSession('user123', 'another session', null);
    expect(await store.load('user123')).toMatchObject({ status: limited, session: 'another session' });
  });

  it('is ready again after a new sign-in of a revoked account', async () => {
    const { store } = await setUp();
    await store.saveSession('user123', 'the session', IVAN);
    await store.saveStatus('user123', REVOKED);
    await store.saveLogin('user123', LOGIN);
    await store.saveSession('user123', 'another session', IVAN);
    expect(await store.load('user123')).toEqual({
      userId: 'user123',
      status: READY,
      session: 'another session',
      login: null,
    });
  });

  it('keeps the rest of the status before and during a login', async () => {
    const { store, reopen } = await setUp();
    const paced: AccountStatus = { ...READY, pace: PACE };
    await store.saveSession('user123', 'the session', IVAN);
    await store.saveStatus('user123', paced);
    const again = await reopen();
    expect((await again.load('user123'))?.status).toEqual(paced);
    await again.saveLogin('user123', LOGIN);
    expect((await again.load('user123'))?.status).toEqual({ ...paced, state: 'code_sent' });
    await again.dropLogin('user123');
    expect((await again.load('user123'))?.status).toEqual(paced);
    await again.saveStatus('user123', { ...REVOKED, pace: PACE });
    await again.saveSession('user123', 'another session', null);
    expect((await again.load('user123'))?.status).toEqual(paced);
  });

  it('keeps a login whatever status the session gets meanwhile', async () => {
    const { store } = await setUp();
    await store.saveSession('user123', 'the session', IVAN);
    await store.saveLogin('user123', LOGIN);
    await store.saveStatus('user123', REVOKED);
    expect(await store.load('user123')).toMatchObject({ status: { state: 'code_sent' }, login: LOGIN });
    await store.dropLogin('user123');
    expect(await store.load('user123')).toMatchObject({ status: REVOKED, login: null });
  });

  it('deletes session, login, status and peers of one account only', async () => {
    const { store, reopen } = await setUp();
    for (const userId of ['user123', 'user124']) {
      await store.saveSession(userId, `session of ${userId}`, IVAN);
      await store.savePeers(userId, PEERS);
      await store.saveLogin(userId, LOGIN);
    }
    await store.delete('user123');
    await store.delete('user123');
    const again = await reopen();
    expect(await again.list()).toEqual(['user124']);
    expect(await again.load('user123')).toBeNull();
    expect(await again.loadPeers('user123')).toEqual({ peers: [], missing: [] });
    expect(await again.load('user124')).toMatchObject({ session: 'session of user124', login: LOGIN });
    expect(await again.loadPeers('user124')).toEqual(PEERS);
  });

  it('does not restore a deleted account when something is saved too late', async () => {
    const { store } = await setUp();
    await store.saveSession('user123', 'the session', IVAN);
    await store.delete('user123');
    await store.saveStatus('user123', REVOKED);
    await store.savePeers('user123', PEERS);
    expect(await store.load('user123')).toBeNull();
    expect(await store.list()).toEqual([]);
    expect(await store.loadPeers('user123')).toEqual({ peers: [], missing: [] });
  });

  it('keeps peers over a restart, including those of a peer book', async () => {
    const { store, reopen } = await setUp();
    await store.saveSession('user123', 'the session', IVAN);
    const book = new MemoryPeerBook();
    book.remember(PEERS.peers);
    for (const [key, until] of PEERS.missing) book.rememberMissing(key, { since: 0, until, times: 1 });
    await store.savePeers('user123', book.toJSON());
    const again = await reopen();
    expect(await again.loadPeers('user123')).toEqual(PEERS);
  });

  it('deletes the peers when a different Telegram user signs in under the same id, and only then', async () => {
    const { store } = await setUp();
    await store.saveSession('user123', 'the session', IVAN);
    await store.savePeers('user123', PEERS);
    await store.saveLogin('user123', LOGIN);
    await store.saveSession('user123', 'another session', IVAN);
    expect(await store.loadPeers('user123')).toEqual(PEERS);
    await store.saveLogin('user123', LOGIN);
    await store.saveSession('user123', "Olga's session", OLGA);
    expect(await store.loadPeers('user123')).toEqual({ peers: [], missing: [] });
  });
}
