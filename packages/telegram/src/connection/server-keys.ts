import { createHash, createPublicKey } from 'node:crypto';
import bigInt from 'big-integer';
import { _serverKeys } from 'telegram/crypto/RSA.js';

/**
 * Trusts these RSA public keys (PEM, SPKI or PKCS#1) in key exchanges, in addition to Telegram's own.
 * This applies to the whole process, since GramJS has one list. Throws an Error that says which key cannot be read.
 */
export function trustServerKeys(pems: readonly string[]): void {
  for (const [index, pem] of pems.entries()) {
    const { n, e } = readRsaKey(pem, index);
    _serverKeys.set(fingerprint(n, e), { n: bigInt(n.toString('hex'), 16), e: e.readUIntBE(0, e.length) });
  }
}

function readRsaKey(pem: string, index: number): { n: Buffer; e: Buffer } {
  try {
    const { n, e } = createPublicKey(pem).export({ format: 'jwk' });
    if (n !== undefined && e !== undefined)
      return { n: Buffer.from(n, 'base64url'), e: Buffer.from(e, 'base64url') };
  } catch (error) {
    throw new Error(`Server key ${index + 1} is not a public key in PEM`, { cause: error });
  }
  throw new Error(`Server key ${index + 1} is not an RSA key`);
}

/**
 * The lower 64 bits of SHA-1 over `rsa_public_key n:string e:string` without its constructor, as a signed decimal.
 * GramJS indexes its list by this.
 */
export function fingerprint(n: Buffer, e: Buffer): string {
  const digest = createHash('sha1').update(tlBytes(n)).update(tlBytes(e)).digest();
  return digest.readBigInt64LE(12).toString();
}

/** TL's `string`: length, bytes, zeros up to a multiple of four. */
function tlBytes(bytes: Buffer): Buffer {
  const head =
    bytes.length < 254
      ? Buffer.from([bytes.length])
      : Buffer.from([254, bytes.length & 255, (bytes.length >> 8) & 255, bytes.length >> 16]);
  const length = head.length + bytes.length;
  return Buffer.concat([head, bytes, Buffer.alloc((4 - (length % 4)) % 4)]);
}
