import { hash } from 'node:crypto';

/** SHA-1 of the concatenated parts, 20 bytes. */
export function sha1(...parts: Uint8Array[]): Buffer {
  return hash('sha1', joined(parts), 'buffer');
}

/** SHA-256 of the concatenated parts, 32 bytes. */
export function sha256(...parts: Uint8Array[]): Buffer {
  return hash('sha256', joined(parts), 'buffer');
}

function joined(parts: Uint8Array[]): Uint8Array {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts);
}
