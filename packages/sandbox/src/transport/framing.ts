import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** The client violates its transport's rules. Its connection must be closed. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
}

/** How packets are delimited on a connection. Each connection has its own instance, which counts its packets. */
export interface Framing {
  /**
   * The length of the frame that starts with these bytes, including its header; undefined if more bytes are needed.
   * @throws {TransportError} if no packet has that length.
   */
  frameLength(start: Buffer): number | undefined;
  /** Returns the packet in a complete frame, without the transport's padding. @throws {TransportError} */
  unframe(frame: Buffer): Buffer;
  /** Returns the frame for a packet. A packet's length is a multiple of 4 bytes. */
  frame(packet: Buffer): Buffer;
}

/** Limit for a packet: 1 MiB, the most that clients put into a container, and some overhead. */
export const MAX_PACKET = 2 ** 20 + 2 ** 16;

const QUICK_ACK = 0x80_00_00_00;

/** A packet of this length is a transport error, and is sent without padding. */
const ERROR_LENGTH = 4;

function checkedLength(length: number, isWhole: boolean): number {
  if (length < ERROR_LENGTH || length > MAX_PACKET || !isWhole)
    throw new TransportError(`a packet of ${length} bytes`);
  return length;
}

/** Length, sequence number, packet, CRC-32. https://core.telegram.org/mtproto/mtproto-transports#full */
export class FullFraming implements Framing {
  static readonly #OVERHEAD = 12;
  #received = 0;
  #sent = 0;

  frameLength(start: Buffer): number | undefined {
    if (start.length < 4) return undefined;
    const length = start.readUInt32LE(0);
    checkedLength(length - FullFraming.#OVERHEAD, length % 4 === 0);
    return length;
  }

  unframe(frame: Buffer): Buffer {
    const end = frame.length - 4;
    const sequence = frame.readInt32LE(4);
    if (sequence !== this.#received)
      throw new TransportError(`packet ${sequence} where ${this.#received} was due`);
    if (crc32(frame.subarray(0, end)) !== frame.readUInt32LE(end)) throw new TransportError('a wrong CRC-32');
    this.#received += 1;
    return frame.subarray(8, end);
  }

  frame(packet: Buffer): Buffer {
    const frame = Buffer.allocUnsafe(packet.length + FullFraming.#OVERHEAD);
    frame.writeUInt32LE(frame.length, 0);
    frame.writeInt32LE(this.#sent, 4);
    frame.set(packet, 8);
    frame.writeUInt32LE(crc32(frame.subarray(0, frame.length - 4)), frame.length - 4);
    this.#sent += 1;
    return frame;
  }
}

/** The length in words as one byte, or 0x7f and three bytes. Its top bit asks for a quick ack, which is optional. */
export class AbridgedFraming implements Framing {
  frameLength(start: Buffer): number | undefined {
    const first = start[0];
    if (first === undefined) return undefined;
    const words = first & 0x7f;
    if (words !== 0x7f) return 1 + checkedLength(words * 4, true);
    return start.length < 4 ? undefined : 4 + checkedLength(start.readUIntLE(1, 3) * 4, true);
  }

  unframe(frame: Buffer): Buffer {
    return frame.subarray(((frame[0] ?? 0) & 0x7f) === 0x7f ? 4 : 1);
  }

  frame(packet: Buffer): Buffer {
    const words = packet.length / 4;
    const header =
      words < 0x7f
        ? Buffer.from([words])
        : Buffer.from([0x7f, words & 0xff, (words >> 8) & 0xff, words >> 16]);
    return Buffer.concat([header, packet]);
  }
}

/** The length as four bytes. Its top bit asks for a quick ack, which is optional. */
export class IntermediateFraming implements Framing {
  frameLength(start: Buffer): number | undefined {
    if (start.length < 4) return undefined;
    const length = (start.readUInt32LE(0) & ~QUICK_ACK) >>> 0;
    return 4 + checkedLength(length, this.isWhole(length));
  }

  unframe(frame: Buffer): Buffer {
    return frame.subarray(4);
  }

  frame(packet: Buffer): Buffer {
    const frame = Buffer.allocUnsafe(4 + packet.length);
    frame.writeUInt32LE(packet.length, 0);
    frame.set(packet, 4);
    return frame;
  }

  protected isWhole(length: number): boolean {
    return length % 4 === 0;
  }
}

/** Intermediate framing with up to 15 random bytes after each packet, to hide the packet's length. */
export class PaddedIntermediateFraming extends IntermediateFraming {
  override unframe(frame: Buffer): Buffer {
    return withoutPadding(super.unframe(frame));
  }

  override frame(packet: Buffer): Buffer {
    if (packet.length === ERROR_LENGTH) return super.frame(packet);
    const padding = randomBytes(16);
    return super.frame(Buffer.concat([packet, padding.subarray(0, (padding[15] ?? 0) & 0x0f)]));
  }

  protected override isWhole(): boolean {
    return true;
  }
}

/** Cuts off the padding. An unencrypted message states its length; an encrypted one is a multiple of AES blocks. */
function withoutPadding(packet: Buffer): Buffer {
  const encryptedHeader = 24;
  const plainHeader = 20;
  if (packet.length >= plainHeader && packet.readBigInt64LE(0) === 0n) {
    return packet.subarray(0, Math.min(packet.length, plainHeader + packet.readUInt32LE(16)));
  }
  return packet.subarray(0, packet.length - ((packet.length - encryptedHeader) % 16));
}
