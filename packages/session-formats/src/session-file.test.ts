import { BoundedThreads } from '@gateway/runtime';
import initSqlJs, { type Database } from 'sql.js';
import { describe, expect, test } from 'vitest';
import { isSqlite, readSessionFile } from './session-file.ts';
import { fileOf, KEY } from './testing/fixtures.ts';

const { Database: Sqlite } = await initSqlJs();
const ENDLESS = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)';
const V7 = 'dc_id integer primary key, server_address text, port integer, auth_key blob, takeout_id integer';

/** A database that `make` fills. */
function sqlite(make: (database: Database) => void): Buffer {
  const database = new Sqlite();
  make(database);
  const bytes = Buffer.from(database.export());
  database.close();
  return bytes;
}

const sql = (statements: string) => sqlite((database) => database.exec(statements));

function telethonFile(columns: string, ...rows: unknown[][]): Buffer {
  return sqlite((database) => {
    database.run('CREATE TABLE version (version integer primary key)');
    database.run(`CREATE TABLE sessions (${columns})`);
    for (const row of rows)
      database.run(`INSERT INTO sessions VALUES (${row.map(() => '?').join(',')})`, row as never[]);
  });
}

/** mtcute's storage, created with its own statements. */
function mtcuteFile(dc: number, flags: number, isBot = false): Buffer {
  return sqlite((database) => {
    database.run('create table key_value (key text primary key, value blob not null)');
    database.run('create table auth_keys (dc integer primary key, key blob not null)');
    const home = Buffer.concat([
      Buffer.from([2, dc, flags]),
      Buffer.from('\x0e149.154.167.91\0'),
      Buffer.from([187, 1, 0, 0]),
    ]);
    const user = Buffer.from([1, 0, 0, 0, isBot ? 1 : 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]);
    database.run('insert into key_value values (?, ?), (?, ?)', ['dc_main', home, 'current_user', user]);
    for (let salt = 0; salt < 50; salt += 1)
      database.run('insert into key_value values (?, ?)', [`a${salt}`, home]);
    database.run('insert into auth_keys values (?, ?), (?, ?)', [1, Buffer.alloc(256, 9), 4, KEY]);
  });
}

describe('A session file', () => {
  test.each([
    ['Telethon', fileOf('telethon'), {}],
    ['Pyrogram', fileOf('pyrogram-user-prod'), {}],
    ['Pyrogram, a test server', fileOf('pyrogram-user-test'), { dcId: 2, testMode: true }],
    ['kurigram, in write-ahead mode', fileOf('kurigram-user-prod'), {}],
    ['pyrofork', fileOf('pyrofork-user-prod'), {}],
    [
      'Telethon with a temporary key',
      telethonFile(`${V7}, tmp_auth_key blob`, [4, 'a', 443, KEY, null, null]),
      {},
    ],
    [
      'an old version of Telethon',
      telethonFile('dc_id integer primary key, server_address text, port integer, auth_key blob', [
        4,
        'a',
        443,
        KEY,
      ]),
      {},
    ],
    ['mtcute', mtcuteFile(4, 0), {}],
    ['mtcute, a test server', mtcuteFile(4, 4), { testMode: true }],
  ])('of %s is read and left unchanged', async (_name, bytes, more) => {
    const before = Buffer.from(bytes);
    const { dcId, authKey, testMode } = await readSessionFile(bytes);
    expect({ dcId, authKey: Buffer.from(authKey), testMode }).toEqual({
      dcId: 4,
      authKey: KEY,
      testMode: false,
      ...more,
    });
    expect(bytes.equals(before)).toBe(true);
    expect(isSqlite(bytes)).toBe(true);
  });

  test.each([
    ['nobody signed in', telethonFile(V7, [2, 'a', 443, new Uint8Array(), null]), 'nobody has signed in'],
    ['no row', telethonFile(V7), 'nobody has signed in'],
    ['a key of zeros', telethonFile(V7, [2, 'a', 443, Buffer.alloc(256), null]), 'nobody has signed in'],
    [
      'two sessions',
      telethonFile(V7, [2, 'a', 443, KEY, null], [4, 'a', 443, KEY, null]),
      'several sessions',
    ],
    ['a short key', telethonFile(V7, [2, 'a', 443, KEY.subarray(0, 100), null]), 'of 100 bytes'],
    ['a key as text', telethonFile(V7, [2, 'a', 443, KEY.toString('hex'), null]), 'nobody has signed in'],
    [
      'a key of 1 MB',
      telethonFile(V7, [2, 'a', 443, Buffer.alloc(1_000_000, 1), null]),
      'nobody has signed in',
    ],
    ['data centre 260', telethonFile(V7, [260, 'a', 443, KEY, null]), 'names a data centre'],
    ['data centre -2', telethonFile(V7, [-2, 'a', 443, KEY, null]), 'names a data centre'],
    [
      'data centre 2^53',
      sql(
        `CREATE TABLE sessions (dc_id, auth_key); INSERT INTO sessions VALUES (9007199254740993, randomblob(256))`,
      ),
      'names a data centre',
    ],
    ['data centre as text', telethonFile('dc_id text, auth_key blob', ['2', KEY]), 'names a data centre'],
    ['a bot of Pyrogram', fileOf('pyrogram-bot-prod'), "is a bot's"],
    ['a bot of mtcute', mtcuteFile(4, 0, true), "is a bot's"],
    ['mtcute before it signed in', mtcuteFile(2, 0), 'nobody has signed in'],
    ['another program', sql('CREATE TABLE things (id integer)'), 'has no session'],
    ['no table', sql('PRAGMA user_version = 1'), 'has no session'],
    ['other columns', sql('CREATE TABLE sessions (id integer)'), 'nobody has signed in'],
    ['its last page cut off', fileOf('telethon').subarray(0, -4_096), 'is cut'],
    ['most of it cut off', fileOf('telethon').subarray(0, 5_000), 'is cut'],
    ['nothing but its head', fileOf('telethon').subarray(0, 100), 'is cut'],
    ['half of its head', fileOf('telethon').subarray(0, 50), 'is cut'],
    ['not SQLite', Buffer.from('1AgAAAA'), 'is not an SQLite file'],
    ['nothing', Buffer.alloc(0), 'is not an SQLite file'],
  ])('with %s is refused with the reason', async (_name, bytes, message) => {
    await expect(readSessionFile(bytes)).rejects.toThrow(message);
  });
});

/** A valid file with changed bytes. */
function changed(change: (bytes: Buffer) => Buffer | void): Buffer {
  const bytes = Buffer.from(fileOf('telethon'));
  return change(bytes) ?? bytes;
}

/** A file whose schema wrongly names the table `things` as `sessions`, next to a view of that name. */
function lying(view: string): Buffer {
  return sqlite((database) => {
    database.exec(`CREATE TABLE things (dc_id, auth_key); CREATE VIEW sessions AS ${view}`);
    database.exec(
      "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET name = 'sessions' WHERE name = 'things'",
    );
  });
}

describe('A malicious file', () => {
  test.each([
    [
      'an endless view',
      sql(`CREATE VIEW sessions AS ${ENDLESS} SELECT count(*) AS dc_id, 1 AS auth_key FROM c`),
    ],
    [
      'a view of 3,000 blobs of 1 MB',
      sql(
        `CREATE VIEW sessions AS ${ENDLESS} SELECT 2 AS dc_id, zeroblob(1000000) AS auth_key FROM c LIMIT 3000`,
      ),
    ],
    ['a virtual table', sql('CREATE VIRTUAL TABLE sessions USING fts3(dc_id, auth_key)')],
    [
      'a computed column',
      sql(
        'CREATE TABLE sessions (dc_id integer, auth_key blob AS (zeroblob(900000000))); INSERT INTO sessions (dc_id) VALUES (2)',
      ),
    ],
    ['half of it', changed((bytes) => bytes.subarray(0, bytes.length / 2))],
    ['its header alone', changed((bytes) => bytes.subarray(0, 100))],
    ['its magic alone', changed((bytes) => bytes.subarray(0, 16))],
    ['noise behind its header', changed((bytes) => void bytes.fill(0xa5, 100))],
    ['an impossible page size', changed((bytes) => void bytes.writeUInt16BE(3, 16))],
    ['another page size', changed((bytes) => void bytes.writeUInt16BE(32_768, 16))],
    ['a file format of the future', changed((bytes) => void bytes.fill(9, 18, 20))],
    [
      'a key of 4 GB',
      sqlite((database) => {
        database.exec(
          `CREATE TABLE sessions (dc_id, auth_key); INSERT INTO sessions VALUES (2, zeroblob(300))`,
        );
        database.exec('PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 4294967295');
      }),
    ],
    ['a view behind a false name', lying(`SELECT 2 AS dc_id, hex(zeroblob(200000000)) AS auth_key`)],
  ])('%s is refused at once', async (_name, bytes) => {
    const before = process.memoryUsage.rss();
    await expect(readSessionFile(bytes)).rejects.toThrow(/^(is|has) /);
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 2 ** 20);
  });

  test('SQLite gets no memory beyond its limit', async () => {
    const threads = new BoundedThreads<object, unknown>({
      entry: new URL('sqlite-thread.mjs', import.meta.url),
      timeoutMs: 10_000,
      heapMb: 64,
      atOnce: 1,
      maxWaiting: 1,
    });
    const read = (bytes: number) =>
      threads.run({
        bytes: new Uint8Array(fileOf('telethon')),
        // No caller passes an expression. This is the shortest way to make SQLite compute something large.
        reads: [
          { table: 'sessions', columns: { dc_id: 'integer' }, limit: `length(hex(zeroblob(${bytes})))` },
        ],
      });
    expect(await read(10)).toEqual({ tables: [[{ dc_id: 4 }]] });
    expect(await read(60_000_000)).toEqual({ error: expect.stringContaining('out of memory') });
  });

  test('many tables, and large ones next to the session, are accepted', async () => {
    const bytes = sqlite((database) => {
      database.run(`CREATE TABLE sessions (${V7})`);
      database.run('INSERT INTO sessions VALUES (?, ?, ?, ?, ?)', [4, 'a', 443, KEY, null]);
      database.exec('CREATE TABLE entities (id integer primary key, name blob)');
      database.exec(`INSERT INTO entities ${ENDLESS} SELECT x, randomblob(1000) FROM c LIMIT 20000`);
    });
    expect(bytes.length).toBeGreaterThan(20e6);
    expect((await readSessionFile(bytes)).dcId).toBe(4);
  });

  test('any byte of a real file may change: it is read or refused', async () => {
    const tries = [16, 18, 28, 56, 100, 103, 4_096, 8_199].map((at) =>
      changed((bytes) => void bytes.fill(0xff, at, at + 2)),
    );
    const answers = await Promise.allSettled(tries.map((bytes) => readSessionFile(bytes)));
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ name: 'SessionFormatError' });
  });
});
