import { pbkdf2, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import bigInt from 'big-integer';
import { GRAMJS_VERSION } from './version.ts';

/**
 * Native BigInt versions of GramJS's `big-integer` arithmetic. These few functions cost a fifth of sending a message,
 * and most of creating an auth key or checking a two-factor password.
 * They replace the library's functions at run time, only in the version against which each was compared on random
 * numbers (native-math.test.ts).
 *
 * Only modules loaded afterwards use them (prepare-gramjs.ts). Calls within `Helpers` itself still use the library's
 * own.
 */

type Big = bigInt.BigInteger;

/** Random bytes generated at a time, and the most that one request takes from them. */
const POOL = 4_096;
const POOLED = 64;

let pool = Buffer.alloc(0);
let unused = 0;

/** The functions of GramJS's `Helpers` that are replaced, under their names there. */
export const HELPERS = {
  readBigIntFromBuffer(bytes: Uint8Array, little = true, signed = false): Big {
    const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes);
    const { length } = buffer;
    if (length === 8) return bigInt(eightBytes(buffer, little, signed));
    if (length === 0) return bigInt.zero;
    const ordered = little ? Buffer.from(buffer).reverse() : buffer;
    const value = BigInt(`0x${ordered.toString('hex')}`);
    return bigInt(signed ? BigInt.asIntN(length * 8, value) : value);
  },

  toSignedLittleBuffer(big: Big | string | number, number = 8): Buffer {
    return littleEndian(nativeOf(big), number);
  },

  readBufferFromBigInt(big: Big | string | number, size: number, little = true, signed = false): Buffer {
    const value = nativeOf(big);
    // big-integer counts the bits this way: -1 has none.
    const bits = value < 0n ? -value - 1n : value;
    if (bits >> BigInt(size * 8) !== 0n) throw new Error('OverflowError: int too big to convert');
    if (!signed && value < 0n) throw new Error('Cannot convert to unsigned');
    const buffer = littleEndian(value, size);
    return little ? buffer : buffer.reverse();
  },

  /** Takes bytes from a pool, since each call of the system's generator costs as much as encrypting a message. */
  generateRandomBytes(count: number): Buffer {
    if (count > POOLED) return randomBytes(count);
    if (unused < count) {
      pool = randomBytes(POOL);
      unused = POOL;
    }
    unused -= count;
    return Buffer.from(pool.subarray(unused, unused + count));
  },

  /** The checksum of a frame. For a part of a file, GramJS's own takes ms of the event loop. */
  crc32(bytes: Uint8Array): number {
    return crc32(bytes);
  },

  modExp(base: Big, exponent: Big, modulus: Big): Big {
    return bigInt(power(nativeOf(base), nativeOf(exponent), nativeOf(modulus)));
  },
};

/** The methods of `big-integer` that are replaced. GramJS makes the id of each message that it writes with `or`. */
export const METHODS = {
  or(this: Big, other: Big | string | number): Big {
    return bigInt(nativeOf(this) | nativeOf(other));
  },
};

/** Replaces GramJS's `Factorizator.factorize`: the two factors, the smaller one first. */
export function factorize(product: Big): { p: Big; q: Big } {
  const n = nativeOf(product);
  const divisor = divisorOf(n);
  const other = n / divisor;
  return divisor < other
    ? { p: bigInt(divisor), q: bigInt(other) }
    : { p: bigInt(other), q: bigInt(divisor) };
}

/**
 * Node's PBKDF2 on another thread. GramJS awaits its `pbkdf2Sync`, which blocked all accounts for 50 ms per password.
 */
export const deriveKey = promisify(pbkdf2);

let isDone = false;

/**
 * Replaces the library's functions for the whole process. Does nothing to another version of GramJS, or to one whose
 * files or functions have moved.
 * @param load loads a file of the library.
 * @returns whether they are replaced.
 */
export function useNativeMath(load: (file: string) => unknown = createRequire(import.meta.url)): boolean {
  if (isDone) return true;
  const library = findLibrary(load);
  if (library === null) return false;
  Object.assign(library.helpers, HELPERS);
  Object.assign(library.factorizator, { factorize });
  Object.assign(Object.getPrototypeOf(bigInt.one) as Big, METHODS);
  library.crypto.default = Object.create(library.crypto.default, {
    pbkdf2Sync: { value: deriveKey },
  }) as object;
  isDone = true;
  return true;
}

interface Library {
  helpers: object;
  factorizator: object;
  crypto: { default: object };
}

/** The library's modules whose functions are replaced; `null` if one of the functions is not where it was. */
function findLibrary(load: (file: string) => unknown): Library | null {
  try {
    const { version } = load('telegram/package.json') as { version: string };
    const helpers = load('telegram/Helpers.js') as object;
    const { Factorizator: factorizator } = load('telegram/crypto/Factorizator.js') as {
      Factorizator: object;
    };
    const crypto = load('telegram/CryptoFile.js') as { default: object };
    const isWhole =
      version === GRAMJS_VERSION &&
      Object.keys(HELPERS).every((name) => name in helpers) &&
      'factorize' in factorizator &&
      'pbkdf2Sync' in crypto.default;
    return isWhole ? { helpers, factorizator, crypto } : null;
  } catch {
    return null;
  }
}

function littleEndian(value: bigint, size: number): Buffer {
  const buffer = Buffer.allocUnsafe(size);
  let at = 0;
  for (let rest = value; at + 8 <= size; at += 8, rest >>= 64n)
    buffer.writeBigUInt64LE(BigInt.asUintN(64, rest), at);
  for (; at < size; at += 1) buffer[at] = Number((value >> BigInt(at * 8)) & 0xffn);
  return buffer;
}

function eightBytes(buffer: Buffer, little: boolean, signed: boolean): bigint {
  if (little) return signed ? buffer.readBigInt64LE() : buffer.readBigUInt64LE();
  return signed ? buffer.readBigInt64BE() : buffer.readBigUInt64BE();
}

/** `big-integer` stores a native BigInt where the runtime has them, in a field that its types omit. */
function nativeOf(big: Big | string | number): bigint {
  if (typeof big === 'object' && 'value' in big && typeof big.value === 'bigint') return big.value;
  return BigInt(big.toString());
}

/** Square and multiply, from the exponent's highest bit down. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  if (exponent === 0n) return 1n;
  const start = base % modulus;
  let result = start;
  for (const bit of exponent.toString(2).slice(1)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * start) % modulus;
  }
  return result;
}

/** Brent's variant of Pollard's rho, as in the library: finds a divisor other than 1 and the number itself. */
function divisorOf(n: bigint): bigint {
  if (n % 2n === 0n) return 2n;
  for (let c = 1n; ; c += 1n) {
    const found = tryDivisor(n, c);
    if (found !== n) return found;
  }
}

/** Values multiplied together before each search for a common divisor with the number. */
const BATCH = 128;

function tryDivisor(n: bigint, c: bigint): bigint {
  const next = (value: bigint) => (value * value + c) % n;
  let y = 2n;
  let x = y;
  let before = y;
  let divisor = 1n;
  for (let length = 1; divisor === 1n; length *= 2) {
    x = y;
    for (let step = 0; step < length; step += 1) y = next(y);
    for (let done = 0; done < length && divisor === 1n; done += BATCH) {
      before = y;
      let product = 1n;
      for (let step = 0; step < Math.min(BATCH, length - done); step += 1) {
        y = next(y);
        product = (product * (x > y ? x - y : y - x)) % n;
      }
      divisor = commonDivisor(product, n);
    }
  }
  if (divisor !== n) return divisor;
  // The batch contained several divisors: check its values one by one.
  do {
    before = next(before);
    divisor = commonDivisor(x > before ? x - before : before - x, n);
  } while (divisor === 1n);
  return divisor;
}

function commonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
