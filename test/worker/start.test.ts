import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSealingKey, parseSettings, silentLogger } from '@gateway/runtime';
import { openFileSessionStore } from '@gateway/sessions';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startWorker } from '../../apps/worker/src/worker-app.ts';

const USER = { id: 1, first_name: 'A', last_name: null, username: null, phone_number: null };
const KEY_FILE = 'session_encryption.key';
const LOGIN = {
  kind: 'qr',
  session: 'half-made session',
  awaiting: 'scan',
  hint: null,
} as const;

/** Creates a data directory with some accounts, as a worker leaves it. */
async function dataDirectory(userIds: readonly string[] = ['alice', 'bob']): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'worker-start-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const store = await openFileSessionStore({ dataDir, sealer: loadSealingKey({ dataDir }).sealer });
  for (const userId of userIds) {
    await store.saveSession(userId, `session of ${userId}`, USER);
    await store.savePeers(userId, { peers: [], missing: [] });
  }
  await store.close();
  return dataDir;
}

/** The reason why a worker does not start on the directory. There is no Redis, because the files are read before. */
async function refusalOf(dataDir: string, settings: Record<string, string> = {}): Promise<string> {
  const env = { TELEGRAM_API_ID: '1', TELEGRAM_API_HASH: 'x', DATA_DIR: dataDir, ...settings };
  const started = startWorker(parseSettings(env), silentLogger());
  return started.then(
    () => 'it started',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

describe('a worker does not start, and names file or setting,', () => {
  test.each([
    ['', 'does not hold 32 bytes'],
    ['garbage', 'does not hold 32 bytes'],
    [randomBytes(31).toString('base64'), 'does not hold 32 bytes'],
    [randomBytes(33).toString('hex'), 'does not hold 32 bytes'],
    [randomBytes(32).toString('base64'), 'cannot open the sessions in'],
  ])('with a key file that holds %j', async (content, text) => {
    const dataDir = await dataDirectory();
    await writeFile(join(dataDir, KEY_FILE), content);
    const refusal = await refusalOf(dataDir);
    expect(refusal).toContain(join(dataDir, KEY_FILE));
    expect(refusal).toContain(text);
    expect(await readFile(join(dataDir, KEY_FILE), 'utf8')).toBe(content);
  });

  test.each<[string, (file: string) => Promise<unknown>]>([
    ['a directory', (file) => mkdir(file)],
    ['a link to nothing', (file) => symlink('nowhere', file)],
    ['a link to itself', (file) => symlink(file, file)],
  ])('with a key file that is %s', async (_name, make) => {
    const dataDir = await dataDirectory();
    await rm(join(dataDir, KEY_FILE));
    await make(join(dataDir, KEY_FILE));
    expect(await refusalOf(dataDir)).toContain(`the key file ${join(dataDir, KEY_FILE)} cannot be read`);
  });

  test.each([
    ['another key', { SESSION_ENCRYPTION_KEY: randomBytes(32).toString('hex') }],
    ['another passphrase', { SESSION_ENCRYPTION_KEY: 'correct horse battery staple' }],
    [
      'neither key of a rotation',
      {
        SESSION_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
        SESSION_ENCRYPTION_KEY_PREVIOUS: randomBytes(32).toString('hex'),
      },
    ],
  ])('with %s in the settings', async (_name, settings) => {
    const dataDir = await dataDirectory();
    await rm(join(dataDir, KEY_FILE));
    const refusal = await refusalOf(dataDir, settings);
    expect(refusal).toContain('SESSION_ENCRYPTION_KEY cannot open the sessions in');
    expect(refusal).toContain('SESSION_ENCRYPTION_KEY_PREVIOUS');
  });

  test('with another key, even beside a broken session', async () => {
    const dataDir = await dataDirectory();
    await writeFile(join(dataDir, 'telegram_sessions', 'alice.session'), 'garbage');
    await writeFile(join(dataDir, KEY_FILE), randomBytes(32).toString('base64'));
    expect(await refusalOf(dataDir)).toContain('cannot open the sessions in');
  });

  test.each(['telegram_sessions', 'telegram_auth.json'])(
    'with a copy of %s alone, without its key',
    async (name) => {
      const original = await dataDirectory();
      const dataDir = await mkdtemp(join(tmpdir(), 'worker-start-'));
      onTestFinished(() => rm(dataDir, { recursive: true }));
      await cp(join(original, name), join(dataDir, name), { recursive: true });
      const refusal = await refusalOf(dataDir);
      expect(refusal).toContain(`the key file ${join(dataDir, KEY_FILE)} is missing`);
      expect(refusal).toContain('restore the file from your backup');
    },
  );

  test('with only an unfinished sign-in that another key sealed', async () => {
    const dataDir = await dataDirectory([]);
    const store = await openFileSessionStore({ dataDir, sealer: loadSealingKey({ dataDir }).sealer });
    await store.saveLogin('alice', LOGIN);
    await store.close();
    await writeFile(join(dataDir, KEY_FILE), randomBytes(32).toString('base64'));
    expect(await refusalOf(dataDir)).toContain('cannot open the sessions in');
  });

  test('with a session_store_id that is a directory', async () => {
    const dataDir = await dataDirectory();
    await mkdir(join(dataDir, 'session_store_id'));
    expect(await refusalOf(dataDir)).toContain(`${join(dataDir, 'session_store_id')} cannot be used`);
  });

  test.each([
    ['', 'is empty'],
    ['{"version":1,"accounts":{"alice":{"sta', 'is not JSON'],
    ['[]', 'is not {"version": 1'],
  ])('with a telegram_auth.json of %j, and says how to recover', async (content, text) => {
    const dataDir = await dataDirectory();
    const file = join(dataDir, 'telegram_auth.json');
    await writeFile(file, content);
    const refusal = await refusalOf(dataDir);
    for (const part of [file, text, 'Restore it from a backup', 'move it away', 'stay signed in'])
      expect(refusal).toContain(part);
    expect(await readFile(file, 'utf8')).toBe(content);
  });
});
