import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A proxy before a Redis server, for tests that take Redis away from some of its clients. */
export class RedisProxy implements AsyncDisposable {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** By the connection to Redis. */
  readonly #clients = new Map<Socket, Socket>();
  #isOpen = true;
  #isFrozen = false;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async before(redisUrl: string): Promise<RedisProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const url = new URL(redisUrl);
    const { hostname, port } = url;
    url.host = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    const proxy = new RedisProxy(server, url.href);
    server.on('connection', (client) => proxy.#connect(client, hostname, Number(port || 6379)));
    return proxy;
  }

  #connect(client: Socket, hostname: string, port: number): void {
    if (!this.#isOpen) {
      client.destroy();
      return;
    }
    const upstream = connect(port, hostname);
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
      if (this.#isFrozen) end.pause();
    }
  }

  /** Breaks the connections and refuses new ones, like a server that was stopped. */
  cut(): void {
    this.#isOpen = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Forwards nothing, like a server that hangs. Connections stay open, and {@link heal} forwards what was sent. */
  freeze(): void {
    this.#isFrozen = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** Ends what {@link cut} or {@link freeze} began. */
  heal(): void {
    this.#isOpen = true;
    if (!this.#isFrozen) return;
    this.#isFrozen = false;
    for (const socket of this.#sockets) socket.resume();
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
