import { GatewayApiError, GatewayConnectionError } from './errors.ts';
import { repeatable, sleep, waitBefore } from './retry.ts';
import type { ByteStream, Transport } from './transport.ts';

/** A file that is being downloaded. */
export interface Download {
  /** `null`: it has none. It is the sender's: check it before you use it as a path. */
  fileName: string | null;
  mimeType: string;
  /** Bytes. */
  size: number;
  /** Read them once, or leave the loop: the request goes on until then. */
  bytes: AsyncGenerator<Uint8Array>;
}

interface Retrying {
  retries: number;
  backoffMs: number;
}

/** Opens a download. See {@link Accounts.download}. */
export async function download(
  transport: Transport,
  path: string,
  retrying: Retrying,
  signal: AbortSignal | undefined,
): Promise<Download> {
  const open = (headers: Record<string, string>) =>
    transport.file({ method: 'GET', path, headers, retry: repeatable, signal });
  const first = await open({});
  const { headers } = first;
  const size = Number(headers.get('content-length'));
  return {
    fileName: fileNameIn(headers.get('content-disposition') ?? ''),
    mimeType: headers.get('content-type') ?? 'application/octet-stream',
    size,
    bytes: resumed(first, size, open, retrying, signal),
  };
}

/** The bytes, over as many requests as it takes. Throws once `retries` of them in a row brought nothing. */
async function* resumed(
  first: ByteStream,
  size: number,
  open: (headers: Record<string, string>) => Promise<ByteStream>,
  { retries, backoffMs }: Retrying,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const etag = first.headers.get('etag') ?? '';
  let stream = first;
  let received = 0;
  for (let failures = 0; ;) {
    try {
      for await (const piece of stream.bytes) {
        received += piece.byteLength;
        failures = 0;
        yield piece;
      }
      if (received === size) return;
      throw new GatewayConnectionError('the file broke off');
    } catch (error) {
      const isOurs = error instanceof GatewayApiError || error instanceof GatewayConnectionError;
      failures += 1;
      if (!isOurs || !repeatable(error) || failures > retries) throw error;
    }
    await sleep(waitBefore(failures, backoffMs, null, Math.random()) ?? backoffMs, signal);
    stream = await open({ Range: `bytes=${received}-`, 'If-Range': etag });
    // The gateway ignores the range where the message has another file meanwhile.
    if (stream.status !== 206) {
      await stream.bytes.return(undefined);
      throw new GatewayConnectionError('the file was replaced while it was downloaded');
    }
  }
}

function fileNameIn(disposition: string): string | null {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  if (encoded !== undefined) return decodeURIComponent(encoded);
  const [, quoted, plain] = /filename=(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition) ?? [];
  return quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? null;
}
