import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** An address, or the path of a Unix socket, which all network namespaces share. */
export type End = { host: string; port: number } | { path: string };

export interface Route {
  from: End;
  to: End;
}

/** Forwards each connection to `from` to `to`. Closing either side closes the other. */
export async function openRelay({ from, to }: Route): Promise<Server> {
  const server = createServer((client) => {
    const upstream = connect(to);
    join(client, upstream);
    join(upstream, client);
  });
  server.listen(from);
  await once(server, 'listening');
  return server;
}

function join(one: Socket, other: Socket): void {
  one.on('error', () => {});
  one.on('close', () => other.destroy());
  one.pipe(other);
}
