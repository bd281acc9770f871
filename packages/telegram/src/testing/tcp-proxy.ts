import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { DataCenter } from '../types.ts';

/** Stands between a client and a data centre, so that a test can count, cut and stop what goes through. */
export interface TcpProxy extends AsyncDisposable {
  readonly dataCenter: DataCenter;
  /** Pieces of data that clients have sent. */
  readonly sent: () => number;
  readonly connections: () => number;
  /** From now on nothing comes back on the connections there are, and they stay open. */
  freeze(): void;
  /** The next answers are these bytes in place of the server's, one of them each, and then the connection ends. */
  spoil(...answers: readonly Buffer[]): void;
}

/** `onAnswer`: sees each piece of data from the server before it goes on to the client's nth connection (from 1). */
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
