import { decodeBase64 } from './base64.ts';
import { MALFORMED, SessionFormatError, type ForeignSession } from './foreign-session.ts';
import { extractSession } from './pasted-text.ts';
import { readSessionFile } from './session-file.ts';
import { readStringSession } from './string-session.ts';

/** "SQLite format 3" in base64. */
const SQLITE_BASE64 = 'U1FMaXRlIGZvcm1hdCAz';
const BACKUP = /^tgb1\./;

/** A person's input: a backup, which the worker opens, or a session. */
export type GivenSession = { backup: string } | { session: ForeignSession };

/**
 * Reads pasted text: a string session, a session file in base64, or a backup.
 * @throws {SessionFormatError}
 * @throws {ThreadError} `busy`
 */
export async function readGivenSession(given: string): Promise<GivenSession> {
  const text = extractSession(given);
  if (text === '') throw new SessionFormatError('must not be empty');
  if (BACKUP.test(text)) return { backup: text };
  if (!text.startsWith(SQLITE_BASE64)) return { session: readStringSession(text) };
  const bytes = decodeBase64(text);
  if (bytes === undefined) throw new SessionFormatError(MALFORMED);
  return { session: await readSessionFile(bytes) };
}
