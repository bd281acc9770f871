import initSqlJs, { type Database } from 'sql.js';

const MAGIC = 'SQLite format 3\0';
const AUTH_KEY_LENGTH = 256;
/** Port of every data centre; what the string form has in its place is ignored by its readers here. */
const PORT = 443;

/** A file that holds no session; the message is for the person who gave it, and says nothing of its content. */
export class SessionFileError extends Error {
  override readonly name = 'SessionFileError';
}

export function isSqlite(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;
}

/**
 * The session in a `.session` file of Telethon (any version of it: table `sessions` with `dc_id` and `auth_key`), as a Telethon
 * `StringSession`. @throws {SessionFileError}
 */
export async function readTelethonFile(bytes: Uint8Array): Promise<string> {
  if (!isSqlite(bytes)) throw new SessionFileError('this is no SQLite file');
  const { Database } = await initSqlJs();
  let database: Database | undefined;
  try {
    database = new Database(bytes);
    const [found] = database.exec('SELECT dc_id, auth_key FROM sessions');
    return stringSession(found?.values ?? []);
  } catch (error) {
    if (error instanceof SessionFileError) throw error;
    throw new SessionFileError('this SQLite file is no session of Telethon', { cause: error });
  } finally {
    database?.close();
  }
}

function stringSession(rows: readonly unknown[][]): string {
  const signedIn = rows.filter(([, key]) => key instanceof Uint8Array && key.length === AUTH_KEY_LENGTH);
  const [dcId, authKey] = signedIn[0] ?? [];
  if (signedIn.length !== 1 || typeof dcId !== 'number' || !(authKey instanceof Uint8Array))
    throw new SessionFileError('this file holds no session: nobody has signed in with it');
  const head = Buffer.alloc(7);
  head.writeUInt8(dcId, 0);
  head.writeUInt16BE(PORT, 5);
  // As Telethon writes it: data centre, IPv4 address, port, key.
  return `1${Buffer.concat([head, authKey]).toString('base64url')}${'='.repeat(padding(head.length + AUTH_KEY_LENGTH))}`;
}

function padding(bytes: number): number {
  return (3 - (bytes % 3)) % 3;
}
