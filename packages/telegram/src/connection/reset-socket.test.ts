import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ResetSocket } from './reset-socket.ts';

test('a close resets the connection, so that nothing is sent later', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const socket = new ResetSocket();
  await socket.connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [receiver] = await accepted;
  const failed = once(receiver.resume(), 'error');
  await socket.close();
  await socket.close();
  expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
});
