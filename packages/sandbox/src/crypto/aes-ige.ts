import { createCipheriv, createDecipheriv } from 'node:crypto';

const BLOCK = 16;
const BLOCK_WORDS = 4;

/*
 * Node has no IGE, but IGE encryption can be computed from CBC: with c[i] = E(p[i] ^ c[i-1]) ^ p[i-1], the sequence
 * y[i] = c[i] ^ p[i-1] is the CBC encryption of x[i] = p[i] ^ p[i-2] (at the start: x[1] = p[1], y[0] = c[0]). So a
 * whole message takes one native call between two passes of XOR.
 *
 * Decryption cannot be done this way, because each block's result is part of the next block's input.
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
  const cipherText = words(data);
  const out = new Uint32Array(cipherText.length);
  const decipher = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  let lastCipher = words(iv.subarray(0, BLOCK));
  let lastPlain = words(iv.subarray(BLOCK));
  const block = new Uint32Array(BLOCK_WORDS);
  const blockBytes = bytesOf(block);
  for (let start = 0; start < out.length; start += BLOCK_WORDS) {
    const current = cipherText.subarray(start, start + BLOCK_WORDS);
    for (let i = 0; i < BLOCK_WORDS; i += 1) block[i] = (current[i] ?? 0) ^ (lastPlain[i] ?? 0);
    const opened = decipher.update(blockBytes);
    const plain = out.subarray(start, start + BLOCK_WORDS);
    for (let i = 0; i < BLOCK_WORDS; i += 1) plain[i] = opened.readUInt32LE(i * 4) ^ (lastCipher[i] ?? 0);
    lastCipher = current;
    lastPlain = plain;
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
