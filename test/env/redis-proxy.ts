import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A door before a Redis server, to take it away from one client while others reach it. */
export class RedisProxy implements AsyncDisposable {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** By the connection to Redis. */
  readonly #clients = new Map<Socket, Socket>();
  #isOpen = true;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `redis://127.0.0.1:${port}`;
  }

  static async before(redisUrl: string): Promise<RedisProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const proxy = new RedisProxy(server, typeof address === 'object' && address !== null ? address.port : 0);
    server.on('connection', (client) => proxy.#connect(client, Number(new URL(redisUrl).port)));
    return proxy;
  }

  #connect(client: Socket, port: number): void {
    if (!this.#isOpen) {
      client.destroy();
      return;
    }
    const upstream = connect(port, '127.0.0.1');
    client.pipe(upstream).pipe(client);
    this.#clients.set(upstream, client);
    for (const [end, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(end);
      end.on('error', () => {});
      end.on('close', () => {
        this.#sockets.delete(end);
        this.#clients.delete(end);
        other.destroy();
      });
    }
  }

  /** Connections break, and new ones are refused. */
  cut(): void {
    this.#isOpen = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  heal(): void {
    this.#isOpen = true;
  }

  /** Redis hears what it is asked, and what it answers is kept back. */
  hold(): void {
    for (const [upstream, client] of this.#clients) upstream.unpipe(client);
  }

  /** What was kept back comes through. */
  release(): void {
    for (const [upstream, client] of this.#clients) upstream.pipe(client);
  }

  /** The connections there are stand, and nothing comes through any more; a new one is well. */
  swallow(): void {
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.resume();
    }
  }

  /** What is sent over the connections there are still comes to Redis; no reply comes back. */
  swallowReplies(): void {
    for (const upstream of this.#clients.keys()) {
      upstream.unpipe();
      upstream.resume();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
  }
}
