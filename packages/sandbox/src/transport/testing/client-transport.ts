import { createCipheriv, createDecipheriv, randomBytes, type Cipher, type Decipher } from 'node:crypto';
import {
  AbridgedFraming,
  FullFraming,
  IntermediateFraming,
  PaddedIntermediateFraming,
  type Framing,
} from '../framing.ts';

export const TRANSPORTS = ['full', 'abridged', 'intermediate', 'padded'] as const;
export type TransportName = (typeof TRANSPORTS)[number];

const TAGS: Record<TransportName, string> = {
  full: '',
  abridged: 'ef',
  intermediate: 'eeeeeeee',
  padded: 'dddddddd',
};

function framingFor(name: TransportName): Framing {
  if (name === 'full') return new FullFraming();
  if (name === 'abridged') return new AbridgedFraming();
  return name === 'intermediate' ? new IntermediateFraming() : new PaddedIntermediateFraming();
}

/** The client's end of a transport. Framing is the same in both directions. */
export class ClientTransport {
  readonly #framing: Framing;
  readonly #streams: { cipher: Cipher; decipher: Decipher } | undefined;
  #opening: Buffer;
  #received = Buffer.alloc(0);

  constructor(name: TransportName, isObfuscated = false) {
    this.#framing = framingFor(name);
    this.#opening = Buffer.from(TAGS[name], 'hex');
    if (!isObfuscated) return;
    const header = randomBytes(64);
    // Otherwise the header could look like another transport's.
    header.fill(0x55, 0, 8);
    header.fill(this.#opening.subarray(0, 1), 56, 60);
    const forward = header.subarray(8, 56);
    const backward = Buffer.from(forward).reverse();
    const cipher = createCipheriv('aes-256-ctr', forward.subarray(0, 32), forward.subarray(32));
    const decipher = createDecipheriv('aes-256-ctr', backward.subarray(0, 32), backward.subarray(32));
    this.#opening = Buffer.concat([header.subarray(0, 56), cipher.update(header).subarray(56)]);
    this.#streams = { cipher, decipher };
  }

  /** Returns the bytes to send for a packet. The bytes for the first packet begin with the name of the transport. */
  encode(packet: Buffer): Buffer {
    const frame = this.#framing.frame(packet);
    const bytes = Buffer.concat([this.#opening, this.#streams?.cipher.update(frame) ?? frame]);
    this.#opening = Buffer.alloc(0);
    return bytes;
  }

  receive(chunk: Buffer): Buffer[] {
    this.#received = Buffer.concat([this.#received, this.#streams?.decipher.update(chunk) ?? chunk]);
    const packets: Buffer[] = [];
    for (;;) {
      const length = this.#framing.frameLength(this.#received.subarray(0, 8));
      if (length === undefined || this.#received.length < length) return packets;
      packets.push(this.#framing.unframe(this.#received.subarray(0, length)));
      this.#received = this.#received.subarray(length);
    }
  }
}
