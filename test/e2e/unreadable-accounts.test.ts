import { randomBytes } from 'node:crypto';
import {
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Stack } from '../env/stack.ts';

const RECIPIENT = '+9996625999';

/** Limit in ms for an account to be read again automatically. */
const SOON = { timeout: 15_000 };

interface TestAccount {
  id: number;
  phone: string;
  /** A send that was accepted while no worker was running. */
  job: string;
}

describe('an account whose session cannot be read', () => {
  let stack: Stack;
  let recipient: number;
  const accounts = new Map<string, TestAccount>();

  const path = (name: string) => join(stack.dataDir, name);
  const fileOf = (userId: string, kind = 'session') =>
    join(stack.dataDir, 'telegram_sessions', `${userId}.${kind}`);
  const garbage = (file: string) => writeFile(file, 'garbage');

  const BROKEN: Record<string, (file: string) => Promise<unknown>> = {
    garbage,
    cut: (file) => truncate(file, 100),
    empty: (file) => truncate(file, 0),
    swapped: (file) => copyFile(fileOf('recipient'), file),
    directory: async (file) => (await rm(file), mkdir(file)),
    'dangling-link': async (file) => (await rm(file), symlink('nowhere', file)),
  };
  const CHANGES: Record<string, (file: string) => Promise<unknown>> = {
    ...BROKEN,
    healthy: async () => {},
    again: garbage,
    taken: garbage,
    gone: garbage,
    removed: (file) => rm(file),
  };

  beforeAll(async () => {
    stack = await Stack.start();
    recipient = await stack.signIn('recipient', RECIPIENT);
    await Promise.all(
      Object.keys(CHANGES).map(async (userId, index) => {
        const phone = `+99966250${String(index).padStart(2, '0')}`;
        accounts.set(userId, { id: await stack.signIn(userId, phone), phone, job: '' });
      }),
    );
    await stack.worker.end();
    for (const [userId, account] of accounts) {
      const sent = await stack.api.send(userId, RECIPIENT, `of ${userId}`, { Prefer: 'respond-async' });
      expect(sent.status).toBe(202);
      account.job = sent.body.job_id;
    }
    for (const [userId, change] of Object.entries(CHANGES)) {
      await copyFile(fileOf(userId), `${fileOf(userId)}.backup`);
      await change(fileOf(userId));
    }
    await stack.startWorker();
  }, 120_000);
  afterAll(() => stack[Symbol.asyncDispose]());

  function account(userId: string): TestAccount {
    const found = accounts.get(userId);
    if (found === undefined) throw new Error(`no test account ${userId}`);
    return found;
  }

  async function jobOf(userId: string) {
    return (await stack.api.get(`/jobs/${account(userId).job}`)).body;
  }

  async function expectUnreadable(userId: string): Promise<void> {
    const trouble = {
      state: 'unreadable',
      reason: 'SESSION_UNREADABLE',
      next_action: expect.stringContaining('Operator:'),
    };
    const status = await stack.api.status(userId);
    expect(status.body).toMatchObject({ status: 'ok', authorized: false, ...trouble });
    expect(status.body).toMatchObject({
      pending: { waiting: 0, delayed: 1 },
      user_info: { id: account(userId).id },
    });
    expect((await stack.api.status(userId, '?live=true')).body).toMatchObject(trouble);
    const listed = await stack.api.get(`/telegram/accounts?q=${userId}`);
    expect(listed.body.accounts).toMatchObject([{ user_id: userId, ...trouble }]);
    expect(await jobOf(userId)).toMatchObject({
      state: 'delayed',
      reason: 'SESSION_UNREADABLE',
      retry_at: null,
    });
    const refused = { status: 500, body: { code: 'SESSION_UNREADABLE', kind: 'user_action' } };
    expect(await stack.api.send(userId, RECIPIENT, 'refused')).toMatchObject(refused);
    for (const call of ['resume', 'pause'])
      expect(await stack.api.post(`/telegram/user/${call}`, { user_id: userId })).toMatchObject(refused);
    const passphrase = 'a long passphrase';
    const exported = await stack.api.post('/telegram/user/export', { user_id: userId, passphrase });
    expect(exported).toMatchObject(refused);
  }

  async function expectSentOnce(userId: string): Promise<void> {
    await expect.poll(async () => (await jobOf(userId)).state, SOON).toBe('completed');
    const messages = await stack.control.messages({ from: account(userId).id, to: recipient });
    expect(messages.map(({ text }) => text)).toEqual([`of ${userId}`]);
    expect((await stack.api.status(userId)).body).toMatchObject({ state: 'ready', authorized: true });
  }

  test('does not stop other accounts', () => expectSentOnce('healthy'));

  test.each(Object.keys(BROKEN))(
    'says so (%s), keeps what is queued and refuses new sends',
    expectUnreadable,
  );

  test('continues by itself once the file is restored', async () => {
    for (const userId of Object.keys(BROKEN)) {
      await rm(fileOf(userId), { recursive: true });
      await rename(`${fileOf(userId)}.backup`, fileOf(userId));
    }
    for (const userId of Object.keys(BROKEN)) await expectSentOnce(userId);
  }, 20_000);

  test('is counted by its state', async () => {
    // Workers publish their metrics every few seconds.
    const metrics = async () => (await fetch(`${stack.api.url}/metrics`)).text();
    await expect.poll(metrics, SOON).toMatch(/state="unreadable"/);
  });

  test('can be signed in again: the file is kept, and queued messages are sent', async () => {
    const { phone } = account('again');
    expect((await stack.api.startSignIn('again', phone)).status).toBe(200);
    const held = { reason: 'SESSION_UNREADABLE' };
    expect((await stack.api.status('again')).body).toMatchObject({ state: 'code_sent', ...held });
    expect(await jobOf('again')).toMatchObject({ state: 'delayed', ...held });
    // A cancelled sign-in changes nothing.
    await stack.api.post('/telegram/user/auth/cancel', { user_id: 'again' });
    await expectUnreadable('again');
    await stack.signIn('again', phone);
    await expectSentOnce('again');
    const sessions = join(stack.dataDir, 'telegram_sessions');
    const aside = (await readdir(sessions)).filter((name) => name.startsWith('again.session.broken-'));
    expect(aside).toHaveLength(1);
    expect(await readFile(join(sessions, aside[0] ?? ''), 'utf8')).toBe('garbage');
  });

  test('continues at once by `resume`; after a broken entry in telegram_auth.json once that is restored', async () => {
    await stack.worker.end();
    const authFile = path('telegram_auth.json');
    const auth = JSON.parse(await readFile(authFile, 'utf8'));
    const whole = structuredClone(auth.accounts.empty);
    auth.accounts.empty.state = 'of-a-newer-version';
    await writeFile(authFile, JSON.stringify(auth));
    await garbage(fileOf('again'));
    await copyFile(`${fileOf('again')}.backup`, `${fileOf('again')}.good`);
    await garbage(fileOf('garbage', 'peers'));
    await rm(fileOf('cut', 'peers'));
    await mkdir(fileOf('cut', 'peers'));
    await stack.startWorker();
    await rename(`${fileOf('again')}.good`, fileOf('again'));
    const resumed = await stack.api.post('/telegram/user/resume', { user_id: 'again' });
    expect(resumed).toMatchObject({ status: 200, body: { status: 'ok' } });

    expect((await stack.api.status('empty')).body).toMatchObject({
      state: 'unreadable',
      authorized: false,
      reason: 'SESSION_UNREADABLE',
      user_info: { id: account('empty').id },
    });
    expect(stack.worker.output).toContain('the entry of account empty in');
    const { accounts: others } = JSON.parse(await readFile(authFile, 'utf8'));
    await writeFile(authFile, JSON.stringify({ version: 1, accounts: { ...others, empty: whole } }));
    const isReady = { state: 'ready', authorized: true };
    await expect.poll(async () => (await stack.api.status('empty')).body, SOON).toMatchObject(isReady);
  });

  test('does not include one with broken peers: it sends, and reports that until it has new peers', async () => {
    for (const userId of ['garbage', 'cut']) {
      const status = await stack.api.status(userId);
      expect(status.body).toMatchObject({ state: 'ready', authorized: true, reason: 'PEERS_UNREADABLE' });
      expect((await stack.api.send(userId, RECIPIENT, 'second')).status).toBe(200);
      const messages = await stack.control.messages({ from: account(userId).id, to: recipient });
      expect(messages.map(({ text }) => text)).toEqual([`of ${userId}`, 'second']);
      await expect.poll(async () => (await stack.api.status(userId)).body.reason, SOON).toBeUndefined();
    }
  });

  test('sends nothing as another user who signs in under its name', async () => {
    const other = await stack.signIn('taken', '+9996625090');
    const failed = { state: 'failed', error: { code: 'ACCOUNT_DISCONNECTED' } };
    await expect.poll(() => jobOf('taken'), SOON).toMatchObject(failed);
    expect(await stack.control.messages({ from: other, to: recipient })).toEqual([]);
  });

  test('can be disconnected, and is then deleted completely', async () => {
    await rm(`${fileOf('gone')}.backup`);
    const answer = await stack.api.post('/telegram/user/disconnect', { user_id: 'gone' });
    expect(answer.status).toBe(200);
    expect((await stack.api.status('gone')).body).toMatchObject({ state: 'none', authorized: false });
    await expect.poll(async () => (await jobOf('gone')).error?.code, SOON).toBe('ACCOUNT_DISCONNECTED');
    const left = await readdir(join(stack.dataDir, 'telegram_sessions'));
    expect(left.filter((name) => name.startsWith('gone'))).toEqual([]);
  });

  test('does not include one without a session file: it is signed out, and its queued messages fail', async () => {
    expect((await stack.api.status('removed')).body).toMatchObject({ state: 'none', authorized: false });
    await expect.poll(async () => (await jobOf('removed')).error?.code, SOON).toBe('NOT_AUTHORIZED');
    expect((await stack.api.send('removed', RECIPIENT, 'x')).body.code).toBe('NOT_AUTHORIZED');
  });

  test('is repaired from memory if its session breaks while it is served', async () => {
    const before = await readFile(fileOf('healthy'), 'utf8');
    await garbage(fileOf('healthy'));
    await stack.api.post('/telegram/user/pause', { user_id: 'healthy' });
    expect((await stack.api.status('healthy')).body).toMatchObject({ state: 'ready', reason: 'PAUSED' });
    await stack.api.post('/telegram/user/resume', { user_id: 'healthy' });
    expect((await readFile(fileOf('healthy'), 'utf8')).slice(0, 12)).toBe(before.slice(0, 12));
    expect((await stack.api.send('healthy', RECIPIENT, 'more')).status).toBe(200);
  });

  async function restartWorker(settings: Record<string, string>): Promise<void> {
    await stack.worker.end();
    stack.worker = stack.spawnWorker(settings);
    await stack.worker.ready;
  }

  test('a worker without the key of its sessions does not start, and creates no key', async () => {
    const keyFile = path('session_encryption.key');
    await Promise.all([stack.worker.end(), stack.apiProcess.end()]);
    await rename(keyFile, path('key'));
    for (const [name, part] of [
      ['worker', stack.spawnWorker()],
      ['api', stack.spawnApi()],
    ] as const) {
      expect(await part.exited, part.output).toBe(1);
      expect(part.output).toContain(`${name}: cannot start: the key file ${keyFile} is missing`);
    }
    await expect(readFile(keyFile)).rejects.toThrow('ENOENT');
  });

  test('a worker with the key of some sessions starts, and says which others need the previous key', async () => {
    const former = (await readFile(path('key'), 'utf8')).trim();
    // Accounts stay signed in without that file.
    await rename(path('telegram_auth.json'), path('away'));
    const key = randomBytes(32).toString('base64');
    const rotating = { SESSION_ENCRYPTION_KEY: key, SESSION_ENCRYPTION_KEY_PREVIOUS: former };
    await stack.restart(rotating);
    expect((await stack.api.status('healthy', '?live=true')).body).toMatchObject({
      state: 'ready',
      authorized: true,
    });
    await stack.signIn('new', '+9996625102');
    await restartWorker({ SESSION_ENCRYPTION_KEY: key });
    expect((await stack.api.status('new')).body).toMatchObject({ state: 'ready' });
    expect((await stack.api.status('healthy')).body).toMatchObject({
      state: 'unreadable',
      next_action: expect.stringContaining('SESSION_ENCRYPTION_KEY_PREVIOUS'),
    });
    await restartWorker(rotating);
    expect((await stack.api.status('healthy')).body).toMatchObject({ state: 'ready' });
  });
});

test('sessions in Redis: none is served without their key, and an invalid one does not stop others', async () => {
  const stack = await Stack.start({ SESSION_STORE: 'redis' });
  const redis = new Redis(stack.redis.url);
  onTestFinished(async () => {
    redis.disconnect();
    await stack[Symbol.asyncDispose]();
  });
  await stack.signIn('alice', '+9996625101');
  await stack.signIn('bob', '+9996625103');
  await stack.worker.end();
  const keyFile = join(stack.dataDir, 'session_encryption.key');
  await rename(keyFile, `${keyFile}.away`);
  for (const part of [stack.spawnWorker(), stack.spawnApi({ PORT: '0' })]) {
    expect(await part.exited, part.output).toBe(1);
    expect(part.output).toContain('SESSION_ENCRYPTION_KEY is missing, and the sessions in Redis are sealed');
  }
  await expect(readFile(keyFile)).rejects.toThrow('ENOENT');
  await rename(`${keyFile}.away`, keyFile);

  await redis.set('{acct-alice}:account', 'garbage');
  await stack.startWorker();
  expect((await stack.api.status('alice')).body).toMatchObject({ state: 'unreadable', authorized: false });
  expect((await stack.api.status('bob')).body).toMatchObject({ state: 'ready' });
  await stack.signIn('alice', '+9996625101');
  expect((await stack.api.send('alice', 'me', 'again')).status).toBe(200);
});
