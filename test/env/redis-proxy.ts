import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A proxy before a Redis server that can cut off one client while others still reach Redis. */
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

  /** Breaks the connections and refuses new ones. */
  cut(): void {
    this.#isOpen = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  heal(): void {
    this.#isOpen = true;
  }

  /** Forwards requests to Redis, but keeps the replies back. */
  hold(): void {
    for (const [upstream, client] of this.#clients) upstream.unpipe(client);
  }

  /** Forwards the replies that were kept back. */
  release(): void {
    for (const [upstream, client] of this.#clients) upstream.pipe(client);
  }

  /** Keeps existing connections open but forwards nothing over them. New connections work. */
  swallow(): void {
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.resume();
    }
  }

  /** Forwards requests over existing connections, but no replies. */
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
