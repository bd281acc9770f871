import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createTelegram } from '../telegram.ts';
import { MemoryPeerBook } from '../testing/memory-peer-book.ts';
import type { DataCenter } from '../types.ts';
import { CONNECT_AT_A_TIME } from './connect-limit.ts';
import { writeSession } from './session.ts';

/** A data centre that accepts connections and never answers. */
class SilentDataCenter {
  readonly #server = createServer((socket) => {
    this.accepted += 1;
    this.#sockets.add(socket.on('error', () => {}).resume());
  });
  readonly #sockets = new Set<Socket>();
  accepted = 0;

  async listen(id: number): Promise<DataCenter> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      for (const socket of this.#sockets) socket.destroy();
      this.#server.close();
    });
    return { id, host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }
}

test('of many accounts that want to receive or to transfer files, only some connect at the same time', async () => {
  const [second, third] = [new SilentDataCenter(), new SilentDataCenter()];
  const telegram = createTelegram({
    apiId: 1,
    apiHash: '0123456789abcdef0123456789abcdef',
    dataCenters: [await second.listen(2), await third.listen(3)],
    serverKeys: [],
    connectTimeoutMs: 60_000,
    callTimeoutMs: 60_000,
  });
  const open = (dcId: number) => {
    const client = telegram.open(writeSession({ dcId, authKey: randomBytes(256) }), new MemoryPeerBook());
    onTestFinished(() => client.close());
    return client;
  };
  /** Begins to receive for an account of the data centre. */
  const receive = (dcId: number) => {
    const stop = new AbortController();
    const client = open(dcId);
    const options = { ownId: '1', stored: null, wantsChat: () => true, deliver: async () => {} };
    const ended = client.receive({ ...options, signal: stop.signal }, (call) => call());
    ended.catch(() => {});
    return { client, stop: () => stop.abort(), ended };
  };

  /** Begins to upload a file for an account of the data centre. */
  const upload = (dcId: number) => {
    const client = open(dcId);
    const part = { fileId: 1n, size: 1, parts: 1, part: 0, bytes: Buffer.alloc(1) };
    const ended = client.uploadPart(part, (call) => call());
    ended.catch(() => {});
    return { client, ended };
  };

  const accounts = Array.from({ length: CONNECT_AT_A_TIME + 10 }, () => receive(2));
  await expect.poll(() => second.accepted).toBe(CONNECT_AT_A_TIME);

  upload(2);
  const given = upload(2);
  // Another data centre has places of its own.
  receive(3);
  await expect.poll(() => third.accepted).toBe(1);

  expect(second.accepted).toBe(CONNECT_AT_A_TIME);
  await given.client.close();
  await expect(given.ended).rejects.toThrow('Telegram is not reachable');

  // When one has ended, a file goes first. Its connection opens at once, so an account that receives follows.
  await accounts[0]?.client.close();
  await expect.poll(() => second.accepted).toBe(CONNECT_AT_A_TIME + 2);

  // Those that wait leave at once, although none of the others ends.
  const waiting = accounts.slice(CONNECT_AT_A_TIME + 1);
  for (const { stop } of waiting) stop();
  await Promise.all(waiting.map(({ ended }) => ended));
  expect(second.accepted).toBe(CONNECT_AT_A_TIME + 2);
});
