import { sha1, sha256 } from './hashes.ts';

/** The side that wrote a message. Each side uses its own part of the auth key. */
export type Writer = 'client' | 'server';

/** Called x in https://core.telegram.org/mtproto/description#defining-aes-key-and-initialization-vector. */
const OFFSET: Record<Writer, number> = { client: 0, server: 8 };

/** The `msg_key` (16 bytes) of MTProto 2.0. `plaintext` is everything that gets encrypted, including the padding. */
export function messageKey(authKey: Uint8Array, plaintext: Uint8Array, writer: Writer): Buffer {
  const offset = 88 + OFFSET[writer];
  return sha256(authKey.subarray(offset, offset + 32), plaintext).subarray(8, 24);
}

/** The AES key and IV (32 bytes each) for a message with this `msg_key`. */
export function messageAes(
  authKey: Uint8Array,
  msgKey: Uint8Array,
  writer: Writer,
): { key: Buffer; iv: Buffer } {
  const x = OFFSET[writer];
  const a = sha256(msgKey, authKey.subarray(x, x + 36));
  const b = sha256(authKey.subarray(40 + x, 76 + x), msgKey);
  return {
    key: Buffer.concat([a.subarray(0, 8), b.subarray(8, 24), a.subarray(24, 32)]),
    iv: Buffer.concat([b.subarray(0, 8), a.subarray(8, 24), b.subarray(24, 32)]),
  };
}

/** The AES key and IV of MTProto 1.0 for a message of a client. Only the binding of temporary keys still uses it. */
export function oldMessageAes(authKey: Uint8Array, msgKey: Uint8Array): { key: Buffer; iv: Buffer } {
  const a = sha1(msgKey, authKey.subarray(0, 32));
  const b = sha1(authKey.subarray(32, 48), msgKey, authKey.subarray(48, 64));
  const c = sha1(authKey.subarray(64, 96), msgKey);
  const d = sha1(msgKey, authKey.subarray(96, 128));
  return {
    key: Buffer.concat([a.subarray(0, 8), b.subarray(8, 20), c.subarray(4, 16)]),
    iv: Buffer.concat([a.subarray(8, 20), b.subarray(0, 8), c.subarray(16, 20), d.subarray(0, 8)]),
  };
}

/** The AES key and IV for the key exchange. */
export function exchangeAes(serverNonce: Uint8Array, newNonce: Uint8Array): { key: Buffer; iv: Buffer } {
  const newServer = sha1(newNonce, serverNonce);
  const serverNew = sha1(serverNonce, newNonce);
  return {
    key: Buffer.concat([newServer, serverNew.subarray(0, 12)]),
    iv: Buffer.concat([serverNew.subarray(12, 20), sha1(newNonce, newNonce), newNonce.subarray(0, 4)]),
  };
}
