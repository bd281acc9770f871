import {
  createCipheriv,
  createDecipheriv,
  createHash,
  randomBytes,
  type Cipher,
  type Decipher,
} from 'node:crypto';
import { PacketCodec } from 'telegram/network/connection/Connection.js';
import { BadFrameError } from '../errors/call-errors.ts';
import { checkedBody, MAX_FRAME } from './frames.ts';

/** Reads from a connection. */
interface Reader {
  readExactly(length: number): Promise<Buffer>;
}

const HEADER_BYTES = 64;
const TAG_AT = 56;
const DC_AT = 60;
/** The intermediate transport, without and with padding. */
const TAGS = { plain: 0xeeeeeeee, padded: 0xdddddddd };
/** Beginnings by which other protocols and transports are recognised. */
const OTHERS = new Set(
  ['HEAD', 'POST', 'GET ', 'OPTI', '\x16\x03\x01\x02'].map((text) =>
    Buffer.from(text, 'latin1').readUInt32LE(0),
  ),
);

/**
 * The encryption between a client and an MTProto proxy, which hides that Telegram is used.
 * https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation
 */
export class Obfuscation {
  /** The first bytes of the connection. */
  readonly header: Buffer;
  readonly #cipher: Cipher;
  readonly #decipher: Decipher;

  /** @param secret hexadecimal digits; `dd` at the beginning asks for padding. */
  constructor(secret: string, dcId: number) {
    const key = Buffer.from(secret, 'hex').subarray(-16);
    const header = freshHeader();
    const forward = header.subarray(8, TAG_AT);
    const backward = Buffer.from(forward).reverse();
    this.#cipher = createCipheriv('aes-256-ctr', keyOf(forward, key), forward.subarray(32));
    this.#decipher = createDecipheriv('aes-256-ctr', keyOf(backward, key), backward.subarray(32));
    header.writeUInt32LE(isPadded(secret) ? TAGS.padded : TAGS.plain, TAG_AT);
    header.writeInt16LE(dcId, DC_AT);
    this.header = Buffer.concat([header.subarray(0, TAG_AT), this.#cipher.update(header).subarray(TAG_AT)]);
  }

  encrypt(data: Buffer): Buffer {
    return this.#cipher.update(data);
  }

  /** Reads what `reader` has, decrypted. */
  over(reader: Reader): Reader {
    return { readExactly: async (length) => this.#decipher.update(await reader.readExactly(length)) };
  }
}

export function isPadded(secret: string): boolean {
  return secret.length > 32;
}

function freshHeader(): Buffer {
  for (;;) {
    const header = randomBytes(HEADER_BYTES);
    const first = header.readUInt32LE(0);
    const isTaken = header[0] === 0xef || OTHERS.has(first) || first === TAGS.plain || first === TAGS.padded;
    if (!isTaken && header.readUInt32LE(4) !== 0) return header;
  }
}

function keyOf(stream: Buffer, secret: Buffer): Buffer {
  return createHash('sha256').update(stream.subarray(0, 32)).update(secret).digest();
}

/** The intermediate transport: each message after its length. */
export class IntermediateFrames extends PacketCodec {
  override encodePacket(data: Buffer): Buffer {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(data.length, 0);
    return Buffer.concat([length, data]);
  }

  /** @throws {TransportError | BadFrameError} The connection must then be closed. */
  override async readPacket(reader: Reader): Promise<Buffer> {
    const length = (await reader.readExactly(4)).readUInt32LE(0);
    if (length < 4 || length > MAX_FRAME)
      throw new BadFrameError(`A frame cannot have ${length} bytes: this is not Telegram's protocol`);
    return checkedBody(withoutPadding(await reader.readExactly(length)));
  }
}

/** As {@link IntermediateFrames}, with up to 15 random bytes after each message. */
export class PaddedFrames extends IntermediateFrames {
  override encodePacket(data: Buffer): Buffer {
    const padding = randomBytes(16);
    return super.encodePacket(Buffer.concat([data, padding.subarray(0, (padding[15] ?? 0) & 15)]));
  }
}

/** A message in clear states its length; an encrypted one consists of blocks of 16 bytes after 24 others. */
function withoutPadding(body: Buffer): Buffer {
  if (body.length < 20) return body.subarray(0, 4);
  if (body.readBigInt64LE(0) === 0n) return body.subarray(0, 20 + body.readUInt32LE(16));
  return body.subarray(0, body.length - ((body.length - 24) % 16));
}
