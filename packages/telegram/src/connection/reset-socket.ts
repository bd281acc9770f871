import type { Socket } from 'node:net';
import type { ProxyServer } from '@gateway/contracts';
import { PromisedNetSockets } from 'telegram/extensions/PromisedNetSockets.js';
import { openTunnel } from './tunnel.ts';

/** The private fields of GramJS's socket. */
interface Inside {
  client: Socket | undefined;
  closed: boolean;
  stream: Buffer;
  canRead: Promise<unknown>;
  resolveRead: ((isOpen: boolean) => void) | undefined;
}

/**
 * GramJS's socket, through a proxy if there is one, and closed by a reset. After a usual close, the system goes on to
 * send what the other side has not received yet. If the network comes back minutes later, Telegram would receive an old
 * call while another worker serves the account, and end the session (AUTH_KEY_DUPLICATED).
 */
export class ResetSocket extends PromisedNetSockets {
  readonly #proxy: ProxyServer | undefined;
  #isClosed = false;

  constructor(proxy?: ProxyServer) {
    super();
    this.#proxy = proxy;
  }

  override async connect(port: number, host: string): Promise<this> {
    if (this.#proxy === undefined) {
      await super.connect(port, host);
      return this;
    }
    const socket = await openTunnel(this.#proxy, { host, port });
    if (this.#isClosed) {
      socket.destroy();
      throw new Error('The connection was closed while its proxy connected');
    }
    this.#use(socket);
    return this;
  }

  /** As GramJS uses a socket that it has connected itself. */
  #use(socket: Socket): void {
    const inside = this as unknown as Inside;
    inside.client = socket;
    inside.closed = false;
    inside.stream = Buffer.alloc(0);
    inside.canRead = new Promise((resolve) => {
      inside.resolveRead = resolve;
    });
    // The end of the connection follows an error.
    socket.on('error', () => {});
    socket.on('close', () => {
      inside.closed = true;
      inside.resolveRead?.(false);
    });
    void this.receive();
  }

  override async close(): Promise<void> {
    this.#isClosed = true;
    const { client } = this as unknown as Inside;
    if (client !== undefined && !client.connecting && !client.destroyed) client.resetAndDestroy();
    await super.close();
  }
}
