import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NativeIge, useNativeIge } from './native-ige.ts';

const require = createRequire(import.meta.url);
const library = require('telegram/crypto/IGE.js') as { IGE: typeof NativeIge };
/** The library's own, kept before another takes its place. */
const Original = library.IGE;

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((each) => Buffer.from(each));

test.each<[string, string, unknown]>([
  ['of another version', 'telegram/package.json', { version: '2.27.0' }],
  ['without the cipher', 'telegram/crypto/IGE.js', {}],
  ['without the file', 'telegram/crypto/IGE.js', undefined],
])('a library %s keeps its own cipher', (_which, file, instead) => {
  const load = (name: string) => {
    if (name === file && instead === undefined) throw new Error(`Cannot find module '${name}'`);
    return name === file ? instead : (require(name) as unknown);
  };
  expect(useNativeIge(load)).toBe('other_version');
  expect(library.IGE).toBe(Original);
});

test('where WebAssembly cannot be loaded, the library keeps its own cipher, and the cause is another one', () => {
  const fails = () => {
    throw new Error('no such file');
  };
  expect(useNativeIge(require, fails)).toBe('no_webassembly');
  expect(library.IGE).toBe(Original);
});

test('encrypts and decrypts as GramJS does, messages of all lengths', () => {
  expect(useNativeIge()).toBeNull();
  expect(library.IGE).toBe(NativeIge);
  const same = (a: Buffer, b: Buffer) => expect(a.equals(b)).toBe(true);
  fc.assert(
    fc.property(bytes(32), bytes(32), fc.integer({ min: 1, max: 50 }), (key, iv, blocks) => {
      const plain = randomBytes(blocks * 16);
      const before = Buffer.from(plain);
      const sealed = new NativeIge(key, iv).encryptIge(plain);
      same(sealed, new Original(key, iv).encryptIge(plain));
      same(new NativeIge(key, iv).decryptIge(sealed), before);
      same(new NativeIge(key, iv).decryptIge(plain), new Original(key, iv).decryptIge(plain));
      same(plain, before);
    }),
    { numRuns: 200 },
  );
  // A part of a file, with its head.
  const [key, iv, part] = [randomBytes(32), randomBytes(32), randomBytes(512 * 1_024 + 64)];
  const sealed = new Original(key, iv).encryptIge(part);
  same(new NativeIge(key, iv).encryptIge(part), sealed);
  same(new NativeIge(key, iv).decryptIge(sealed), part);
});

test('fills the last block, and refuses what is not whole blocks', () => {
  const cipher = new NativeIge(randomBytes(32), randomBytes(32));
  const sealed = cipher.encryptIge(Buffer.from('seventeen letters'));
  expect(sealed).toHaveLength(32);
  expect(cipher.decryptIge(sealed).subarray(0, 17).toString()).toBe('seventeen letters');
  expect(() => cipher.decryptIge(sealed.subarray(1))).toThrow(RangeError);
});
