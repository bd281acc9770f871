import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadSealingKey, SealingKeyError } from './sealing-key.ts';
import { Sealer } from './sealing.ts';

const CONTEXT = 'session:user123';

async function makeDirectory() {
  const parent = await mkdtemp(join(tmpdir(), 'sealing-key-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const dataDir = join(parent, 'data');
  return { parent, dataDir, file: join(dataDir, 'session_encryption.key') };
}

describe('a key from the setting', () => {
  it('is the same 32 bytes in hex, base64 and base64url, with or without padding', async () => {
    const { dataDir } = await makeDirectory();
    const bytes = Buffer.from('fb'.repeat(31) + 'ff', 'hex');
    const sealed = new Sealer([bytes]).seal('text', CONTEXT);
    const forms = [
      bytes.toString('hex'),
      bytes.toString('hex').toUpperCase(),
      bytes.toString('base64'),
      bytes.toString('base64url'),
    ];
    for (const key of [
      ...forms,
      bytes.toString('base64').replace('=', ''),
      `${bytes.toString('base64url')}=`,
    ]) {
      const loaded = loadSealingKey({ dataDir, key });
      expect(loaded).toMatchObject({ source: 'environment', created: false });
      expect(loaded.sealer.open(sealed, CONTEXT), key).toBe('text');
    }
  });

  it('is otherwise derived from the text as a passphrase, always the same key', async () => {
    const { dataDir } = await makeDirectory();
    const { sealer } = loadSealingKey({ dataDir, key: 'correct horse battery staple' });
    const again = loadSealingKey({ dataDir, key: 'correct horse battery staple' }).sealer;
    expect(again.open(sealer.seal('text', CONTEXT), CONTEXT)).toBe('text');
    const other = loadSealingKey({ dataDir, key: 'correct horse battery stapler' }).sealer;
    expect(() => other.open(sealer.seal('text', CONTEXT), CONTEXT)).toThrow('another key');
  });

  it('keeps its derivation from a passphrase over releases', async () => {
    const { dataDir } = await makeDirectory();
    const sealed = 'v1.6c6a8ca2.tSs4ocUUuiO9DV4Evdd0eCkdzncxt75s1hQHz3RCBqdXBkd-MaaKRILV';
    expect(
      loadSealingKey({ dataDir, key: 'correct horse battery staple' }).sealer.open(sealed, CONTEXT),
    ).toBe('kept for years');
  });

  it('is a passphrase if it only looks like base64 of 32 bytes', async () => {
    const { dataDir } = await makeDirectory();
    // The last of 43 characters has two unused bits. No encoder of 32 bytes sets them.
    const [one, other] = [`${'A'.repeat(42)}A`, `${'A'.repeat(42)}B`];
    const sealed = loadSealingKey({ dataDir, key: one }).sealer.seal('text', CONTEXT);
    expect(() => loadSealingKey({ dataDir, key: other }).sealer.open(sealed, CONTEXT)).toThrow('another key');
  });

  it('is refused if it is too short; the error names the setting and does not show the key', async () => {
    const { dataDir } = await makeDirectory();
    const load = (options: { key?: string; previous?: string }) => () =>
      loadSealingKey({ dataDir, ...options });
    expect(load({ key: 'secret' })).toThrow(SealingKeyError);
    expect(load({ key: 'secret' })).toThrow(/^SESSION_ENCRYPTION_KEY must be at least 16/);
    expect(load({ previous: 'secret' })).toThrow(/^SESSION_ENCRYPTION_KEY_PREVIOUS must be at least 16/);
    expect(load({ key: 'secret' })).not.toThrow(/secret/);
  });

  it('does not touch the data directory', async () => {
    const { parent, dataDir } = await makeDirectory();
    loadSealingKey({ dataDir, key: randomBytes(32).toString('hex') });
    expect(await readdir(parent)).toEqual([]);
  });

  it('opens data that the previous key sealed', async () => {
    const { dataDir } = await makeDirectory();
    const [key, previous] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
    const sealed = loadSealingKey({ dataDir, key: previous }).sealer.seal('text', CONTEXT);
    expect(loadSealingKey({ dataDir, key, previous }).sealer.open(sealed, CONTEXT)).toBe('text');
    expect(() => loadSealingKey({ dataDir, key }).sealer.open(sealed, CONTEXT)).toThrow('another key');
  });
});

describe('the key file', () => {
  it('is created once, readable by its owner only, in a directory for its owner only', async () => {
    const { dataDir, file } = await makeDirectory();
    const first = loadSealingKey({ dataDir });
    expect(first).toMatchObject({ source: 'file', created: true, file });
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual(['session_encryption.key']);
    expect(Buffer.from(await readFile(file, 'utf8'), 'base64')).toHaveLength(32);

    const second = loadSealingKey({ dataDir });
    expect(second).toMatchObject({ source: 'file', created: false, file });
    expect(second.sealer.open(first.sealer.seal('text', CONTEXT), CONTEXT)).toBe('text');
  });

  it('does not change the mode of an existing directory', async () => {
    const { dataDir } = await makeDirectory();
    await mkdir(dataDir);
    await chmod(dataDir, 0o755);
    loadSealingKey({ dataDir });
    expect((await stat(dataDir)).mode & 0o777).toBe(0o755);
  });

  it('still opens its own data when a key is set later, and opens that of a key that was set before', async () => {
    const { dataDir } = await makeDirectory();
    const key = randomBytes(32).toString('base64');
    const sealed = loadSealingKey({ dataDir }).sealer.seal('text', CONTEXT);
    const set = loadSealingKey({ dataDir, key });
    expect(set.source).toBe('environment');
    expect(set.sealer.open(sealed, CONTEXT)).toBe('text');
    const unset = loadSealingKey({ dataDir, previous: key });
    expect(unset.source).toBe('file');
    expect(unset.sealer.open(set.sealer.seal('text', CONTEXT), CONTEXT)).toBe('text');
  });

  it.each([
    ['empty', ''],
    ['cut short', 'AAAA'],
    ['a passphrase', 'correct horse battery staple'],
    ['binary', '\0\u0001\u0002'],
  ])('is refused and left unchanged if it is %s', async (_what, content) => {
    const { dataDir, file } = await makeDirectory();
    await mkdir(dataDir);
    await writeFile(file, content);
    expect(() => loadSealingKey({ dataDir })).toThrow(SealingKeyError);
    expect(() => loadSealingKey({ dataDir })).toThrow(file);
    expect(() => loadSealingKey({ dataDir, key: randomBytes(32).toString('hex') })).toThrow(file);
    expect(await readFile(file, 'utf8')).toBe(content);
    expect(await readdir(dataDir)).toEqual(['session_encryption.key']);
  });

  it('is refused if it cannot be read', async () => {
    const { dataDir, file } = await makeDirectory();
    await mkdir(file, { recursive: true });
    expect(() => loadSealingKey({ dataDir })).toThrow(/cannot be read/);
  });

  it('gives an error with what to do if it cannot be created', async () => {
    const { parent, dataDir } = await makeDirectory();
    await writeFile(dataDir, 'a file where the directory should be');
    expect(() => loadSealingKey({ dataDir })).toThrow(SealingKeyError);
    expect(await readdir(parent)).toEqual(['data']);
  });

  it('is the same for processes that start at the same moment', { timeout: 30_000 }, async () => {
    const { dataDir } = await makeDirectory();
    const module = new URL('sealing-key.ts', import.meta.url).href;
    const code = `import { loadSealingKey } from ${JSON.stringify(module)};
      process.stdout.write('ready\\n');
      process.stdin.once('data', () => {
        const { sealer, created } = loadSealingKey({ dataDir: process.argv[1] });
        process.stdout.write(JSON.stringify({ created, sealed: sealer.seal('text', 'session:user123') }));
        process.stdin.destroy();
      });`;
    const start = async () => {
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code, dataDir], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      onTestFinished(() => {
        child.kill('SIGKILL');
      });
      await once(child.stdout, 'data');
      return child;
    };
    const children = await Promise.all([start(), start(), start(), start()]);
    const outputs = children.map(async (child) => {
      const [output] = await once(child.stdout, 'data');
      return JSON.parse(String(output));
    });
    for (const child of children) child.stdin.write('go\n');
    const loaded = await Promise.all(outputs);
    expect(loaded.filter(({ created }) => created === true)).toHaveLength(1);
    const { sealer, created } = loadSealingKey({ dataDir });
    expect(created).toBe(false);
    for (const { sealed } of loaded) expect(sealer.open(String(sealed), CONTEXT)).toBe('text');
    expect(await readdir(dataDir)).toEqual(['session_encryption.key']);
  });
});

describe('a key file that is missing', () => {
  const SEALED: [string, string, string][] = [
    ['a session', 'telegram_sessions/user123.session', 'v1.00000000.AAAA'],
    ['a broken session', 'telegram_sessions/user123.session', ''],
    ['peers alone', 'telegram_sessions/user123.peers', 'v1.00000000.AAAA'],
    [
      'a broken session that was kept',
      'telegram_sessions/user123.session.broken-2026-01-31T10-00-00-0000',
      'x',
    ],
    ['a sign-in in progress', 'telegram_auth.json', '{"version":1,"accounts":{"user123":{"login":{}}}}'],
    ['an empty telegram_auth.json', 'telegram_auth.json', ''],
    ['a telegram_auth.json that is cut off', 'telegram_auth.json', '{"version":1,"acc'],
  ];
  it.each(SEALED)('is not created again next to %s', async (_name, path, content) => {
    const { dataDir, file } = await makeDirectory();
    await mkdir(dirname(join(dataDir, path)), { recursive: true });
    await writeFile(join(dataDir, path), content);
    expect(() => loadSealingKey({ dataDir })).toThrow(SealingKeyError);
    expect(() => loadSealingKey({ dataDir })).toThrow(
      `the key file ${file} is missing, and ${join(dataDir, path)}`,
    );
    expect(() => loadSealingKey({ dataDir })).toThrow('SESSION_ENCRYPTION_KEY');
    await expect(stat(file)).rejects.toThrow('ENOENT');
    // The key from the setting works too.
    loadSealingKey({ dataDir, key: randomBytes(32).toString('base64') });
  });

  it.each<[string, string, string | null]>([
    ['an empty directory of sessions', 'telegram_sessions/x', null],
    ['a temporary file after a crash', 'telegram_sessions/.0123abcd-1-x-0123456789abcdef.~tmp', 'x'],
    ['a telegram_auth.json without accounts', 'telegram_auth.json', '{"version":1,"accounts":{}}'],
  ])('is created next to %s', async (_name, path, content) => {
    const { dataDir } = await makeDirectory();
    await mkdir(dirname(join(dataDir, path)), { recursive: true });
    if (content !== null) await writeFile(join(dataDir, path), content);
    expect(loadSealingKey({ dataDir })).toMatchObject({ created: true });
  });

  it('gives an error with its path if it is a broken link', async () => {
    const { dataDir, file } = await makeDirectory();
    await mkdir(dataDir);
    await symlink('nowhere', file);
    expect(() => loadSealingKey({ dataDir })).toThrow(`the key file ${file} cannot be read`);
  });
});
