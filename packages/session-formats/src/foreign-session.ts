import { BlockList, isIPv6 } from 'node:net';

/** A session in the form that another program stored. */
export interface ForeignSession {
  dcId: number;
  /** 256 bytes, not all zero. */
  authKey: Uint8Array;
  /** Whether it belongs to Telegram's test servers; `false` if the format does not say. */
  testMode: boolean;
}

/**
 * No usable session. The message continues "The session …", is written for a person, and quotes no part of the session.
 */
export class SessionFormatError extends Error {
  override readonly name = 'SessionFormatError';
}

export const AUTH_KEY_LENGTH = 256;
/** The maximum that a string session can encode. The worker checks whether the data centre exists. */
const MAX_DC = 255;

export const MALFORMED = 'is malformed: something is missing, changed or added. Copy all of it again';

/** The contents of a session; `isBot` and `testMode` only if the format has them. */
export interface SessionParts {
  dcId: unknown;
  authKey: Uint8Array;
  testMode?: boolean;
  isBot?: boolean;
}

/** @throws {SessionFormatError} if the session cannot be Telegram's, or is a bot's. */
export function checkedSession({
  dcId,
  authKey,
  testMode = false,
  isBot = false,
}: SessionParts): ForeignSession {
  if (authKey.length !== AUTH_KEY_LENGTH)
    throw new SessionFormatError(
      `has an auth key of ${authKey.length} bytes: Telegram's have ${AUTH_KEY_LENGTH}`,
    );
  if (authKey.every((byte) => byte === 0))
    throw new SessionFormatError('has no auth key (it is all zeros): nobody has signed in with it');
  if (typeof dcId !== 'number' || !Number.isInteger(dcId) || dcId < 1 || dcId > MAX_DC)
    throw new SessionFormatError('names a data centre that Telegram does not have');
  if (isBot)
    throw new SessionFormatError(
      "is a bot's. Only accounts of people can be imported; a bot signs in with TELEGRAM_BOT_TOKEN",
    );
  return { dcId, authKey, testMode };
}

/** Telegram's test servers. In sessions of GramJS and Telethon, only the address shows that they are for testing. */
const TEST_SERVERS = new BlockList();
for (const address of ['149.154.175.10', '149.154.167.40', '149.154.175.117'])
  TEST_SERVERS.addAddress(address, 'ipv4');
for (const address of ['2001:b28:f23d:f001::e', '2001:67c:4e8:f002::e', '2001:b28:f23d:f003::e'])
  TEST_SERVERS.addAddress(address, 'ipv6');

export function isTestServer(address: string): boolean {
  return TEST_SERVERS.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
