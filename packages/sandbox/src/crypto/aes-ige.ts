import { createCipheriv } from 'node:crypto';
import { unsafe } from '@noble/ciphers/aes.js';

const BLOCK = 16;
const BLOCK_WORDS = 4;

/*
 * Node has no IGE, but IGE encryption can be computed from CBC: with c[i] = E(p[i] ^ c[i-1]) ^ p[i-1], the sequence
 * y[i] = c[i] ^ p[i-1] is the CBC encryption of x[i] = p[i] ^ p[i-2] (at the start: x[1] = p[1], y[0] = c[0]). So a
 * whole message takes one native call between two passes of XOR.
 *
 * Decryption cannot be done this way, because each block's result is part of the next block's input. A native call for
 * each block takes four times as long as AES in JavaScript, by a library that no client uses.
 */

/**
 * Encrypts with AES-256 in IGE mode.
 * @param data a multiple of 16 bytes.
 * @param key 32 bytes.
 * @param iv 32 bytes: the ciphertext block, then the plaintext block, before the first one.
 */
export function igeEncrypt(data: Uint8Array, key: Uint8Array, iv: Uint8Array): Buffer {
  checkLength(data);
  const plain = words(data);
  const before = words(iv.subarray(BLOCK));
  const mixed = plain.slice();
  for (let i = BLOCK_WORDS; i < 2 * BLOCK_WORDS && i < mixed.length; i += 1)
    xorWord(mixed, i, before, i - BLOCK_WORDS);
  for (let i = 2 * BLOCK_WORDS; i < mixed.length; i += 1) xorWord(mixed, i, plain, i - 2 * BLOCK_WORDS);
  const cipher = createCipheriv('aes-256-cbc', key, iv.subarray(0, BLOCK)).setAutoPadding(false);
  const out = words(cipher.update(bytesOf(mixed)));
  for (let i = 0; i < BLOCK_WORDS && i < out.length; i += 1) xorWord(out, i, before, i);
  for (let i = BLOCK_WORDS; i < out.length; i += 1) xorWord(out, i, plain, i - BLOCK_WORDS);
  return bytesOf(out);
}

/** Reverses {@link igeEncrypt}. */
export function igeDecrypt(data: Uint8Array, key: Uint8Array, iv: Uint8Array): Buffer {
  checkLength(data);
  const sealed = words(data);
  const out = new Uint32Array(sealed.length);
  const schedule = unsafe.expandKeyDecLE(key);
  const before = words(iv);
  const word = (from: Uint32Array, at: number): number => from[at] ?? 0;
  // The blocks of the ciphertext and of the plaintext before the current one.
  let [c0, c1, c2, c3] = [word(before, 0), word(before, 1), word(before, 2), word(before, 3)];
  let [p0, p1, p2, p3] = [word(before, 4), word(before, 5), word(before, 6), word(before, 7)];
  for (let at = 0; at < out.length; at += BLOCK_WORDS) {
    const n0 = word(sealed, at);
    const n1 = word(sealed, at + 1);
    const n2 = word(sealed, at + 2);
    const n3 = word(sealed, at + 3);
    const { s0, s1, s2, s3 } = unsafe.decrypt(schedule, n0 ^ p0, n1 ^ p1, n2 ^ p2, n3 ^ p3);
    p0 = s0 ^ c0;
    p1 = s1 ^ c1;
    p2 = s2 ^ c2;
    p3 = s3 ^ c3;
    out.set([p0, p1, p2, p3], at);
    [c0, c1, c2, c3] = [n0, n1, n2, n3];
  }
  return bytesOf(out);
}

function checkLength(data: Uint8Array): void {
  if (data.length % BLOCK !== 0)
    throw new RangeError(`AES-IGE takes whole blocks of ${BLOCK} bytes, not ${data.length} bytes`);
}

/** Copies the bytes, because a `Uint32Array` must be aligned. */
function words(data: Uint8Array): Uint32Array {
  const copy = new Uint32Array(data.length / 4);
  new Uint8Array(copy.buffer).set(data);
  return copy;
}

function bytesOf(data: Uint32Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

function xorWord(target: Uint32Array, at: number, source: Uint32Array, from: number): void {
  target[at] = (target[at] ?? 0) ^ (source[from] ?? 0);
}
