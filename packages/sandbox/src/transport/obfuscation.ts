import { createCipheriv, createDecipheriv, type Cipher, type Decipher } from 'node:crypto';

/** Number of bytes at the start of an obfuscated connection. */
export const OBFUSCATION_HEADER = 64;

/** The two streams of an obfuscated connection, on the server's side. */
export interface Obfuscation {
  decipher: Decipher;
  cipher: Cipher;
  /** The inner transport: 0xefefefef, 0xeeeeeeee or 0xdddddddd. Any other number is not a transport. */
  tag: number;
}

/**
 * Reads the header of an obfuscated connection.
 * https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation
 */
export function openObfuscation(header: Buffer): Obfuscation {
  const forward = header.subarray(8, 56);
  const backward = Buffer.from(forward).reverse();
  const decipher = createDecipheriv('aes-256-ctr', forward.subarray(0, 32), forward.subarray(32));
  const cipher = createCipheriv('aes-256-ctr', backward.subarray(0, 32), backward.subarray(32));
  return { decipher, cipher, tag: decipher.update(header).readUInt32LE(56) };
}
