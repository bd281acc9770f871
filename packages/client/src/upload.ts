import { never, repeatable } from './retry.ts';
import type { Transport } from './transport.ts';
import type { UploadAnswer, UploadOptions } from './types.ts';

/** ms that an upload may take, by default. */
const UPLOAD_MS = 3_600_000;

/** See {@link GatewayClient.upload}. */
export function upload(
  transport: Transport,
  userId: string,
  file: Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
  { fileName, contentType, signal, timeoutMs = UPLOAD_MS }: UploadOptions,
): Promise<UploadAnswer> {
  const query = new URLSearchParams({
    user_id: userId,
    ...(fileName !== undefined && { file_name: fileName }),
  });
  const type = contentType ?? (file instanceof Blob && file.type !== '' ? file.type : undefined);
  return transport.json({
    method: 'POST',
    path: `/telegram/user/uploads?${query}`,
    bytes: file,
    headers: { 'Content-Type': type ?? 'application/octet-stream' },
    retry: file instanceof ReadableStream ? never : repeatable,
    signal,
    timeoutMs,
  });
}
