import initSqlJs from 'sql.js';
import { describe, expect, test } from 'vitest';
import { isSqlite, readTelethonFile } from './telethon-file.ts';

const KEY = Uint8Array.from({ length: 256 }, (_, index) => (index * 7 + 3) % 256);

/** A file as Telethon writes it: its own schema, of before and after `takeout_id` and `tmp_auth_key`. */
async function telethonFile(columns: string, rows: readonly (readonly unknown[])[]): Promise<Uint8Array> {
  const { Database } = await initSqlJs();
  const database = new Database();
  database.run('CREATE TABLE version (version integer primary key)');
  database.run(`CREATE TABLE sessions (${columns})`);
  database.run(
    'CREATE TABLE entities (id integer primary key, hash integer not null, username text, phone integer, name text)',
  );
  for (const row of rows)
    database.run(`INSERT INTO sessions VALUES (${row.map(() => '?').join(',')})`, [...row] as never[]);
  const bytes = database.export();
  database.close();
  return bytes;
}

const V7 = 'dc_id integer primary key, server_address text, port integer, auth_key blob, takeout_id integer';

describe('A .session file of Telethon', () => {
  test.each([
    ['of today', V7, [4, '149.154.167.91', 443, KEY, null]],
    ['with a temporary key', `${V7}, tmp_auth_key blob`, [4, '149.154.167.91', 443, KEY, null, null]],
    [
      'of years ago',
      'dc_id integer primary key, server_address text, port integer, auth_key blob',
      [4, 'a', 443, KEY],
    ],
  ])('%s: its data centre and key', async (_name, columns, row) => {
    const text = await readTelethonFile(await telethonFile(columns, [row]));
    expect(text.startsWith('1')).toBe(true);
    const bytes = Buffer.from(text.slice(1), 'base64url');
    expect(bytes.readUInt8(0)).toBe(4);
    expect(bytes.subarray(-256)).toEqual(Buffer.from(KEY));
    expect(text.slice(1).length % 4).toBe(0);
  });

  test('nobody signed in, another SQLite file, no SQLite file: each is told', async () => {
    const empty = await telethonFile(V7, [[2, 'a', 443, new Uint8Array(), null]]);
    await expect(readTelethonFile(empty)).rejects.toThrow('nobody has signed in');
    const { Database } = await initSqlJs();
    const other = new Database();
    other.run('CREATE TABLE things (id integer)');
    await expect(readTelethonFile(other.export())).rejects.toThrow('no session of Telethon');
    await expect(readTelethonFile(Buffer.from('1AgAAAA'))).rejects.toThrow('no SQLite file');
    const broken = Buffer.from(await telethonFile(V7, []));
    await expect(readTelethonFile(broken.subarray(0, 200))).rejects.toThrow('no session of Telethon');
    expect(isSqlite(empty)).toBe(true);
  });
});
