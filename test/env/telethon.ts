import initSqlJs from 'sql.js';

/** A session that `SandboxControl.createSession` has made. */
interface Made {
  dc: number;
  auth_key: string;
}

/** A string session as Telethon and GramJS write it. */
export function telethonString({ dc, auth_key }: Made): string {
  const head = Buffer.from([dc, 127, 0, 0, 1, 0, 80]);
  return `1${Buffer.concat([head, Buffer.from(auth_key, 'base64url')]).toString('base64')}`;
}

/** A `.session` file as Telethon writes it. */
export async function telethonFile({ dc, auth_key }: Made): Promise<Buffer> {
  const { Database } = await initSqlJs();
  const database = new Database();
  database.run(
    'CREATE TABLE sessions (dc_id integer primary key, server_address text, port integer, auth_key blob, takeout_id integer)',
  );
  const key = Buffer.from(auth_key, 'base64url');
  database.run('INSERT INTO sessions VALUES (?, ?, ?, ?, ?)', [dc, '127.0.0.1', 443, key, null]);
  return Buffer.from(database.export());
}
