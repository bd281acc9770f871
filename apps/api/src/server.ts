import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { GatewayError } from '@gateway/contracts';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { ApiEnv } from './context.ts';
import { errorAnswer } from './error-response.ts';
import { urlHost } from './loopback.ts';
import { commonHeaders, requestIdOf } from './middleware/request-id.ts';

export interface ListenOptions {
  host: string;
  port: number;
  /** ms within which a request must have arrived, body and all; else 408. Working on it may take longer. */
  receiveTimeoutMs?: number;
}

export interface HttpServer {
  /** Where it answers; a wildcard host as the loopback address. */
  url: string;
  /** Accepts nothing more, and resolves when the requests under way are answered, or cut off after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** ms that an idle connection is kept for its caller's next request; callers are told, and close theirs before. */
const KEEP_ALIVE = 30_000;

/** Serves the app. @throws {Error} one line that names HOST or PORT, where it cannot listen there. */
export async function listen(app: Pick<Hono<ApiEnv>, 'fetch'>, options: ListenOptions): Promise<HttpServer> {
  const { port, receiveTimeoutMs = 30_000 } = options;
  const host = options.host.replace(/^\[|\]$/g, '');
  // With the library's own Request and Response in place of node's, as it does by default: those cost as much as all the rest of a request.
  const answer = getRequestListener(app.fetch, {
    errorHandler: () => unreadableRequest(),
  });
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE,
      headersTimeout: receiveTimeoutMs,
      requestTimeout: receiveTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, receiveTimeoutMs),
    },
    (request, response) => void answer(request, response),
  );
  server.on('clientError', answerBrokenRequest);
  const unused = trackUnused(server);
  await bind(server, host, port);
  return { url: urlOf(server, host), close: (graceMs) => close(server, unused, graceMs) };
}

async function bind(server: Server, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw new Error(whyNotListening(error, host, port), { cause: error });
  }
}

function whyNotListening(error: unknown, host: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `PORT ${port} on ${host} is in use: stop what listens there, or set another PORT`;
    case 'EACCES':
      return `PORT ${port} may not be listened on by this user: set a PORT above 1023`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST ${host} is no address of this machine: set another HOST, such as 127.0.0.1`;
    default:
      return `cannot listen on HOST ${host}, PORT ${port}: ${String(code ?? error)}`;
  }
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${urlHost(reachable)}:${port}`;
}

/** Connections that never had a request: node's own close leaves those open, and clients open some ahead. They would hold up the end for the whole grace. */
function trackUnused(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.on('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  return unused;
}

async function close(server: Server, unused: ReadonlySet<Socket>, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // The others are told to close with their next answer.
  for (const socket of unused) socket.destroy();
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(force);
}

const NOT_HTTP = new GatewayError(
  'VALIDATION',
  'The request is not valid HTTP: check its Host, path and headers.',
);

/** For a request that came through Node but makes no URL. */
function unreadableRequest(): Response {
  const id = requestIdOf(undefined);
  const { status, body } = errorAnswer(NOT_HTTP, id);
  return Response.json(body, { status, headers: commonHeaders(id) });
}

/** For bytes that make no request, or too slowly. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () =>
      socket.destroy(),
    );
    return;
  }
  const id = requestIdOf(undefined);
  const body = JSON.stringify(errorAnswer(NOT_HTTP, id).body);
  const headers = {
    ...commonHeaders(id),
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 400 Bad Request\r\n${head.join('')}\r\n${body}`, () => socket.destroy());
}
