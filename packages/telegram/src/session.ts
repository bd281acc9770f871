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

/** Reads {@link writeSession}'s text. Throws an Error that says nothing of the content. */
export function readSession(text: string): Session {
  const [, dcId, key = ''] = OWN_FORM.exec(text) ?? [];
  const session = { dcId: Number(dcId), authKey: Buffer.from(key, 'base64url') };
  if (!(session.dcId >= 1) || session.authKey.length !== AUTH_KEY_LENGTH) {
    throw new Error('The session is not in a form that is understood here');
  }
  return session;
}

/** The data centre of a kept session; `null` where the session is not understood. */
export function dataCenterOf(session: string): number | null {
  try {
    return readSession(session).dcId;
  } catch {
    return null;
  }
}

/** Whether two kept sessions are one at Telegram. What is not understood is none. */
export function sameKey(one: string, other: string): boolean {
  try {
    return readSession(one).authKey.equals(readSession(other).authKey);
  } catch {
    return false;
  }
}
