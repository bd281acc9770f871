import { ByteQueue } from './byte-queue.ts';
import {
  AbridgedFraming,
  FullFraming,
  IntermediateFraming,
  PaddedIntermediateFraming,
  TransportError,
  type Framing,
} from './framing.ts';
import { OBFUSCATION_HEADER, openObfuscation, type Obfuscation } from './obfuscation.ts';

const ABRIDGED = 0xef;
const TAG_LENGTH = 4;
const LONGEST_HEADER = 8;

function taggedFraming(tag: number): Framing | undefined {
  if (tag === 0xefefefef) return new AbridgedFraming();
  if (tag === 0xeeeeeeee) return new IntermediateFraming();
  if (tag === 0xdddddddd) return new PaddedIntermediateFraming();
  return undefined;
}

/**
 * The server's end of one connection's transport: full, abridged, intermediate or padded intermediate. All but the full
 * one may be obfuscated. The first bytes tell which it is.
 */
export class ServerTransport {
  readonly #bytes = new ByteQueue();
  #framing: Framing | undefined;
  #obfuscation: Obfuscation | undefined;

  /**
   * Adds received bytes and returns the packets that they complete.
   * @throws {TransportError} if the bytes belong to no transport. The connection must then be closed.
   */
  receive(chunk: Buffer): Buffer[] {
    this.#bytes.push(this.#obfuscation === undefined ? chunk : this.#obfuscation.decipher.update(chunk));
    this.#framing ??= this.#detect();
    const packets: Buffer[] = [];
    for (let frame = this.#nextFrame(); frame !== undefined; frame = this.#nextFrame()) packets.push(frame);
    return packets;
  }

  /** Returns the bytes to send for a packet; undefined before the client has chosen a transport. */
  encode(packet: Buffer): Buffer | undefined {
    const frame = this.#framing?.frame(packet);
    return frame === undefined || this.#obfuscation === undefined
      ? frame
      : this.#obfuscation.cipher.update(frame);
  }

  #nextFrame(): Buffer | undefined {
    const framing = this.#framing;
    const length = framing?.frameLength(this.#bytes.peek(LONGEST_HEADER));
    if (framing === undefined || length === undefined || this.#bytes.length < length) return undefined;
    return framing.unframe(this.#bytes.take(length));
  }

  #detect(): Framing | undefined {
    const start = this.#bytes.peek(OBFUSCATION_HEADER);
    if (start[0] === ABRIDGED) {
      this.#bytes.take(1);
      return new AbridgedFraming();
    }
    if (start.length < LONGEST_HEADER) return undefined;
    const tagged = taggedFraming(start.readUInt32LE(0));
    if (tagged !== undefined) {
      this.#bytes.take(TAG_LENGTH);
      return tagged;
    }
    // Bytes 4 to 7 of the full transport are the number of its first packet, 0. An obfuscated header never has 0 there.
    if (start.readUInt32LE(4) === 0) return new FullFraming();
    return start.length < OBFUSCATION_HEADER ? undefined : this.#openObfuscation();
  }

  #openObfuscation(): Framing {
    const obfuscation = openObfuscation(this.#bytes.take(OBFUSCATION_HEADER));
    const framing = taggedFraming(obfuscation.tag);
    if (framing === undefined) throw new TransportError('the first bytes are of no transport');
    this.#obfuscation = obfuscation;
    const rest = this.#bytes.take(this.#bytes.length);
    this.#bytes.push(obfuscation.decipher.update(rest));
    return framing;
  }
}
