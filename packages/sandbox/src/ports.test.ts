import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { choosePorts } from './ports.ts';

test('no data centre uses the port of the control API, even if that is the next port', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const earlier = { main: port, others: { 1: port + 1, 3: port + 2 } };
  for (const chosen of [
    await choosePorts(port, undefined, port + 1),
    await choosePorts(port, earlier, port + 1),
  ])
    expect(chosen.map((each) => each.port)).not.toContain(port + 1);
});
