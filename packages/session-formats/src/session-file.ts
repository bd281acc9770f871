import { checkedSession, SessionFormatError, type ForeignSession } from './foreign-session.ts';
import { readBasicDc } from './mtcute-string.ts';
import { readTables, type Rows } from './sqlite-tables.ts';

const MAGIC = 'SQLite format 3\0';
const MAX_BYTES = 256 * 2 ** 20;
/** Maximum rows to read. No program writes more, and two are enough to see that the file has several sessions. */
const MAX_ROWS = 10;

/** The table of Telethon and Pyrogram. Each program has columns that the other lacks. */
const SESSIONS = {
  table: 'sessions',
  columns: { dc_id: 'integer', auth_key: 'blob', test_mode: 'integer', is_bot: 'integer' },
  limit: MAX_ROWS,
} as const;
/** mtcute's tables. */
const KEY_VALUE = {
  table: 'key_value',
  columns: { key: 'text', value: 'blob' },
  only: { column: 'key', values: ['dc_main', 'current_user'] },
  limit: MAX_ROWS,
} as const;
const AUTH_KEYS = { table: 'auth_keys', columns: { dc: 'integer', key: 'blob' }, limit: MAX_ROWS } as const;

/** Offsets in the header of an SQLite file (sqlite.org/fileformat.html, 1.3). */
const HEAD = { bytes: 100, pageSize: 16, changes: 24, pages: 28, changesAtPages: 92 };

export function isSqlite(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;
}

/** Whether pages are missing at the end of the file. SQLite would read such a file, and may find a table empty. */
function isCut(bytes: Uint8Array): boolean {
  if (bytes.length < HEAD.bytes) return true;
  const head = new DataView(bytes.buffer, bytes.byteOffset, HEAD.bytes);
  // Old versions of SQLite do not update the number of pages. The second change counter shows that.
  if (head.getUint32(HEAD.changes) !== head.getUint32(HEAD.changesAtPages)) return false;
  const pageSize = head.getUint16(HEAD.pageSize);
  return head.getUint32(HEAD.pages) * (pageSize === 1 ? 65_536 : pageSize) > bytes.length;
}

/**
 * Reads the session in a `.session` file of Telethon or Pyrogram, or in mtcute's storage, of any version.
 * @throws {SessionFormatError}
 * @throws {ThreadError} `busy`: too many files are being read.
 */
export async function readSessionFile(bytes: Uint8Array): Promise<ForeignSession> {
  if (!isSqlite(bytes)) throw new SessionFormatError('is not an SQLite file');
  if (bytes.length > MAX_BYTES)
    throw new SessionFormatError('is a file of over 256 MiB, which is too large for a session');
  if (isCut(bytes)) throw new SessionFormatError('is an SQLite file that is cut off: copy the whole file');
  const [sessions, keyValue, authKeys] = await readTables(bytes, [
    SESSIONS,
    { ...KEY_VALUE, only: { ...KEY_VALUE.only, values: [...KEY_VALUE.only.values] } },
    AUTH_KEYS,
  ]);
  if (sessions) return ofSessionsTable(sessions);
  if (keyValue && authKeys) return ofMtcute(keyValue, authKeys);
  throw new SessionFormatError(
    'is an SQLite file that has no session: it has no table of Telethon, Pyrogram or mtcute. If the other program still runs, stop it first, so that it writes its file',
  );
}

function ofSessionsTable(rows: Rows): ForeignSession {
  const withKey = rows.filter((row) => bytesOf(row['auth_key']).some((byte) => byte !== 0));
  if (withKey.length > 1) throw new SessionFormatError('has several sessions: it must have one');
  const [row] = withKey;
  if (row === undefined) throw nobody();
  return checkedSession({
    dcId: row['dc_id'],
    authKey: bytesOf(row['auth_key']),
    testMode: isTrue(row['test_mode']),
    isBot: isTrue(row['is_bot']),
  });
}

function ofMtcute(keyValue: Rows, authKeys: Rows): ForeignSession {
  const valueOf = (key: string) => bytesOf(keyValue.find((row) => row['key'] === key)?.['value']);
  const home = readBasicDc(valueOf('dc_main'));
  const key = authKeys.find((row) => home !== undefined && row['dc'] === home.id)?.['key'];
  if (home === undefined || key === undefined) throw nobody();
  const user = valueOf('current_user');
  // A version (1), then flags. The lowest bit marks a bot.
  const isBot = user.length >= 8 && user.readInt32LE(0) === 1 && (user.readInt32LE(4) & 1) === 1;
  return checkedSession({ dcId: home.id, authKey: bytesOf(key), testMode: home.testMode, isBot });
}

function bytesOf(cell: unknown): Buffer {
  return cell instanceof Uint8Array ? Buffer.from(cell) : Buffer.alloc(0);
}

function isTrue(cell: unknown): boolean {
  return typeof cell === 'number' && cell !== 0;
}

function nobody(): SessionFormatError {
  return new SessionFormatError('has no auth key: nobody has signed in with it');
}
