import { pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { DH_GENERATOR, DH_PRIME, dhSharedKey, sha256 } from '../crypto/index.ts';
import type { PasswordRecord } from '../state/model.ts';
import type { TlObject } from '../types.ts';
import { rpcError } from './errors.ts';

/** The server's side of Telegram's two-factor check (core.telegram.org/api/srp). Numbers are 256 bytes, big-endian. */

const P = BigInt(`0x${DH_PRIME.toString('hex')}`);
const G = numberBytes(BigInt(DH_GENERATOR));
const K = numberOf(sha256(DH_PRIME, G));

interface Challenge {
  id: bigint;
  /** The server's secret exponent. */
  b: Buffer;
  /** The value sent to the client: k·v + g^b. */
  publicValue: Buffer;
}

/**
 * The open challenges, one per auth key. They are kept in memory only: after a restart the client gets SRP_ID_INVALID,
 * as it may from Telegram at any time, and requests a new challenge.
 */
export class SrpChallenges {
  readonly #byKey = new Map<string, Challenge>();

  issue(authKeyId: string, record: PasswordRecord): Challenge {
    const b = randomBytes(256);
    const publicValue = (K * numberOf(hexBytes(record.verifier)) + numberOf(power(G, b))) % P;
    const challenge = { id: randomBytes(8).readBigInt64LE(0), b, publicValue: numberBytes(publicValue) };
    this.#byKey.set(authKeyId, challenge);
    return challenge;
  }

  /**
   * Checks a proof against the open challenge, which can be used only once.
   * @throws {RpcError} SRP_ID_INVALID, SRP_A_INVALID or PASSWORD_HASH_INVALID.
   */
  check(authKeyId: string, record: PasswordRecord, proof: { srpId: bigint; a: Buffer; m1: Buffer }): void {
    const challenge = this.#byKey.get(authKeyId);
    if (challenge === undefined || challenge.id !== proof.srpId) throw rpcError('SRP_ID_INVALID');
    this.#byKey.delete(authKeyId);
    const a = numberOf(proof.a);
    if (proof.a.length > 256 || a <= 1n || a >= P - 1n) throw rpcError('SRP_A_INVALID');
    const expected = expectedProof(record, challenge, numberBytes(a));
    if (proof.m1.length !== expected.length || !timingSafeEqual(proof.m1, expected))
      throw rpcError('PASSWORD_HASH_INVALID');
  }
}

function expectedProof(record: PasswordRecord, { b, publicValue }: Challenge, a: Buffer): Buffer {
  const u = sha256(a, publicValue);
  const base = (numberOf(a) * numberOf(power(hexBytes(record.verifier), u))) % P;
  const key = sha256(power(numberBytes(base), b));
  const hashes = [hexBytes(record.salt1), hexBytes(record.salt2)].map((salt) => sha256(salt));
  return sha256(xor(sha256(DH_PRIME), sha256(G)), ...hashes, a, publicValue, key);
}

/** Computes the stored form of a new password. */
export function passwordRecord(password: string, hint?: string): PasswordRecord {
  const [salt1, salt2] = [randomBytes(40), randomBytes(16)];
  const verifier = power(G, privateExponent(password, salt1, salt2));
  return {
    salt1: salt1.toString('hex'),
    salt2: salt2.toString('hex'),
    verifier: verifier.toString('hex'),
    ...(hint !== undefined && { hint }),
  };
}

export function isPasswordOf(record: PasswordRecord, password: string): boolean {
  const verifier = power(G, privateExponent(password, hexBytes(record.salt1), hexBytes(record.salt2)));
  return timingSafeEqual(verifier, hexBytes(record.verifier));
}

/** The private exponent x, which the documentation calls PH2. */
function privateExponent(password: string, salt1: Buffer, salt2: Buffer): Buffer {
  const salted = (data: Buffer, salt: Buffer): Buffer => sha256(salt, data, salt);
  const first = salted(salted(Buffer.from(password, 'utf8'), salt1), salt2);
  return salted(pbkdf2Sync(first, salt1, 100_000, 64, 'sha512'), salt2);
}

export function passwordAlgorithm(record: PasswordRecord): TlObject {
  return algorithm(hexBytes(record.salt1), hexBytes(record.salt2));
}

/** The algorithm for setting a new password. Clients extend the first salt. */
export function newPasswordAlgorithm(): TlObject {
  return algorithm(randomBytes(8), randomBytes(16));
}

function algorithm(salt1: Buffer, salt2: Buffer): TlObject {
  return {
    _: 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow',
    salt1,
    salt2,
    g: DH_GENERATOR,
    p: DH_PRIME,
  };
}

/** base^exponent mod p. */
function power(base: Buffer, exponent: Buffer): Buffer {
  return dhSharedKey(exponent, base);
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
}

function hexBytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

function numberOf(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex') || '0'}`);
}

function numberBytes(number: bigint): Buffer {
  return Buffer.from(number.toString(16).padStart(512, '0'), 'hex');
}
