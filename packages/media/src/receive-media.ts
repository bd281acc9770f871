import { createHash } from 'node:crypto';
import { GatewayError } from '@gateway/contracts';
import { fileTypeFromBuffer } from 'file-type';
import { MediaStoreError, type MediaName, type MediaStore } from './media-store.ts';

/** What became known of a file while it was stored. */
export interface ReceivedMedia {
  size: number;
  /** Of the bytes, base64url. */
  sha256: string;
  mimeType: string;
}

export interface ReceiveOptions {
  /** Limits in bytes, each with the error for a file that is larger. */
  limits: readonly { bytes: number; error: () => GatewayError }[];
  /** The type that the sender names, if any. Used where the bytes do not show their type. */
  declaredType?: string | undefined;
}

/** Bytes from which `file-type` recognizes a file. */
const HEAD_BYTES = 4_100;

const UNKNOWN_TYPE = 'application/octet-stream';

/** Types that say nothing about the file: clients send them by themselves. */
const VAGUE = new Set([UNKNOWN_TYPE, 'application/x-www-form-urlencoded', 'binary/octet-stream', '']);

/**
 * Stores a file while it arrives, at any size in little memory.
 * @throws {GatewayError} that of a limit, `STORAGE_FULL` or `STORAGE_UNAVAILABLE`; or the source's error. Nothing is
 * stored then.
 */
export async function receiveMedia(
  store: MediaStore,
  name: MediaName,
  source: AsyncIterable<Uint8Array>,
  { limits, declaredType = '' }: ReceiveOptions,
): Promise<ReceivedMedia> {
  const hash = createHash('sha256');
  let size = 0;
  let head = Buffer.alloc(0);
  async function* measured() {
    for await (const chunk of source) {
      size += chunk.byteLength;
      for (const { bytes, error } of limits) if (size > bytes) throw error();
      if (head.byteLength < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
      hash.update(chunk);
      yield chunk;
    }
  }
  try {
    await store.put(name, measured());
  } catch (error) {
    throw error instanceof MediaStoreError ? toGatewayError(error) : error;
  }
  const found = await fileTypeFromBuffer(head);
  return { size, sha256: hash.digest('base64url'), mimeType: found?.mime ?? typeIn(declaredType) };
}

export function toGatewayError(error: MediaStoreError): GatewayError {
  if (error.failure === 'full')
    return new GatewayError('STORAGE_FULL', 'The media store accepts no writes: it is full or read-only.', {
      cause: error,
    });
  return new GatewayError('STORAGE_UNAVAILABLE', 'The media store did not answer.', { cause: error });
}

const MIME_TYPE = /^[a-z0-9!#$&^_.+-]{1,64}\/[a-z0-9!#$&^_.+-]{1,64}$/;

function typeIn(declared: string): string {
  const type = declared.split(';')[0]?.trim().toLowerCase() ?? '';
  return VAGUE.has(type) || type.startsWith('multipart/') || !MIME_TYPE.test(type) ? UNKNOWN_TYPE : type;
}
