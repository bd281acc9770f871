import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ige256Decrypt, ige256Encrypt, initSync, SIMD_AVAILABLE } from '@mtcute/wasm';
import { GRAMJS_VERSION } from './version.ts';

/** Bytes of AES's blocks. */
const BLOCK = 16;

/**
 * GramJS's cipher for messages, AES-256 in IGE mode, in WebAssembly: Node has no IGE. GramJS's own, in JavaScript,
 * takes half of the CPU of a file's upload or download. Each was compared on random messages (native-ige.test.ts).
 */
export class NativeIge {
  readonly #key: Uint8Array;
  readonly #iv: Uint8Array;

  /** @param key 32 bytes. @param iv 32 bytes. */
  constructor(key: Uint8Array, iv: Uint8Array) {
    this.#key = key;
    this.#iv = iv;
  }

  /** @throws {RangeError} if the length is not a multiple of 16. */
  decryptIge(cipherText: Uint8Array): Buffer {
    if (cipherText.length % BLOCK !== 0)
      throw new RangeError('An encrypted message consists of whole blocks');
    return bufferOf(ige256Decrypt(cipherText, this.#key, this.#iv));
  }

  /** Fills the last block with random bytes. */
  encryptIge(plainText: Uint8Array): Buffer {
    const rest = plainText.length % BLOCK;
    const whole = rest === 0 ? plainText : Buffer.concat([plainText, randomBytes(BLOCK - rest)]);
    return bufferOf(ige256Encrypt(whole, this.#key, this.#iv));
  }
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** `other_version`: GramJS's files are not those that were tested. `no_webassembly`: the cipher cannot be loaded. */
export type SlowCause = 'other_version' | 'no_webassembly';

/**
 * Replaces GramJS's cipher for the whole process. Does nothing to another version of GramJS, to one whose cipher has
 * moved, or where there is no WebAssembly.
 * @param load loads a file of the library.
 * @returns why it is not replaced; `null`: it is.
 */
export function useNativeIge(
  load: (file: string) => unknown = createRequire(import.meta.url),
  loadCipher: () => void = loadWebAssembly,
): SlowCause | null {
  const library = findLibrary(load);
  if (library === null) return 'other_version';
  if (library.IGE === NativeIge) return null;
  try {
    loadCipher();
  } catch {
    return 'no_webassembly';
  }
  library.IGE = NativeIge;
  return null;
}

/** The library's module of the cipher; `null` if it is not the tested one. */
function findLibrary(load: (file: string) => unknown): { IGE: typeof NativeIge } | null {
  try {
    const { version } = load('telegram/package.json') as { version: string };
    const library = load('telegram/crypto/IGE.js') as { IGE: typeof NativeIge };
    return version === GRAMJS_VERSION && 'encryptIge' in library.IGE.prototype ? library : null;
  } catch {
    return null;
  }
}

function loadWebAssembly(): void {
  const { resolve } = createRequire(import.meta.url);
  initSync(readFileSync(resolve(`@mtcute/wasm/${SIMD_AVAILABLE ? 'mtcute-simd' : 'mtcute'}.wasm`)));
}
