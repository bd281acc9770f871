import { BlockList, isIPv6 } from 'node:net';

/** A session as another program kept it. */
export interface ForeignSession {
  dcId: number;
  /** 256 bytes, not all of them zero. */
  authKey: Uint8Array;
  /** Whether it belongs to Telegram's test servers; `false` where the format does not say. */
  testMode: boolean;
}

/** No usable session. The message goes on from "The session …", is for a person, and quotes nothing of it. */
export class SessionFormatError extends Error {
  override readonly name = 'SessionFormatError';
}

export const AUTH_KEY_LENGTH = 256;
/** What fits into a string session's byte. The worker knows which data centres there are. */
const MAX_DC = 255;

export const MALFORMED =
  'is malformed: something is missing, changed or added. Copy it again, from its first to its last character';

/** What a format says about a session; `isBot` and `testMode` only where the format has them. */
export interface SessionParts {
  dcId: unknown;
  authKey: Uint8Array;
  testMode?: boolean;
  isBot?: boolean;
}

/** @throws {SessionFormatError} where Telegram cannot have made such a session, or it is a bot's. */
export function checkedSession({
  dcId,
  authKey,
  testMode = false,
  isBot = false,
}: SessionParts): ForeignSession {
  if (authKey.length !== AUTH_KEY_LENGTH)
    throw new SessionFormatError(
      `holds an auth key of ${authKey.length} bytes: Telegram's have ${AUTH_KEY_LENGTH}`,
    );
  if (authKey.every((byte) => byte === 0))
    throw new SessionFormatError('holds no auth key (all of it is zero): nobody has signed in with it');
  if (typeof dcId !== 'number' || !Number.isInteger(dcId) || dcId < 1 || dcId > MAX_DC)
    throw new SessionFormatError('names a data centre that Telegram does not have');
  if (isBot)
    throw new SessionFormatError(
      "is a bot's. Only accounts of people are imported; a bot signs in by TELEGRAM_BOT_TOKEN",
    );
  return { dcId, authKey, testMode };
}

/** Telegram's test servers. GramJS and Telethon keep no other sign of them than the address. */
const TEST_SERVERS = new BlockList();
for (const address of ['149.154.175.10', '149.154.167.40', '149.154.175.117'])
  TEST_SERVERS.addAddress(address, 'ipv4');
for (const address of ['2001:b28:f23d:f001::e', '2001:67c:4e8:f002::e', '2001:b28:f23d:f003::e'])
  TEST_SERVERS.addAddress(address, 'ipv6');

export function isTestServer(address: string): boolean {
  return TEST_SERVERS.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
