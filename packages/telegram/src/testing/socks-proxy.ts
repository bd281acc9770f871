import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ProxyServer } from './proxy-server.ts';

/** A small SOCKS5 proxy that requires a user and password, and connects to any IPv4 address that is requested. */
export class SocksProxy extends ProxyServer {
  readonly #user: string;
  readonly #password: string;
  /** The addresses that it has connected to. */
  readonly targets: string[] = [];

  private constructor(user: string, password: string) {
    super();
    this.#user = user;
    this.#password = password;
  }

  static async start(user: string, password: string): Promise<SocksProxy> {
    return new SocksProxy(user, password).listen();
  }

  /**
   * RFC 1928 and 1929, as far as a client with a password needs them. Assumes that each message arrives in one chunk,
   * which holds on one machine.
   */
  protected async serve(socket: Socket): Promise<void> {
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
    this.keep(target);
    await once(target, 'connect');
    socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
    socket.pipe(target).pipe(socket);
  }
}

async function next(socket: Socket): Promise<Buffer> {
  const [data]: unknown[] = await once(socket, 'data');
  if (!Buffer.isBuffer(data)) throw new Error('no bytes');
  return data;
}
