import { crc32 } from 'node:zlib';
import type { PromisedNetSockets } from 'telegram/extensions/PromisedNetSockets.js';
import { FullPacketCodec } from 'telegram/network/connection/TCPFull.js';
import { BadFrameError, TransportError } from '../errors/call-errors.ts';

/** Bytes of length, number and checksum. */
const FRAME_BYTES = 12;
const HEAD_BYTES = 8;
/**
 * The largest answer is a part of a file, of 1 MiB. GramJS decrypts 1 MiB in about 25 ms of the event loop, before it
 * can verify the sender: a larger forged frame must not block the process.
 */
export const MAX_FRAME = 2 ** 21;
/** The auth key id and message key precede the encrypted part, which consists of blocks. */
const ENVELOPE_BYTES = 24;
const BLOCK_BYTES = 16;
const PLAIN_KEY_ID = Buffer.alloc(8);

/**
 * GramJS's full transport with checks on incoming data. Without them, GramJS loops for ever on a length below 8, waits
 * for gigabytes that text of another protocol seems to announce, and ignores bare transport errors.
 */
export class CheckedFrames extends FullPacketCodec {
  /** @throws {TransportError | BadFrameError} The connection must then be closed. */
  override async readPacket(reader: PromisedNetSockets): Promise<Buffer> {
    const length = (await reader.readExactly(4)).readInt32LE(0);
    // Some servers send the bare error number, without a frame.
    if (length < 0) throw new TransportError(length);
    if (length < FRAME_BYTES || length > MAX_FRAME || length % 4 !== 0)
      throw new BadFrameError(`A frame cannot have ${length} bytes: this is not Telegram's protocol`);
    const rest = await reader.readExactly(length - 4);
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeInt32LE(length, 0);
    rest.copy(head, 4, 0, 4);
    const body = rest.subarray(4, -4);
    if (crc32(body, crc32(head)) !== rest.readUInt32LE(rest.length - 4))
      throw new BadFrameError('A frame came with a wrong checksum');
    return checkedBody(body);
  }
}

export function checkedBody(body: Buffer): Buffer {
  if (body.length === 4 && body.readInt32LE(0) < 0) throw new TransportError(body.readInt32LE(0));
  const isPlain = body.subarray(0, PLAIN_KEY_ID.length).equals(PLAIN_KEY_ID);
  const encrypted = body.length - ENVELOPE_BYTES;
  if (body.length < PLAIN_KEY_ID.length || (!isPlain && (encrypted <= 0 || encrypted % BLOCK_BYTES !== 0)))
    throw new BadFrameError(`A message cannot have ${body.length} bytes: this is not Telegram's protocol`);
  return body;
}
