import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { onTestFinished } from 'vitest';
import { listen } from '../http/server.ts';

export interface HttpRequest {
  method?: string;
  /** What comes in pieces goes out chunked, as far as it is taken. */
  body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Anything, `Host` and lengths that are not so too. */
  headers?: Record<string, string>;
  /** Hangs up when it is aborted. */
  signal?: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  headers: Headers;
  /** The rest, to its end. */
  text(): Promise<string>;
  json(): Promise<unknown>;
}

/** Serves an app as it is in earnest, on a port of its own, until the test has ended. */
export function overHttp(app: Parameters<typeof listen>[0]) {
  const listening = listen(app, { host: '127.0.0.1', port: 0 });
  const url = listening.then((server) => server.url);
  onTestFinished(async () => (await listening).close(0));
  /** Asks it, each time on a new connection. */
  const request = async (path: string, details?: HttpRequest): Promise<HttpAnswer> =>
    answerOf(await exchange(await url, path, details));
  return { url, request };
}

function exchange(
  url: string,
  path: string,
  { method = 'GET', body, headers = {}, signal }: HttpRequest = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(url, { path, method, headers, agent: false, ...(signal && { signal }) });
    asked.on('response', resolve).on('error', reject);
    // With a text, Node would write the head in UTF-8 too.
    if (typeof body === 'string') asked.end(Buffer.from(body));
    else if (body === undefined || body instanceof Uint8Array) asked.end(body);
    // A server that has answered before it had all of it need not take the rest.
    else void pipeline(body, asked).catch(() => {});
  });
}

function answerOf(incoming: IncomingMessage): HttpAnswer {
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  const answer = { status: incoming.statusCode ?? 0, headers, text: () => text(incoming) };
  return { ...answer, json: async () => JSON.parse(await answer.text()) as unknown };
}
