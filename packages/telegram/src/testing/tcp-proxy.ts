import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { DataCenter } from '../types.ts';

/** A proxy between a client and a data centre, so that a test can count, cut and stop the traffic. */
export interface TcpProxy extends AsyncDisposable {
  readonly dataCenter: DataCenter;
  /** Number of chunks that clients have sent. */
  readonly sent: () => number;
  readonly connections: () => number;
  /** Stops all answers on the open connections, which stay open. */
  freeze(): void;
  /** Replaces the server's next answers by these bytes, one each. The connection ends after each. */
  spoil(...answers: readonly Buffer[]): void;
}

/**
 * Opens a proxy to `target`.
 * @param onAnswer called with each chunk from the server before it goes to the client's nth connection (from 1).
 */
export async function openTcpProxy(
  target: DataCenter,
  onAnswer: (connection: number, client: Socket) => void = () => {},
): Promise<TcpProxy> {
  const upstreams: Socket[] = [];
  const spoilt: Buffer[] = [];
  let sent = 0;
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    const connection = upstreams.push(upstream);
    client.on('data', () => (sent += 1)).pipe(upstream);
    upstream.on('data', () => {
      onAnswer(connection, client);
      const bytes = spoilt.shift();
      if (bytes === undefined) return;
      upstream.unpipe(client);
      client.end(bytes);
    });
    upstream.pipe(client);
    for (const end of [client, upstream]) end.on('error', () => {});
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    dataCenter: { id: target.id, host: '127.0.0.1', port },
    sent: () => sent,
    connections: () => upstreams.length,
    spoil: (...answers) => void spoilt.push(...answers),
    freeze: () => upstreams.forEach((upstream) => upstream.unpipe()),
    [Symbol.asyncDispose]: async () => {
      for (const upstream of upstreams) upstream.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
