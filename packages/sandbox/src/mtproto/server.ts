import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { prepareDh } from '../crypto/diffie-hellman.ts';
import type { RsaKeyPair } from '../crypto/rsa.ts';
import type { AuthKeyStore, Network, RpcHandler } from '../types.ts';
import { KeyRing } from './auth-key.ts';
import { Connection } from './connection.ts';
import type { ServerContext } from './context.ts';
import { MessageIds } from './message-ids.ts';
import { createNetwork } from './network.ts';
import { Receiver } from './receiver.ts';

/** Loopback only: nobody should take the sandbox for the real Telegram. */
const HOST = '127.0.0.1';

const DEFAULT_SALT_LIFETIME_MS = 3_600_000;

export interface MtprotoServerOptions {
  /** Each data centre listens on its own port; 0 means any free port. */
  dataCenters: readonly { id: number; port: number }[];
  rsaKeyPair: RsaKeyPair;
  keys: AuthKeyStore;
  handler: RpcHandler;
  /** Unix milliseconds. */
  clock?: () => number;
  /** How long a server salt is valid; a new one starts every half of it. Default: one hour. */
  saltLifetimeMs?: number;
  /** Called when two clients use one auth key at once. Calls with the key get AUTH_KEY_DUPLICATED from then on. */
  onDuplicated?: (authKeyId: string) => void;
  /** Called on an unexpected error, e.g. in the handler. `during`: the operation, e.g. the method's name. */
  onError?: (error: unknown, during: string) => void;
}

export interface Endpoint {
  dcId: number;
  host: string;
  port: number;
}

export interface MtprotoServer {
  /** Opens all ports. @throws {Error} if one cannot be opened; all are closed again. */
  listen(): Promise<Endpoint[]>;
  /** Closes all connections and ports. Resolves once everything is closed. */
  close(): Promise<void>;
  readonly network: Network;
  /** The key that clients verify the server with, PKCS#1. */
  readonly publicKeyPem: string;
}

/** Creates an MTProto server for one or more data centres. The caller calls `listen` once, and `close` at the end. */
export function createMtprotoServer(options: MtprotoServerOptions): MtprotoServer {
  const clock = options.clock ?? Date.now;
  const context: ServerContext = {
    rsaKeyPair: options.rsaKeyPair,
    keys: options.keys,
    handler: options.handler,
    clock,
    saltLifetimeMs: options.saltLifetimeMs ?? DEFAULT_SALT_LIFETIME_MS,
    messageIds: new MessageIds(clock),
    onDuplicated: options.onDuplicated ?? (() => undefined),
    onError: options.onError ?? (() => undefined),
  };
  const keys = new KeyRing(context);
  const receiver = new Receiver(context, keys);
  const sockets = new Set<Socket>();
  const servers = options.dataCenters.map(({ id, port }) => ({
    dcId: id,
    port,
    server: createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      return new Connection({ socket, dcId: id, context, keys, receiver });
    }),
  }));

  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    await Promise.all(servers.map(({ server }) => closed(server)));
  }

  async function listen(): Promise<Endpoint[]> {
    prepareDh();
    const opened = await Promise.allSettled(
      servers.map(async ({ dcId, port, server }): Promise<Endpoint> => {
        server.listen(port, HOST);
        await once(server, 'listening');
        return { dcId, host: HOST, port: portOf(server.address()) };
      }),
    );
    const failure = opened.find((result) => result.status === 'rejected');
    if (failure !== undefined) {
      await close();
      throw failure.reason;
    }
    return opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  }

  return {
    listen,
    close,
    network: createNetwork(context, keys),
    publicKeyPem: options.rsaKeyPair.publicKeyPem,
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

async function closed(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  await once(server, 'close');
}
