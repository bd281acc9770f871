/**
 * What makes a connection somebody's: the data centre where the account lives, and the 256-byte key that it
 * is known by there.
 */
export interface Session {
  dcId: number;
  authKey: Buffer;
}

const AUTH_KEY_LENGTH = 256;
const OWN_FORM = /^v1\.(\d{1,3})\.([A-Za-z0-9_-]+)$/;

/**
 * The session as text: `v1.<data centre>.<auth key, base64url>`. Addresses are not in it: they are settings,
 * not the account's. It is a secret as good as a password.
 */
export function writeSession({ dcId, authKey }: Session): string {
  return `v1.${dcId}.${authKey.toString('base64url')}`;
}

/**
 * Reads {@link writeSession}'s text, or a GramJS or Telethon `StringSession` (its address and port are
 * ignored). Throws an Error that says nothing of the content.
 */
export function readSession(text: string): Session {
  const own = OWN_FORM.exec(text);
  const session =
    own === null
      ? readStringSession(text)
      : { dcId: Number(own[1]), authKey: Buffer.from(own[2] ?? '', 'base64url') };
  if (session === undefined || session.dcId < 1 || session.authKey.length !== AUTH_KEY_LENGTH) {
    throw new Error('The session is not in a form that is understood here');
  }
  return session;
}

/**
 * Both start with `1`; then base64 of: data centre (1 byte), an address of either form, port (2 bytes), auth
 * key.
 */
function readStringSession(text: string): Session | undefined {
  if (!/^1[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.from(text.slice(1), 'base64');
  if (bytes.length < 1 + 4 + 2 + AUTH_KEY_LENGTH) return undefined;
  return { dcId: bytes.readUInt8(0), authKey: bytes.subarray(-AUTH_KEY_LENGTH) };
}

/** Any text that {@link readSession} reads, in the form that is kept. @throws {Error} that says nothing of the content. */
export function toOwnSession(text: string): string {
  return writeSession(readSession(text));
}

/** Whether two kept sessions are one at Telegram. What is not understood is none. */
export function sameKey(one: string, other: string): boolean {
  try {
    return readSession(one).authKey.equals(readSession(other).authKey);
  } catch {
    return false;
  }
}
