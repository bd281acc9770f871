import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import initSqlJs from 'sql.js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FakeGateway, refusal } from '../testing/fake-gateway.ts';
import { runCli } from '../testing/run-cli.ts';

const IMPORT = 'POST /telegram/user/import';
const EXPORT = 'POST /telegram/user/export';
const USER = { id: 7, first_name: 'Alice', last_name: null, username: null, phone_number: null };
const PASSPHRASE = 'correct horse battery';

let gateway: FakeGateway;
let directory: string;
beforeAll(async () => {
  gateway = await FakeGateway.start();
  directory = await mkdtemp(join(tmpdir(), 'cli-sessions-'));
});
beforeEach(() =>
  gateway.answers({
    [IMPORT]: () => ({ body: { status: 'authorized', message: 'm', job_id: 'j', user: USER } }),
    [EXPORT]: () => ({ body: { status: 'ok', message: 'm', job_id: 'j', backup: 'tgb1.sealed' } }),
  }),
);
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const run = (args: string[], world: { answers?: string[]; stdin?: string } = {}) =>
  runCli(args, { url: gateway.url, ...world });

describe('import', () => {
  test('asks whether the other program was stopped, and sends the string', async () => {
    const file = join(directory, 'string');
    await writeFile(file, '1AgAOsession\n');
    expect(await run(['import', 'alice', file], { answers: ['no'] })).toMatchObject({ code: 2 });
    const done = await run(['import', 'alice', file], { answers: ['yes'] });
    expect(done).toMatchObject({ code: 0, stdout: '✓ alice is signed in as Alice (7)\n' });
    expect(gateway.heard.map(({ body }) => body)).toEqual([
      { user_id: 'alice', session: '1AgAOsession', exclusive: true },
    ]);
    expect(done.stdout + done.stderr).not.toContain('1AgAO');
  });

  test('without a terminal it needs --yes; a backup needs its passphrase', async () => {
    expect(await run(['import', 'alice', '-'], { stdin: '1AgAO' })).toMatchObject({ code: 2 });
    expect(await run(['import', 'alice', '-', '--yes'], { stdin: '1AgAO' })).toMatchObject({ code: 0 });
    const file = join(directory, 'backup');
    await writeFile(file, 'tgb1.sealed');
    const done = await run(['import', 'alice', file, '--yes', '--passphrase-stdin'], {
      stdin: `${PASSPHRASE}\n`,
    });
    expect(done.code).toBe(0);
    expect(gateway.heard.at(-1)?.body).toMatchObject({ session: 'tgb1.sealed', passphrase: PASSPHRASE });
    expect(await run(['import', 'alice', '/nowhere', '--yes'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('/nowhere cannot be read'),
    });
  });

  test('a session file is parsed locally, and a text in another encoding is refused', async () => {
    const { Database } = await initSqlJs();
    const database = new Database();
    database.run('CREATE TABLE sessions (dc_id, auth_key, test_mode, is_bot)');
    database.run('INSERT INTO sessions VALUES (4, ?, 0, 0)', [Buffer.alloc(256, 7)]);
    const file = join(directory, 'alice.session');
    await writeFile(file, database.export());
    expect(await run(['import', 'alice', file, '--yes'])).toMatchObject({ code: 0 });
    expect(gateway.heard.at(-1)?.body.session).toMatch(/^1BAAAAAABuwcHBw/);
    database.run('UPDATE sessions SET is_bot = 1');
    await writeFile(file, database.export());
    expect(await run(['import', 'alice', file, '--yes'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("the session is a bot's"),
    });
    await writeFile(file, Buffer.from('\ufeff1AgAO', 'utf16le'));
    expect(await run(['import', 'alice', file, '--yes'])).toMatchObject({ code: 0 });
    expect(gateway.heard.at(-1)?.body.session).toBe('1AgAO');
    await writeFile(file, Buffer.from([0x31, 0xcf, 0xf0]));
    expect(await run(['import', 'alice', file, '--yes'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('line 1: is not UTF-8'),
    });
  });

  test('--proxy names the proxy of the account, and none that of the gateway', async () => {
    const address = 'socks5://user:secret@proxy.example.com:1080';
    for (const proxy of [address, 'none'])
      expect(
        await run(['import', 'alice', '-', '--yes', '--proxy', proxy], { stdin: '1AgAO' }),
      ).toMatchObject({ code: 0 });
    expect(gateway.heard.map(({ body }) => body.proxy)).toEqual([address, null]);
  });

  test('a refusal is reported', async () => {
    gateway.answers({ [IMPORT]: () => refusal(409, 'SESSION_IN_USE') });
    const done = await run(['import', 'alice', '-', '--yes'], { stdin: '1AgAO' });
    expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining('SESSION_IN_USE') });
  });
});

describe('export', () => {
  test('asks for a passphrase twice, and writes a file that only its owner can read, without overwriting another', async () => {
    const file = join(directory, 'alice.backup');
    expect(await run(['export', 'alice', '-o', file], { answers: [PASSPHRASE, 'other'] })).toMatchObject({
      code: 2,
    });
    expect(await run(['export', 'alice', '-o', file], { answers: ['short'] })).toMatchObject({ code: 2 });
    const done = await run(['export', 'alice', '-o', file, '--detach'], {
      answers: [PASSPHRASE, PASSPHRASE],
    });
    expect(done).toMatchObject({ code: 0, stdout: `✓ alice is in ${file}; the account has stopped here\n` });
    expect(await readFile(file, 'utf8')).toBe('tgb1.sealed\n');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(gateway.heard.map(({ body }) => body)).toEqual([
      { user_id: 'alice', passphrase: PASSPHRASE, detach: true },
    ]);
    const again = await run(['export', 'alice', '-o', file], { answers: [PASSPHRASE, PASSPHRASE] });
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be written') });
  });

  test('prints the backup if no file is named', async () => {
    const done = await run(['export', 'alice', '--passphrase-stdin'], { stdin: PASSPHRASE });
    expect(done).toMatchObject({ code: 0, stdout: 'tgb1.sealed\n' });
  });
});
