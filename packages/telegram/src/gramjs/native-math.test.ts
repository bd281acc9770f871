import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import bigInt from 'big-integer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deriveKey, factorize, HELPERS, METHODS, useNativeMath } from './native-math.ts';

const require = createRequire(import.meta.url);
const { Factorizator } = require('telegram/crypto/Factorizator.js') as {
  Factorizator: { factorize: typeof factorize };
};
const crypto = require('telegram/CryptoFile.js') as { default: Record<string, unknown> };
/** The library's own, kept before anything takes their place. */
const original = { ...(require('telegram/Helpers.js') as typeof HELPERS) };
const originalFactorize = Factorizator.factorize;
const originalCrypto = crypto.default;
const numberPrototype = Object.getPrototypeOf(bigInt.one) as bigInt.BigInteger;
const { or: originalOr } = numberPrototype;

const buffers = (min: number, max: number) =>
  fc.uint8Array({ minLength: min, maxLength: max }).map((bytes) => Buffer.from(bytes));
const text = (value: bigInt.BigInteger) => value.toString();

describe('The same as GramJS computes, on random numbers', () => {
  test('numbers out of buffers', () => {
    fc.assert(
      fc.property(buffers(1, 40), fc.boolean(), fc.boolean(), (buffer, little, signed) => {
        const before = Buffer.from(buffer);
        expect(text(HELPERS.readBigIntFromBuffer(buffer, little, signed))).toBe(
          text(original.readBigIntFromBuffer(buffer, little, signed)),
        );
        expect(buffer).toEqual(before);
        expect(text(HELPERS.readBigIntFromBuffer(new Uint8Array(buffer), little, signed))).toBe(
          text(original.readBigIntFromBuffer(new Uint8Array(buffer) as Buffer, little, signed)),
        );
      }),
      { numRuns: 3_000 },
    );
    for (const hex of ['00', '7f', '80', 'ff', '8000000000000000', 'ffffffffffffffff', '7fffffffffffffff'])
      for (const little of [true, false])
        for (const signed of [true, false]) {
          const buffer = Buffer.from(hex, 'hex');
          expect(text(HELPERS.readBigIntFromBuffer(buffer, little, signed))).toBe(
            text(original.readBigIntFromBuffer(buffer, little, signed)),
          );
        }
    expect(text(HELPERS.readBigIntFromBuffer(Buffer.alloc(0)))).toBe('0');
  });

  test('buffers out of numbers, in every form that they come in', () => {
    const numbers = fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 40 }), (number, size) => {
        const big = bigInt(number);
        expect(HELPERS.toSignedLittleBuffer(big, size)).toEqual(original.toSignedLittleBuffer(big, size));
      }),
      { numRuns: 3_000 },
    );
    for (const given of [0, -1, 255, 2 ** 40, '12345678901234567890', '-5', bigInt.minusOne])
      expect(HELPERS.toSignedLittleBuffer(given as number)).toEqual(
        original.toSignedLittleBuffer(given as number),
      );
  });

  test('buffers out of numbers that must fit, and refusals where they do not', () => {
    const numbers = fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n });
    const outcome = (write: () => Buffer) => {
      try {
        return write().toString('hex');
      } catch (error) {
        return String(error);
      }
    };
    fc.assert(
      fc.property(
        numbers,
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        fc.boolean(),
        (number, size, little, signed) => {
          const same = [bigInt(number), size, little, signed] as const;
          expect(outcome(() => HELPERS.readBufferFromBigInt(...same))).toBe(
            outcome(() => original.readBufferFromBigInt(...same)),
          );
        },
      ),
      { numRuns: 3_000 },
    );
    for (const edge of [0n, -1n, 127n, 128n, 255n, 256n, -128n, -129n, -256n, -257n])
      for (const size of [1, 2, 8, 256]) {
        for (const signed of [true, false])
          expect(outcome(() => HELPERS.readBufferFromBigInt(bigInt(edge), size, false, signed))).toBe(
            outcome(() => original.readBufferFromBigInt(bigInt(edge), size, false, signed)),
          );
      }
  });

  test('the bits of two numbers', () => {
    const numbers = fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n });
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        expect(text(METHODS.or.call(bigInt(one), bigInt(other)))).toBe(
          text(originalOr.call(bigInt(one), bigInt(other))),
        );
      }),
    );
  });

  test('checksums', () => {
    fc.assert(
      fc.property(buffers(0, 100), (buffer) => {
        expect(HELPERS.crc32(buffer)).toBe(original.crc32(buffer));
      }),
    );
    const part = randomBytes(512 * 1_024);
    expect(HELPERS.crc32(part)).toBe(original.crc32(part));
  });

  test("a password's key, on a thread of its own", async () => {
    const [password, salt] = [randomBytes(20), randomBytes(32)];
    const key = await deriveKey(password, salt, 1_000, 64, 'sha512');
    expect(key).toEqual(pbkdf2Sync(password, salt, 1_000, 64, 'sha512'));
  });

  test('powers, of the sizes that key exchange, RSA and passwords have', () => {
    const number = (bytes: number) => bigInt(randomBytes(bytes).toString('hex'), 16);
    for (const [base, exponent, modulus] of [
      [8, 8, 8],
      [300, 3, 256],
      [256, 256, 256],
      [1, 256, 256],
    ] as const)
      for (let round = 0; round < 3; round += 1) {
        const [a, b, n] = [number(base), number(exponent), number(modulus).or(1)];
        expect(text(HELPERS.modExp(a, b, n))).toBe(text(original.modExp(a, b, n)));
      }
    expect(text(HELPERS.modExp(bigInt(5), bigInt(0), bigInt(7)))).toBe('1');
  });

  test('factors, as servers ask for them', () => {
    const products = [
      ['1724114033281923457', '1229739323', '1402015859'],
      [String(1_000_003n * 1_000_033n), '1000003', '1000033'],
      [String(2n * 1_000_003n), '2', '1000003'],
      [String(2_147_483_647n * 2_147_483_629n), '2147483629', '2147483647'],
    ] as const;
    for (const [product, p, q] of products) {
      const found = factorize(bigInt(product));
      expect([text(found.p), text(found.q)]).toEqual([p, q]);
    }
    const { p, q } = originalFactorize(bigInt('1724114033281923457'));
    expect([text(p), text(q)].toSorted()).toEqual(['1229739323', '1402015859']);
  });
});

test.each<[string, string, unknown]>([
  ['of another version', 'telegram/package.json', { version: '2.27.0' }],
  ['without one of the functions', 'telegram/Helpers.js', {}],
  ['without one of the files', 'telegram/crypto/Factorizator.js', undefined],
])('a library %s keeps its own functions', (_which, file, instead) => {
  const helpers = { ...original };
  const load = (name: string) => {
    if (name === file && instead === undefined) throw new Error(`Cannot find module '${name}'`);
    if (name === file) return instead;
    return name === 'telegram/Helpers.js' ? helpers : (require(name) as unknown);
  };
  expect(useNativeMath(load)).toBe(false);
  expect(helpers).toEqual(original);
});

test('they are in the place of the library’s own, in the version that they were held against', async () => {
  expect((require('telegram/package.json') as { version: string }).version).toBe('2.26.22');
  expect(useNativeMath()).toBe(true);
  expect(require('telegram/Helpers.js')).toMatchObject(HELPERS);
  expect(Factorizator.factorize).toBe(factorize);
  expect(numberPrototype.or).toBe(METHODS.or);
  expect(crypto.default['pbkdf2Sync']).toBe(deriveKey);
  // What else the library takes from there is node's, as before.
  for (const name of ['randomBytes', 'createHash', 'createCipheriv'])
    expect(crypto.default[name]).toBe(originalCrypto[name]);
  // A second time nothing changes.
  const { default: installed } = crypto;
  expect(useNativeMath()).toBe(true);
  expect(crypto.default).toBe(installed);
});

test('random bytes are as many as asked for, and never given out twice', () => {
  const seen = new Set<string>();
  for (const count of [0, 1, 8, 12, 64, 65, 256, 5_000])
    expect(HELPERS.generateRandomBytes(count)).toHaveLength(count);
  for (let draw = 0; draw < 2_000; draw += 1) seen.add(HELPERS.generateRandomBytes(16).toString('hex'));
  expect(seen.size).toBe(2_000);
  const first = HELPERS.generateRandomBytes(8);
  const before = first.toString('hex');
  HELPERS.generateRandomBytes(8).fill(0);
  expect(first.toString('hex')).toBe(before);
});
