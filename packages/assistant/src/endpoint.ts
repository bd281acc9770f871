import { GatewayError } from '@gateway/contracts';
import { Agent, fetch, type Response } from 'undici';
import { errorOfStatus, retryAfterOf } from './errors.ts';

/** Bytes to read of an error's body. */
const MAX_ERROR_BODY = 64 * 1024;

/** A chat endpoint over HTTP: address, key, and the meaning of its statuses. */
export class Endpoint {
  readonly #url: URL;
  readonly #authorization: string | null;
  /** The caller limits the time. undici's own limits of five minutes would cut off a model that reasons for longer. */
  readonly #dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

  constructor({ baseUrl, apiKey }: { baseUrl: string; apiKey?: string | undefined }) {
    this.#url = new URL(baseUrl);
    // A query stays after the path: Azure's older addresses have `?api-version=`.
    this.#url.pathname = `${this.#url.pathname.replace(/\/+$/, '')}/chat/completions`;
    this.#authorization = apiKey === undefined ? basicOf(this.#url) : `Bearer ${apiKey}`;
    this.#url.username = '';
    this.#url.password = '';
  }

  /**
   * Requests a reply. Retries once if there was no answer, or a 5xx.
   * @returns the bytes of the answer.
   * @throws {GatewayError} for an error status; anything that `fetch` throws.
   */
  async post(body: object, signal: AbortSignal): Promise<AsyncIterator<Uint8Array, void>> {
    const json = JSON.stringify(body);
    const response = await this.#fetch(json, signal).catch((error: unknown) => {
      if (signal.aborted) throw error;
      return null;
    });
    if (response !== null && !isWorthARetry(response)) return bytesOf(response);
    await response?.body?.cancel();
    return bytesOf(await this.#fetch(json, signal));
  }

  #fetch(body: string, signal: AbortSignal): Promise<Response> {
    return fetch(this.#url, {
      method: 'POST',
      dispatcher: this.#dispatcher,
      signal,
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream, application/json',
        'user-agent': 'unofficial-telegram-user-gateway',
        ...(this.#authorization !== null && { authorization: this.#authorization }),
      },
      body,
    });
  }
}

/** User and password of an address, as a header. `fetch` refuses them in an address and quotes them in its error. */
function basicOf({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

function isWorthARetry({ status, headers }: Response): boolean {
  return (status === 408 || status >= 500) && headers.get('x-should-retry') !== 'false';
}

async function bytesOf(response: Response): Promise<AsyncIterator<Uint8Array, void>> {
  const { body, status, headers } = response;
  if (!response.ok) throw errorOfStatus(status, await readError(response), retryAfterOf(headers));
  if (body === null) throw new GatewayError('ASSISTANT_BAD_RESPONSE', 'The assistant sent an empty answer.');
  return body[Symbol.asyncIterator]();
}

/** Reads an error's body: JSON, a short text, or the title of a page. */
async function readError({ body }: Response): Promise<unknown> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > MAX_ERROR_BODY) break;
  }
  try {
    return JSON.parse(text);
  } catch {
    return /^\s*</.test(text) ? (/<title[^>]*>([^<]*)/i.exec(text)?.[1] ?? '') : text;
  }
}
