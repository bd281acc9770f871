import { randomBytes, timingSafeEqual } from 'node:crypto';
import { igeDecrypt, igeEncrypt } from '../crypto/aes-ige.ts';
import { messageAes, messageKey, type Writer } from '../crypto/message-key.ts';
import type { MtprotoMessage } from './message.ts';

/** The content of an encrypted packet. */
export interface Envelope {
  salt: bigint;
  /** 16 hex digits, in the byte order of the wire. */
  sessionId: string;
  message: MtprotoMessage;
}

/** Length of the unencrypted header: key id and msg_key. */
const OUTER_HEADER = 24;
/** Length of the encrypted header: salt, session, msg_id, seqno, length. */
const INNER_HEADER = 32;
const MIN_PADDING = 12;
const MAX_PADDING = 1024;

/**
 * Decrypts a packet that `writer` encrypted with MTProto 2.0; the packet begins with the key id. Undefined if it was
 * not encrypted with this key or is malformed: an honest client never sends such a packet.
 */
export function openEnvelope(packet: Buffer, authKey: Uint8Array, writer: Writer): Envelope | undefined {
  const encrypted = packet.subarray(OUTER_HEADER);
  if (encrypted.length < INNER_HEADER + MIN_PADDING || encrypted.length % 16 !== 0) return undefined;
  const msgKey = packet.subarray(8, OUTER_HEADER);
  const { key, iv } = messageAes(authKey, msgKey, writer);
  const plain = igeDecrypt(encrypted, key, iv);
  if (!timingSafeEqual(messageKey(authKey, plain, writer), msgKey)) return undefined;
  const length = plain.readUInt32LE(28);
  const padding = plain.length - INNER_HEADER - length;
  if (length % 4 !== 0 || padding < MIN_PADDING || padding > MAX_PADDING) return undefined;
  return {
    salt: plain.readBigInt64LE(0),
    sessionId: plain.toString('hex', 8, 16),
    message: {
      msgId: plain.readBigInt64LE(16),
      seqno: plain.readInt32LE(24),
      body: plain.subarray(INNER_HEADER, INNER_HEADER + length),
    },
  };
}

/** Encrypts a message into a packet that begins with the key id. `keyId`: 16 hex digits. */
export function sealEnvelope(
  { salt, sessionId, message }: Envelope,
  authKey: Uint8Array,
  keyId: string,
  writer: Writer,
): Buffer {
  const { msgId, seqno, body } = message;
  const unpadded = INNER_HEADER + body.length + MIN_PADDING;
  const plain = Buffer.allocUnsafe(Math.ceil(unpadded / 16) * 16);
  plain.writeBigInt64LE(salt, 0);
  plain.write(sessionId, 8, 'hex');
  plain.writeBigInt64LE(msgId, 16);
  plain.writeInt32LE(seqno, 24);
  plain.writeUInt32LE(body.length, 28);
  plain.set(body, INNER_HEADER);
  const end = INNER_HEADER + body.length;
  plain.set(randomBytes(plain.length - end), end);
  const msgKey = messageKey(authKey, plain, writer);
  const { key, iv } = messageAes(authKey, msgKey, writer);
  return Buffer.concat([Buffer.from(keyId, 'hex'), msgKey, igeEncrypt(plain, key, iv)]);
}
