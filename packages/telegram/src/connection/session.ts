/**
 * An account's session: the data centre where the account lives, and the 256-byte auth key that identifies it there.
 */
export interface Session {
  dcId: number;
  authKey: Buffer;
}

const AUTH_KEY_LENGTH = 256;
const OWN_FORM = /^v1\.(\d{1,3})\.([A-Za-z0-9_-]+)$/;

/**
 * The session as text: `v1.<data centre>.<auth key, base64url>`. It contains no addresses, which are settings and not
 * the account's. It is as secret as a password.
 */
export function writeSession({ dcId, authKey }: Session): string {
  return `v1.${dcId}.${authKey.toString('base64url')}`;
}

/** Reads the text of {@link writeSession}. Throws an Error that reveals nothing of the content. */
export function readSession(text: string): Session {
  const [, dcId, key = ''] = OWN_FORM.exec(text) ?? [];
  const session = { dcId: Number(dcId), authKey: Buffer.from(key, 'base64url') };
  if (!(session.dcId >= 1) || session.authKey.length !== AUTH_KEY_LENGTH) {
    throw new Error('The session is not in a form that is understood here');
  }
  return session;
}

/** The data centre of a stored session; `null` if the session cannot be read. */
export function dataCenterOf(session: string): number | null {
  try {
    return readSession(session).dcId;
  } catch {
    return null;
  }
}

/** Whether two stored sessions have the same auth key. False if either cannot be read. */
export function sameKey(one: string, other: string): boolean {
  try {
    return readSession(one).authKey.equals(readSession(other).authKey);
  } catch {
    return false;
  }
}
