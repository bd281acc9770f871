import { createCipheriv, createDecipheriv, type Cipher, type Decipher } from 'node:crypto';

/** Bytes that an obfuscated connection opens with. */
export const OBFUSCATION_HEADER = 64;

/** The two streams of an obfuscated connection, as the server has them. */
export interface Obfuscation {
  decipher: Decipher;
  cipher: Cipher;
  /** The transport inside: 0xefefefef, 0xeeeeeeee or 0xdddddddd, if the client means one at all. */
  tag: number;
}

/** Opens the header. https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation */
export function openObfuscation(header: Buffer): Obfuscation {
  const forward = header.subarray(8, 56);
  const backward = Buffer.from(forward).reverse();
  const decipher = createDecipheriv('aes-256-ctr', forward.subarray(0, 32), forward.subarray(32));
  const cipher = createCipheriv('aes-256-ctr', backward.subarray(0, 32), backward.subarray(32));
  return { decipher, cipher, tag: decipher.update(header).readUInt32LE(56) };
}
