import { decodeBase64 } from './base64.ts';
import {
  AUTH_KEY_LENGTH,
  checkedSession,
  MALFORMED,
  SessionFormatError,
  type ForeignSession,
} from './foreign-session.ts';
import { readMtcute } from './mtcute-string.ts';
import { readPyrogram } from './pyrogram-string.ts';
import { readTelethon } from './telethon-string.ts';

const OWN_FORM = /^v1\.(\d{1,3})\.([A-Za-z0-9_-]+)$/;

/**
 * Reads a string session: GramJS, Telethon, Pyrogram (and its forks), mtcute, or the gateway's own form. First byte and
 * length differ between the formats, so they cannot be confused.
 * @param text as {@link extractSession} returns it.
 * @throws {SessionFormatError}
 */
export function readStringSession(text: string): ForeignSession {
  const own = OWN_FORM.exec(text);
  if (own !== null) {
    const authKey = decodeBase64(own[2] ?? '');
    if (authKey?.length !== AUTH_KEY_LENGTH) throw new SessionFormatError(MALFORMED);
    return checkedSession({ dcId: Number(own[1]), authKey });
  }
  // Telethon and GramJS write a 1 before the base64.
  const isTelethon = text.startsWith('1');
  const bytes = decodeBase64(isTelethon ? text.slice(1) : text);
  const parts =
    bytes === undefined
      ? undefined
      : isTelethon
        ? readTelethon(bytes)
        : (readPyrogram(bytes) ?? readMtcute(bytes));
  if (parts !== undefined) return checkedSession(parts);
  throw new SessionFormatError(
    looksLikeSession(text)
      ? MALFORMED
      : 'has an unknown form: it must be a string session of GramJS, Telethon, Pyrogram or mtcute, a .session file of Telethon, Pyrogram or mtcute in base64, or a backup',
  );
}

/** Whether the text is long enough to contain an auth key, and mostly base64. */
function looksLikeSession(text: string): boolean {
  return text.length >= 300 && /^[A-Za-z0-9+/_=.-]+$/.test(text);
}

/**
 * Writes a session as a string session of Telethon, whose address shows whether it is for test servers. Any version of
 * the gateway accepts it, so the CLI can send a file's session to it.
 */
export function writeTelethon({ dcId, authKey, testMode }: ForeignSession): string {
  const address = testMode ? [149, 154, 167, 40] : [0, 0, 0, 0];
  const bytes = Buffer.concat([Buffer.from([dcId, ...address, 1, 187]), authKey]);
  return `1${bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_')}`;
}

/** Writes the gateway's own form, which its worker reads. */
export function writeOwnForm({ dcId, authKey }: ForeignSession): string {
  return `v1.${dcId}.${Buffer.from(authKey).toString('base64url')}`;
}
