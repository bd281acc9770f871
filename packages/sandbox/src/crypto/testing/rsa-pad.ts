import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { igeEncrypt } from '../aes-ige.ts';
import { sha1, sha256 } from '../hashes.ts';

/**
 * The client's RSA_PAD: seals up to 144 bytes for a server key. `spoil` may change the 224 bytes of data and hash
 * before they are encrypted.
 */
export function rsaPad(
  data: Uint8Array,
  publicKeyPem: string,
  spoil: (dataWithHash: Buffer) => void = () => undefined,
): Buffer {
  const padded = Buffer.concat([data, randomBytes(192 - data.length)]);
  for (;;) {
    const tempKey = randomBytes(32);
    const dataWithHash = Buffer.concat([Buffer.from(padded).reverse(), sha256(tempKey, padded)]);
    spoil(dataWithHash);
    const encrypted = igeEncrypt(dataWithHash, tempKey, Buffer.alloc(32));
    const mask = sha256(encrypted);
    const masked = Buffer.from(tempKey.map((byte, index) => byte ^ (mask[index] ?? 0)));
    const sealed = Buffer.concat([masked, encrypted]);
    // A number that is not below the modulus needs another key.
    if ((sealed[0] ?? 0) < 0x80)
      return publicEncrypt({ key: publicKeyPem, padding: constants.RSA_NO_PADDING }, sealed);
  }
}

/** The client's older padding. `spoil` may change the 255 bytes before they are encrypted. */
export function rsaPadClassic(
  data: Uint8Array,
  publicKeyPem: string,
  spoil: (hashWithData: Buffer) => void = () => undefined,
): Buffer {
  const padded = Buffer.concat([sha1(data), data, randomBytes(235 - data.length)]);
  spoil(padded);
  const sealed = Buffer.concat([Buffer.alloc(1), padded]);
  return publicEncrypt({ key: publicKeyPem, padding: constants.RSA_NO_PADDING }, sealed);
}
