import { request, type Dispatcher } from 'undici';
import { connectionFault } from './connection-fault.ts';
import { createDialer, ForbiddenAddressError, type Resolve } from './dial.ts';

export interface FetcherOptions {
  /** Fetches from loopback and private addresses too. */
  allowPrivate: boolean;
  /** ms to the first byte of an answer. */
  firstByteMs?: number;
  /** ms without a byte after which a download fails. */
  idleMs?: number;
  /** Default: the system's resolver. */
  resolve?: Resolve;
}

/** A file that is being fetched. */
export interface Fetched {
  /** The address after all redirects. */
  url: URL;
  contentType: string | undefined;
  contentDisposition: string | undefined;
  /** Fails with a {@link FetchError}. */
  bytes: AsyncIterable<Uint8Array>;
}

export interface Fetcher {
  /** Fetches a file. @throws {FetchError} */
  fetch(url: string, signal: AbortSignal): Promise<Fetched>;
  close(): Promise<void>;
}

/** Why a file cannot be fetched. The message quotes nothing of the answer. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
}

const CONNECT_TIMEOUT_MS = 10_000;
const FIRST_BYTE_MS = 30_000;
const IDLE_MS = 60_000;
const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Fetches files by http and https from public addresses. Each redirect is checked as the first address is. */
export function createFetcher({
  allowPrivate,
  firstByteMs = FIRST_BYTE_MS,
  idleMs = IDLE_MS,
  resolve,
}: FetcherOptions): Fetcher {
  const dispatcher = createDialer({ allowPrivate, connectTimeoutMs: CONNECT_TIMEOUT_MS, resolve });
  const get = (url: URL, signal: AbortSignal) =>
    request(url, {
      dispatcher,
      signal,
      headersTimeout: firstByteMs,
      bodyTimeout: idleMs,
      headers: {
        accept: '*/*',
        'accept-encoding': 'identity',
        'user-agent': 'unofficial-telegram-user-gateway',
      },
    }).catch((error: unknown) => {
      throw fetchError(error);
    });
  return {
    close: () => dispatcher.destroy(),
    fetch: async (given, signal) => {
      let url = checked(given);
      for (let redirects = 0; ; redirects += 1) {
        const answer = await get(url, signal);
        const { statusCode, headers } = answer;
        if (!REDIRECTS.has(statusCode)) return fileIn(url, answer);
        discard(answer);
        const { location } = headers;
        if (typeof location !== 'string') throw new FetchError('The address redirects to nowhere.');
        if (redirects === MAX_REDIRECTS)
          throw new FetchError(`The address redirects more than ${MAX_REDIRECTS} times.`);
        url = checked(location, url);
      }
    },
  };
}

function fileIn(url: URL, answer: Dispatcher.ResponseData): Fetched {
  const { statusCode, headers } = answer;
  const encoding = textOf(headers['content-encoding'])?.toLowerCase();
  const fault =
    statusCode !== 200
      ? `The server of the address answered ${statusCode}.`
      : encoding !== undefined && encoding !== 'identity'
        ? 'The server of the address compresses the file, although it was asked not to.'
        : null;
  if (fault !== null) {
    discard(answer);
    throw new FetchError(fault);
  }
  async function* bytes() {
    try {
      for await (const chunk of answer.body) yield chunk as Uint8Array;
    } catch (error) {
      throw fetchError(error);
    }
  }
  return {
    url,
    contentType: textOf(headers['content-type']),
    contentDisposition: textOf(headers['content-disposition']),
    bytes: bytes(),
  };
}

/** Closes the connection: the rest of the answer is not read. */
function discard({ body }: Dispatcher.ResponseData): void {
  body.on('error', () => {});
  body.destroy();
}

/** @param from the address that redirects to it. */
function checked(address: string, from?: URL): URL {
  if (!URL.canParse(address, from?.href)) throw new FetchError('The address is not valid.');
  const url = new URL(address, from?.href);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new FetchError('The address is not http:// or https://.');
  if (url.username !== '' || url.password !== '')
    throw new FetchError('The address has a user or a password in it, which are not sent.');
  url.hash = '';
  return url;
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function fetchError(thrown: unknown): FetchError {
  if (thrown instanceof FetchError) return thrown;
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (cause instanceof ForbiddenAddressError)
    return new FetchError('The address is not a public one (MEDIA_ALLOW_PRIVATE).', { cause });
  const { code } = { code: undefined, ...('code' in cause && { code: cause.code }) };
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return new FetchError('The server of the address did not answer in time.', { cause });
  const why = typeof code === 'string' ? `: ${connectionFault(code)}` : '';
  return new FetchError(`The address is not reachable${why}.`, { cause });
}
