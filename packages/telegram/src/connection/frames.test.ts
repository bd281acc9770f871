// GramJS's modules load in one order only.
import 'telegram';
import { PromisedNetSockets } from 'telegram/extensions/PromisedNetSockets.js';
import { expect, it } from 'vitest';
import { CheckedFrames } from './frames.ts';

/** A socket on which a frame of this length begins. `read`: how many bytes were asked for in all. */
function announcing(length: number): { socket: PromisedNetSockets; read: () => number } {
  const socket = new PromisedNetSockets();
  let read = 0;
  socket.readExactly = async (bytes) => {
    read += bytes;
    const given = Buffer.alloc(bytes);
    if (read === 4) given.writeInt32LE(length);
    return given;
  };
  return { socket, read: () => read };
}

it.each([2 ** 21 + 4, 3 * 2 ** 20, 2 ** 24, 0x7ffffff0])(
  'refuses a frame of %d bytes before any of it is read, so that nothing on the way keeps the process busy',
  async (length) => {
    const { socket, read } = announcing(length);
    await expect(new CheckedFrames({}).readPacket(socket)).rejects.toThrow(`cannot have ${length} bytes`);
    expect(read()).toBe(4);
  },
);

it('reads a frame that holds a part of a file', async () => {
  const { socket, read } = announcing(2 ** 20 + 1024);
  await expect(new CheckedFrames({}).readPacket(socket)).rejects.toThrow('wrong checksum');
  expect(read()).toBe(2 ** 20 + 1024);
});
