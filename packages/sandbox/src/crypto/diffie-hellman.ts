import { createDiffieHellman, randomBytes, type DiffieHellman } from 'node:crypto';

/** Telegram's own safe prime (2048 bits, big-endian). Clients know it and need not check it. */
export const DH_PRIME: Buffer = Buffer.from(
  'c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f48198a0aa7c14058229493d22530f4db' +
    'fa336f6e0ac925139543aed44cce7c3720fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f64' +
    '2477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4a4a695811051907e162753b56b0f6b41' +
    '0dba74d8a84b2a14b3144e0ef1284754fd17ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4' +
    'e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f0d8115f635b105ee2e4e15d04b2454bf' +
    '6f4fadf034b10403119cd8e3b92fcc5b',
  'hex',
);

export const DH_GENERATOR = 3;

const LENGTH = DH_PRIME.length;

/** 2^(2048-64): a public value must keep this far from 0 and from the prime. */
const MARGIN: Buffer = Buffer.concat([Buffer.alloc(7), Buffer.from([1]), Buffer.alloc(LENGTH - 8)]);
const UPPER: Buffer = difference(DH_PRIME, MARGIN);

/** One group for all exchanges: OpenSSL checks the prime for each new group, which takes a quarter of a second. */
let shared: DiffieHellman | undefined;

/** Creates the group if there is none yet. A server calls this early, so that its first client need not wait. */
export function prepareDh(): DiffieHellman {
  shared ??= createDiffieHellman(DH_PRIME, DH_GENERATOR);
  return shared;
}

function group(secret: Uint8Array): DiffieHellman {
  const dh = prepareDh();
  dh.setPrivateKey(secret);
  return dh;
}

/** A new secret exponent and its public value g^secret mod p. Both 256 bytes. */
export function makeDhPair(): { secret: Buffer; publicValue: Buffer } {
  for (;;) {
    const secret = randomBytes(LENGTH);
    const publicValue = padded(group(secret).generateKeys());
    if (isSafePublicValue(publicValue)) return { secret, publicValue };
  }
}

/** other^secret mod p, 256 bytes. `other` must be a safe public value. */
export function dhSharedKey(secret: Uint8Array, other: Uint8Array): Buffer {
  return padded(group(secret).computeSecret(other));
}

/** Whether 2^(2048-64) < value < p - 2^(2048-64), as both sides of an exchange must check. */
export function isSafePublicValue(value: Uint8Array): boolean {
  if (value.length > LENGTH) return false;
  const bytes = padded(value);
  return Buffer.compare(bytes, MARGIN) > 0 && Buffer.compare(bytes, UPPER) < 0;
}

function padded(value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.alloc(LENGTH - value.length), value]);
}

function difference(a: Buffer, b: Buffer): Buffer {
  const hex = (BigInt(`0x${a.toString('hex')}`) - BigInt(`0x${b.toString('hex')}`)).toString(16);
  return Buffer.from(hex.padStart(a.length * 2, '0'), 'hex');
}
