import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { answerBrokenRequest, unreadableRequest } from './broken-request.ts';
import type { ApiEnv } from './context.ts';
import { urlHost } from './loopback.ts';

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
  const connections = trackConnections(server);
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

/** Each connection, and the last answer that was begun on it; `null`: it never had a request. */
type Connections = ReadonlyMap<Duplex, ServerResponse | null>;

function trackConnections(server: Server): Connections {
  const connections = new Map<Duplex, ServerResponse | null>();
  server.on('connection', (socket) => {
    connections.set(socket, null);
    socket.on('close', () => connections.delete(socket));
  });
  server.on('request', ({ socket }, response) => connections.set(socket, response));
  return connections;
}

async function close(server: Server, connections: Connections, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Node's own close leaves those open that never had a request, and clients open some ahead: they would hold up the end for the whole
  // grace. The others are told to close with their next answer.
  for (const [socket, answer] of connections) if (answer === null) socket.destroy();
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(force);
}
