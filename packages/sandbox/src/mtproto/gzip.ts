import { gzipSync, unzipSync } from 'node:zlib';
import { TlDecodeError } from '../tl/errors.ts';
import { TlReader } from '../tl/tl-reader.ts';
import { TlWriter } from '../tl/tl-writer.ts';

export const GZIP_PACKED_ID = 0x3072cfa1;

/** What a packed message may grow to. No request comes near it. */
const MAX_UNPACKED = 4 * 2 ** 20;

/** Below this, packing costs more time than the bytes are worth. */
const WORTH_PACKING = 4096;

/**
 * Opens a whole `gzip_packed`, its id included. What is in it may as well have zlib's header: mtcute sends it so, and Telegram takes it.
 * @throws {TlDecodeError} where it is none, or grows too large.
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

/** The object itself, or a `gzip_packed` of it where that is clearly shorter. */
export function gzipWhereWorth(body: Buffer): Buffer {
  if (body.length < WORTH_PACKING) return body;
  const packed = gzipSync(body, { level: 1 });
  if (packed.length > body.length * 0.9) return body;
  const writer = new TlWriter(packed.length + 16);
  writer.uint32(GZIP_PACKED_ID);
  writer.bytes(packed);
  return writer.finish();
}
