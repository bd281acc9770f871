import { isTestServer, type SessionParts } from './foreign-session.ts';

const AUTH_KEY_LENGTH = 256;
/** Data centre (1), port (2), auth key. */
const WITHOUT_ADDRESS = 1 + 2 + AUTH_KEY_LENGTH;
const HOST = /^[A-Za-z0-9.:_-]+$/;

/**
 * Telethon: data centre (1 byte), IPv4 or IPv6 address (4 or 16), port (2), auth key (256). GramJS: the same with the
 * address as text, preceded by its length (2). `undefined`: neither.
 */
export function readTelethon(bytes: Buffer): SessionParts | undefined {
  const address = addressOf(bytes);
  if (address === undefined) return undefined;
  return {
    dcId: bytes.readUInt8(0),
    authKey: bytes.subarray(-AUTH_KEY_LENGTH),
    testMode: isTestServer(address),
  };
}

function addressOf(bytes: Buffer): string | undefined {
  const length = bytes.length - WITHOUT_ADDRESS;
  if (length < 2) return undefined;
  const text = bytes.toString('latin1', 3, 1 + length);
  if (bytes.readUInt16BE(1) === length - 2 && HOST.test(text)) return text;
  const address = bytes.subarray(1, 1 + length);
  if (length === 4) return address.join('.');
  if (length !== 16) return undefined;
  return Array.from({ length: 8 }, (_, group) => address.readUInt16BE(2 * group).toString(16)).join(':');
}
