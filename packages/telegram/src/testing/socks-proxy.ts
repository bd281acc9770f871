import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A small SOCKS5 proxy that requires a user and password, and connects to any IPv4 address that is requested. */
export class SocksProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #user: string;
  readonly #password: string;
  /** The addresses that it has connected to. */
  readonly targets: string[] = [];

  private constructor(user: string, password: string) {
    this.#user = user;
    this.#password = password;
    this.#server = createServer((socket) => void this.#serve(socket).catch(() => socket.destroy()));
  }

  static async start(user: string, password: string): Promise<SocksProxy> {
    const proxy = new SocksProxy(user, password);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    const address: AddressInfo | string | null = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /**
   * RFC 1928 and 1929, as far as a client with a password needs them. Assumes that each message arrives in one chunk,
   * which holds on one machine.
   */
  async #serve(socket: Socket): Promise<void> {
    this.#keep(socket);
    await next(socket);
    socket.write(Buffer.from([5, 2]));
    const login = await next(socket);
    const user = login.subarray(2, 2 + login.readUInt8(1)).toString();
    const password = login.subarray(3 + user.length).toString();
    const isRight = user === this.#user && password === this.#password;
    socket.write(Buffer.from([1, isRight ? 0 : 1]));
    if (!isRight) return void socket.end();
    const request = await next(socket);
    const host = [...request.subarray(4, 8)].join('.');
    const port = request.readUInt16BE(8);
    this.targets.push(`${host}:${port}`);
    const target = connect(port, host);
    this.#keep(target);
    await once(target, 'connect');
    socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
    socket.pipe(target).pipe(socket);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

async function next(socket: Socket): Promise<Buffer> {
  const [data]: unknown[] = await once(socket, 'data');
  if (!Buffer.isBuffer(data)) throw new Error('no bytes');
  return data;
}
