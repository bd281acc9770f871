import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { ApiEnv } from '../context.ts';
import { answerBrokenRequest, unreadableRequest } from './broken-request.ts';
import { lingerAfterAnswers } from './linger.ts';
import { urlHost } from './loopback.ts';
import { limitReceiving } from './receive-timeout.ts';

export interface ListenOptions {
  host: string;
  port: number;
  /** ms in which a request, including its body, must arrive; else 408. Does not limit the processing time. */
  receiveTimeoutMs?: number;
  /** Whether the request's route limits the time of its body itself. */
  isUpload?: (request: IncomingMessage) => boolean;
}

export interface HttpServer {
  /** The server's URL, with a wildcard host replaced by the loopback address. */
  url: string;
  /** Accepts no more connections. Resolves when all requests in progress are answered, or cut off after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/**
 * ms that an idle connection stays open for the caller's next request. The `Keep-Alive` header announces it, so that
 * callers close first.
 */
const KEEP_ALIVE = 30_000;

/**
 * Stands for the host of an HTTP/1.0 request without one. It is no name of this machine, so the loopback guard refuses
 * it.
 */
const NO_HOST = 'no-host.invalid';

/** Serves the app. @throws {Error} a one-line message that names HOST or PORT if it cannot listen there. */
export async function listen(app: Pick<Hono<ApiEnv>, 'fetch'>, options: ListenOptions): Promise<HttpServer> {
  const { port, receiveTimeoutMs = 30_000, isUpload = () => false } = options;
  const host = options.host.replace(/^\[|\]$/g, '');
  // Keeps the library's default of its own Request and Response classes: Node's cost as much as the rest of a request.
  const answer = getRequestListener(app.fetch, {
    errorHandler: () => unreadableRequest(),
    hostname: NO_HOST,
  });
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE,
      headersTimeout: receiveTimeoutMs,
      requestTimeout: 0,
      connectionsCheckingInterval: Math.min(1_000, receiveTimeoutMs),
    },
    (request, response) => void answer(request, response),
  );
  const connections = trackConnections(server);
  limitReceiving(server, receiveTimeoutMs, isUpload);
  server.on('clientError', (error, socket) =>
    answerBrokenRequest(error, socket, connections.get(socket) ?? null),
  );
  await bind(server, host, port);
  return { url: urlOf(server, host), close: (graceMs) => close(server, connections, graceMs) };
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

/** Every open connection with the last response started on it; `null`: it has had no request yet. */
type Connections = ReadonlyMap<Duplex, ServerResponse | null>;

function trackConnections(server: Server): Connections {
  const connections = new Map<Duplex, ServerResponse | null>();
  server.on('connection', (socket) => {
    connections.set(socket, null);
    socket.on('close', () => connections.delete(socket));
    lingerAfterAnswers(socket, () => connections.get(socket) ?? null);
  });
  server.on('request', ({ socket }, response) => connections.set(socket, response));
  return connections;
}

async function close(server: Server, connections: Connections, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Node's close does not end connections that never had a request. Clients open some in advance, which would delay the
  // shutdown by the whole grace period. The other connections close with their next response.
  for (const [socket, answer] of connections) if (answer === null) socket.destroy();
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(force);
}
