import {
  cleanFileName,
  fileRequestSchema,
  GatewayError,
  mimeTypeSchema,
  type ReadFile,
} from '@gateway/contracts';
import contentDisposition from 'content-disposition';
import fresh from 'fresh';
import { Hono, type Context } from 'hono';
import type { ApiContext, ApiEnv } from '../context.ts';
import { addressedAccount, readAtTelegram } from '../control/read-at-telegram.ts';
import { byteRangeOf, type ByteRange } from '../files/byte-range.ts';
import { StoredFile } from '../files/stored-file.ts';
import { byteStream } from '../http/byte-stream.ts';
import { answerHeader, requestHeader } from '../http/headers.ts';
import { validate } from '../http/validation.ts';

/** Files of messages, fetched from Telegram on demand and streamed while they arrive. */
export function fileRoutes(context: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.get('/telegram/accounts/:user_id/files/:file_id', async (c) => {
    const userId = addressedAccount(context, c, { forBots: true });
    const { size = null } = validate(fileRequestSchema, c.req.query(), 'query');
    const name = { fileId: c.req.param('file_id'), size };
    const file = await readAtTelegram(context, c, userId, 'read.file', name);
    const headers = headersOf(file);
    if (isFresh(c, headers.ETag)) return c.body(null, 304, headers);
    const range = rangeOf(c, file, headers.ETag);
    const wanted = range ?? { start: 0, end: file.size - 1 };
    const length = wanted.end - wanted.start + 1;
    const all = {
      ...headers,
      'Content-Type': mimeTypeSchema.safeParse(file.mimeType).data ?? 'application/octet-stream',
      'Content-Length': String(length),
      ...(range !== null && { 'Content-Range': `bytes ${range.start}-${range.end}/${file.size}` }),
    };
    const status = range === null ? 200 : 206;
    if (c.req.method === 'HEAD' || length === 0) return c.body(null, status, all);
    const stored = new StoredFile(context, { userId, name, file, requestId: c.get('requestId') });
    return c.body(await bodyOf(c, stored, wanted), status, all);
  });

  return routes;

  /** Resolves with the first bytes, so that an error before them is answered as such. */
  async function bodyOf(c: Context<ApiEnv>, stored: StoredFile, range: ByteRange): Promise<ReadableStream> {
    const { outgoing } = c.env;
    const hungUp = new AbortController();
    outgoing.once('close', () => hungUp.abort());
    const bytes = stored.read(range, hungUp.signal);
    const first = await bytes.next();
    return byteStream(first.done === true ? new Uint8Array() : first.value, bytes, (error) => {
      const requestId = c.get('requestId');
      if (!hungUp.signal.aborted)
        context.logger.warn({ requestId, err: error }, 'a download ended before the end of its file');
      outgoing.destroy();
    });
  }
}

/** Whoever sent the file chose its content: no page of this server may run it. */
const SAFE = {
  'Content-Security-Policy': "sandbox; default-src 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'private, no-cache',
};

function headersOf({ key, fileName }: ReadFile) {
  const name = fileName === null ? null : cleanFileName(fileName);
  return {
    ...SAFE,
    'Content-Disposition':
      name === null
        ? 'attachment'
        : contentDisposition(name, { type: 'attachment', fallback: name.replaceAll(/[^ -~]/g, '?') }),
    ETag: `"${key}"`,
    'Accept-Ranges': 'bytes',
  };
}

function isFresh(c: Context<ApiEnv>, etag: string): boolean {
  // Not `Cache-Control`: `fetch` adds `no-cache` to every request with an ETag.
  return fresh({ 'if-none-match': requestHeader(c, 'if-none-match') }, { etag });
}

/** `null`: the whole file. @throws {GatewayError} `RANGE_NOT_SATISFIABLE`. */
function rangeOf(c: Context<ApiEnv>, { size }: ReadFile, etag: string): ByteRange | null {
  // A range has no meaning for other methods.
  const range = c.req.method === 'GET' ? requestHeader(c, 'range') : undefined;
  const found = byteRangeOf({ range, ifRange: requestHeader(c, 'if-range'), etag, size });
  if (found === 'whole') return null;
  if (found !== 'unsatisfiable') return found;
  answerHeader(c, 'Content-Range', `bytes */${size}`);
  throw new GatewayError('RANGE_NOT_SATISFIABLE', `The file has ${size} bytes.`);
}
