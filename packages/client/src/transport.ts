import { Deadline } from './deadline.ts';
import { apiErrorOf, GatewayApiError, GatewayConnectionError, notAGateway, objectOf } from './errors.ts';
import { sleep, waitBefore, type RetryRule } from './retry.ts';
import { SseParser, type SseEvent } from './sse-parser.ts';

export interface TransportOptions {
  baseUrl: string;
  apiKey: string | undefined;
  language: string | undefined;
  fetch: typeof fetch;
  timeoutMs: number;
  retries: number;
  backoffMs: number;
}

export interface Call {
  method: 'GET' | 'POST' | 'DELETE';
  /** Path below the base URL, with a leading slash. */
  path: string;
  body?: unknown;
  /** A body that is sent as it is, in place of JSON. */
  bytes?: Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  headers?: Record<string, string>;
  retry: RetryRule;
  signal: AbortSignal | undefined;
  /** ms for one attempt. Default: the client's `timeoutMs`. */
  timeoutMs?: number;
  /** Fields that a JSON answer has in its headers. */
  fromHeaders?: (headers: Headers) => object;
}

/** A body that arrives piece by piece. */
export interface ByteStream {
  status: number;
  headers: Headers;
  /** Throws the errors of {@link Transport.json} if the body breaks off. Leaving the loop ends the request. */
  bytes: AsyncGenerator<Uint8Array>;
}

export interface EventStream {
  events: AsyncGenerator<SseEvent>;
  /** ms that the stream asks the client to wait before it reconnects; `null` if it sent no `retry`. */
  retryMs(): number | null;
}

/** As {@link SILENCE_MS}, for a file: the gateway waits longer for Telegram. */
const FILE_SILENCE_MS = 150_000;

/** ms without a byte after which a stream counts as dead. The gateway writes at least a comment every 15 s. */
const SILENCE_MS = 60_000;

/** Makes HTTP calls and opens event streams, with timeouts and the retries that each call's rule allows. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #origin: string;

  /** @throws {TypeError} if the base URL is not an http(s) URL. */
  constructor(options: TransportOptions) {
    const { protocol, origin } = new URL(options.baseUrl);
    if (protocol !== 'http:' && protocol !== 'https:')
      throw new TypeError(`baseUrl must begin with http:// or https://, not ${protocol}`);
    this.#origin = origin;
    this.#options = { ...options, baseUrl: options.baseUrl.replace(/\/+$/, '') };
  }

  /**
   * Returns the JSON body of a successful response. Does not validate it: tests check that the gateway keeps its
   * contract.
   * @throws {GatewayApiError} @throws {GatewayConnectionError} @throws the signal's reason
   */
  async json<T>(call: Call): Promise<T> {
    return this.#withRetries(call, async () => {
      const deadline = new Deadline(call.signal);
      deadline.start(call.timeoutMs ?? this.#options.timeoutMs);
      try {
        const response = await this.#fetch(call, deadline.signal, 'application/json');
        const body = objectOf(await response.text());
        if (body === null) throw notAGateway(response, 'JSON');
        return { ...body, ...call.fromHeaders?.(response.headers) } as T;
      } catch (error) {
        throw this.#failure(error, call, deadline);
      } finally {
        deadline.end();
      }
    });
  }

  /**
   * Opens a stream of events; retries only until it is open. Reading throws the errors of {@link json} if the stream
   * breaks off. Leaving the loop closes it. `null`: the server has no more events (204).
   */
  async stream(call: Call): Promise<EventStream | null> {
    return this.#withRetries(call, async () => {
      const deadline = new Deadline(call.signal);
      try {
        deadline.start(call.timeoutMs ?? this.#options.timeoutMs);
        const response = await this.#fetch(call, deadline.signal, 'text/event-stream');
        deadline.pause();
        if (response.status === 204) return this.#close(deadline);
        const type = response.headers.get('content-type') ?? '';
        if (!type.startsWith('text/event-stream') || response.body === null)
          throw notAGateway(response, 'a stream of events');
        const parser = new SseParser();
        const bytes = this.#read(call, response.body, deadline, SILENCE_MS);
        return { events: eventsOf(bytes, parser), retryMs: () => parser.retryMs };
      } catch (error) {
        const failure = this.#failure(error, call, deadline);
        deadline.end();
        throw failure;
      }
    });
  }

  /** Opens a file, whose bytes arrive piece by piece; retries only until it is open. */
  async file(call: Call): Promise<ByteStream> {
    return this.#withRetries(call, async () => {
      const deadline = new Deadline(call.signal);
      try {
        deadline.start(call.timeoutMs ?? this.#options.timeoutMs);
        const { status, headers, body } = await this.#fetch(call, deadline.signal, '*/*');
        deadline.pause();
        const bytes = this.#read(call, body ?? new Blob().stream(), deadline, FILE_SILENCE_MS);
        return { status, headers, bytes };
      } catch (error) {
        const failure = this.#failure(error, call, deadline);
        deadline.end();
        throw failure;
      }
    });
  }

  #close(deadline: Deadline): null {
    deadline.end();
    return null;
  }

  async *#read(
    call: Call,
    body: ReadableStream<Uint8Array>,
    deadline: Deadline,
    silenceMs: number,
  ): AsyncGenerator<Uint8Array> {
    const reader = body.getReader();
    try {
      for (;;) {
        // Only the wait for the server counts, not the time that the caller takes for what arrived.
        deadline.start(silenceMs);
        const { done, value } = await reader.read();
        deadline.pause();
        if (done) return;
        yield value;
      }
    } catch (error) {
      throw this.#failure(error, call, deadline);
    } finally {
      deadline.end();
    }
  }

  /** @throws {GatewayApiError} if the status is not 2xx. @throws any error of `fetch` */
  async #fetch(
    { method, path, body, bytes, headers }: Call,
    signal: AbortSignal,
    accept: string,
  ): Promise<Response> {
    const { baseUrl, apiKey, language, fetch } = this.#options;
    const response = await fetch(baseUrl + path, {
      method,
      headers: {
        Accept: accept,
        ...(language !== undefined && { 'Accept-Language': language }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(apiKey !== undefined && { Authorization: `Bearer ${apiKey}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(bytes !== undefined && { body: bytes }),
      ...(bytes instanceof ReadableStream && { duplex: 'half' }),
      signal,
    });
    if (!response.ok) throw await apiErrorOf(response);
    return response;
  }

  /** Converts the error of an attempt to one of this package's; the signal's reason if the caller aborted. */
  #failure(error: unknown, { signal }: Call, deadline: Deadline): unknown {
    if (error instanceof GatewayApiError || error instanceof GatewayConnectionError) return error;
    if (deadline.isOver)
      return new GatewayConnectionError(`no answer from ${this.#origin} in time`, { timedOut: true });
    if (signal?.aborted === true) return signal.reason;
    return new GatewayConnectionError(`cannot reach ${this.#origin}: ${reasonOf(error)}`, { cause: error });
  }

  async #withRetries<T>({ retry, signal }: Call, attempt: () => Promise<T>): Promise<T> {
    const { retries, backoffMs } = this.#options;
    for (let tries = 1; ; tries += 1) {
      signal?.throwIfAborted();
      try {
        return await attempt();
      } catch (error) {
        const isOurs = error instanceof GatewayApiError || error instanceof GatewayConnectionError;
        if (!isOurs || tries > retries || !retry(error)) throw error;
        const retryAfter = error instanceof GatewayApiError ? error.retryAfter : null;
        const wait = waitBefore(tries, backoffMs, retryAfter, Math.random());
        if (wait === null) throw error;
        await sleep(wait, signal);
      }
    }
  }
}

async function* eventsOf(bytes: AsyncIterable<Uint8Array>, parser: SseParser): AsyncGenerator<SseEvent> {
  const decoder = new TextDecoder();
  for await (const piece of bytes) yield* parser.push(decoder.decode(piece, { stream: true }));
}

/** Why `fetch` failed. Its `cause` holds the system's message (`connect ECONNREFUSED …`). */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError && cause.message === '') return reasonOf(cause.errors[0]);
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
