import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import { TlWriter } from '../tl/tl-writer.ts';
import { igeDecrypt } from './aes-ige.ts';
import { sha1, sha256 } from './hashes.ts';

/** The RSA key (2048 bits) by which a server proves its identity in the key exchange. */
export interface RsaKeyPair {
  privateKey: KeyObject;
  /** PKCS#1 ("BEGIN RSA PUBLIC KEY"), the form that clients accept. */
  publicKeyPem: string;
  fingerprint: bigint;
}

const MODULUS_BYTES = 256;
const PADDED_DATA = 192;

/**
 * Generates a key, which takes some tenths of a second. Its fingerprint has no leading zero in hex: mtcute compares
 * fingerprints as hex, on one side without leading zeros, and so would not find one key in sixteen.
 */
export function generateRsaKeyPair(): RsaKeyPair {
  for (;;) {
    const keyPair = fromPrivateKey(
      generateKeyPairSync('rsa', { modulusLength: MODULUS_BYTES * 8 }).privateKey,
    );
    if (BigInt.asUintN(64, keyPair.fingerprint) >> 60n !== 0n) return keyPair;
  }
}

/**
 * Reads a private key, PKCS#1 or PKCS#8.
 * @throws {Error} if it is not an RSA key of 2048 bits.
 */
export function loadRsaKeyPair(privateKeyPem: string): RsaKeyPair {
  return fromPrivateKey(createPrivateKey(privateKeyPem));
}

/** The private key as PEM (PKCS#8), for {@link loadRsaKeyPair}. */
export function exportRsaKeyPair({ privateKey }: RsaKeyPair): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function fromPrivateKey(privateKey: KeyObject): RsaKeyPair {
  if (
    privateKey.asymmetricKeyType !== 'rsa' ||
    privateKey.asymmetricKeyDetails?.modulusLength !== MODULUS_BYTES * 8
  ) {
    throw new Error('the server key must be an RSA key of 2048 bits');
  }
  const publicKeyPem = createPublicKey(privateKey).export({ type: 'pkcs1', format: 'pem' }).toString();
  return { privateKey, publicKeyPem, fingerprint: rsaFingerprint(publicKeyPem) };
}

/**
 * Telegram's fingerprint of a public key (PEM, PKCS#1 or SPKI): the last 64 bits, as a signed number, of the SHA-1 of
 * `n:bytes e:bytes`.
 */
export function rsaFingerprint(publicKeyPem: string): bigint {
  const { n, e } = createPublicKey(publicKeyPem).export({ format: 'jwk' });
  if (n === undefined || e === undefined) throw new Error('not an RSA public key');
  const writer = new TlWriter();
  writer.bytes(Buffer.from(n, 'base64url'));
  writer.bytes(Buffer.from(e, 'base64url'));
  return sha1(writer.finish()).readBigInt64LE(12);
}

/**
 * Decrypts RSA_PAD (core.telegram.org/mtproto/auth_key#presenting-proof-of-work-server-authentication).
 * @returns the 192 bytes of data and padding; undefined if their hash does not match.
 */
export function rsaUnpad(encrypted: Uint8Array, { privateKey }: RsaKeyPair): Buffer | undefined {
  const opened = decryptRaw(encrypted, privateKey);
  if (opened === undefined) return undefined;
  const aesEncrypted = opened.subarray(32);
  const mask = sha256(aesEncrypted);
  const tempKey = Buffer.from(opened.subarray(0, 32).map((byte, index) => byte ^ (mask[index] ?? 0)));
  const dataWithHash = igeDecrypt(aesEncrypted, tempKey, Buffer.alloc(32));
  const data = dataWithHash.subarray(0, PADDED_DATA).reverse();
  return timingSafeEqual(dataWithHash.subarray(PADDED_DATA), sha256(tempKey, data)) ? data : undefined;
}

/**
 * Decrypts the older padding, which many clients still use: a zero byte, the SHA-1 of the data, the data, and random
 * bytes. The caller must check the hash, because only the data tells its length.
 *
 * @returns undefined if it is not of this form.
 */
export function rsaUnpadClassic(
  encrypted: Uint8Array,
  { privateKey }: RsaKeyPair,
): { hash: Buffer; dataAndPadding: Buffer } | undefined {
  const opened = decryptRaw(encrypted, privateKey);
  if (opened?.[0] !== 0) return undefined;
  return { hash: opened.subarray(1, 21), dataAndPadding: opened.subarray(21) };
}

function decryptRaw(encrypted: Uint8Array, key: KeyObject): Buffer | undefined {
  if (encrypted.length !== MODULUS_BYTES) return undefined;
  try {
    return privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, encrypted);
  } catch {
    // OpenSSL refuses a number that is not below the modulus.
    return undefined;
  }
}
