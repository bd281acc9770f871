import { gzipSync, unzipSync } from 'node:zlib';
import { TlDecodeError } from '../tl/errors.ts';
import { TlReader } from '../tl/tl-reader.ts';
import { TlWriter } from '../tl/tl-writer.ts';

export const GZIP_PACKED_ID = 0x3072cfa1;

/** Limit for an unpacked message, in bytes. No request comes near it. */
const MAX_UNPACKED = 4 * 2 ** 20;

/** Compressing a shorter body (in bytes) costs more time than it saves. */
const WORTH_PACKING = 4096;

/**
 * Unpacks a whole `gzip_packed`, its constructor id included. The content may also have a zlib header: mtcute sends it
 * that way, and Telegram accepts it.
 * @throws {TlDecodeError} if it is not a gzip_packed, or its content is too large.
 */
export function gunzipPacked(body: Buffer): Buffer {
  const reader = new TlReader(body, 4);
  const packed = reader.bytes();
  try {
    return unzipSync(packed, { maxOutputLength: MAX_UNPACKED });
  } catch {
    throw new TlDecodeError('malformed', 'a gzip_packed that cannot be unpacked');
  }
}

/** Returns the body as it is, or as `gzip_packed` if that is at least 10 % shorter. */
export function gzipWhereWorth(body: Buffer): Buffer {
  if (body.length < WORTH_PACKING) return body;
  const packed = gzipSync(body, { level: 1 });
  if (packed.length > body.length * 0.9) return body;
  const writer = new TlWriter(packed.length + 16);
  writer.uint32(GZIP_PACKED_ID);
  writer.bytes(packed);
  return writer.finish();
}
