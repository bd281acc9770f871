import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { cleanFileName, GatewayError } from '@gateway/contracts';
import { withTimeout } from '@gateway/runtime';
import { validationError } from '../http/validation.ts';

/** How long a caller may send nothing, ms. */
const IDLE_MS = 60_000;

/** A file that arrives in a request. */
export interface IncomingFile {
  /** As the caller names it; `null` if it does not. */
  fileName: string | null;
  contentType: string | undefined;
  /** Fails with a `GatewayError` if the request does not arrive as it should. */
  bytes: AsyncIterable<Uint8Array>;
}

/**
 * The file in a request: its body, or the only part of a multipart body.
 * @throws {GatewayError} `VALIDATION`, `REQUEST_TIMEOUT`.
 */
export async function incomingFile(incoming: IncomingMessage, idleMs = IDLE_MS): Promise<IncomingFile> {
  const contentType = incoming.headers['content-type'];
  const bytes = arriving(incoming, idleMs);
  return contentType !== undefined && /^multipart\/form-data\b/i.test(contentType)
    ? fileInForm(bytes, contentType)
    : { fileName: null, contentType, bytes };
}

/** The body's chunks. Leaves the rest of a body that is given up unread, so that the answer can still be sent. */
async function* arriving(incoming: IncomingMessage, idleMs: number): AsyncGenerator<Uint8Array> {
  const chunks = incoming.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      const next = await withTimeout(chunks.next(), idleMs, () => silent(idleMs)).catch((error: unknown) => {
        throw error instanceof GatewayError ? error : incomplete(error);
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // Not awaited: it waits for bytes if the caller sends none. Until it ends, nothing else can read the body.
    void chunks.return?.().catch(() => {});
  }
}

function silent(ms: number): GatewayError {
  return new GatewayError('REQUEST_TIMEOUT', `The caller sent nothing for ${ms / 1_000} s.`);
}

function incomplete(cause: unknown): GatewayError {
  return new GatewayError('VALIDATION', 'The body ended before the file was complete.', { cause });
}

async function fileInForm(body: AsyncIterable<Uint8Array>, contentType: string): Promise<IncomingFile> {
  const parser = parserFor(contentType);
  const source = Readable.from(body, { objectMode: false });
  return new Promise((resolve, reject) => {
    let open: Readable | null = null;
    let fault: GatewayError | null = null;
    const refuse = (error: GatewayError) => {
      fault ??= error;
      reject(error);
      source.destroy(error);
    };
    parser.on('field', () => refuse(formError('must have no other fields than the file')));
    parser.on('file', (_field, file, fileName, _encoding, mimeType) => {
      // Without a listener, a file that nobody reads any more would end the process.
      file.on('error', () => {});
      if (open !== null) {
        file.resume();
        refuse(formError('must have only one file'));
        return;
      }
      open = file;
      const end = finished(parser, { readable: false });
      end.catch(() => {});
      async function* bytes() {
        try {
          for await (const chunk of file) yield chunk as Uint8Array;
          await end;
        } catch (error) {
          throw fault ?? formFault(error);
        }
        if (fault !== null) throw fault;
      }
      resolve({
        fileName: fileName === undefined ? null : cleanFileName(fileName),
        contentType: mimeType,
        bytes: bytes(),
      });
    });
    parser.on('finish', () => {
      if (open === null) refuse(formError('must have a file'));
    });
    parser.on('error', (error) => refuse(formFault(error)));
    source.on('error', (error) => {
      fault ??= error instanceof GatewayError ? error : incomplete(error);
      reject(fault);
      open?.destroy(fault);
      parser.destroy(fault);
    });
    source.pipe(parser);
  });
}

function parserFor(contentType: string): BusboyInstance {
  try {
    return new Busboy({ headers: { 'content-type': contentType } });
  } catch (error) {
    throw formFault(error);
  }
}

function formError(message: string): GatewayError {
  return validationError([{ path: 'body', message }]);
}

function formFault(cause: unknown): GatewayError {
  return cause instanceof GatewayError
    ? cause
    : formError('must be multipart/form-data with one file, or the file itself');
}
