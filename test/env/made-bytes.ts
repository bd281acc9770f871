import { createCipheriv } from 'node:crypto';
import { pngOf } from '../../packages/sandbox/src/control/png.ts';

/** The bytes of a file that the sandbox makes up, of at least as many bytes as its picture. */
export function madeBytes(size: number): Buffer {
  const picture = pngOf(320, 240);
  const noise = createCipheriv('aes-256-ctr', Buffer.alloc(32), Buffer.alloc(16));
  return Buffer.concat([picture, noise.update(Buffer.alloc(size - picture.length))]);
}
