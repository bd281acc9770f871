import { isTestServer, type SessionParts } from './foreign-session.ts';

const HAS_SELF = 1;
const TEST_MODE = 2;
const HAS_MEDIA_DC = 4;
const TL_DC_OPTION = 0x18b7a10d;
const TL_TRUE = 0x997275b5;
const TL_FALSE = 0xbc799737;

/** A data centre in mtcute's form. */
export interface MtcuteDc {
  id: number;
  testMode: boolean;
}

/** Reads mtcute's string sessions, versions 1 to 3: a byte, then TL. `undefined`: not mtcute's, or incomplete. */
export function readMtcute(bytes: Buffer): SessionParts | undefined {
  try {
    return read(bytes);
  } catch (error) {
    // Thrown by the reader and by Buffer.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function read(bytes: Buffer): SessionParts | undefined {
  const version = bytes.readUInt8(0);
  if (version < 1 || version > 3) return undefined;
  const tl = new TlReader(bytes, 1);
  const flags = tl.int();
  if (flags > (HAS_SELF | TEST_MODE | HAS_MEDIA_DC)) return undefined;
  const dc = () => (version === 3 ? readBasicDc(tl.bytes()) : tl.dcOption());
  const main = dc();
  if (main === undefined) return undefined;
  if (version >= 2 && (flags & HAS_MEDIA_DC) !== 0 && dc() === undefined) return undefined;
  let isBot = false;
  if ((flags & HAS_SELF) !== 0) {
    tl.skip(8);
    const answer = tl.int();
    if (answer !== TL_TRUE && answer !== TL_FALSE) return undefined;
    isBot = answer === TL_TRUE;
  }
  const authKey = tl.bytes();
  if (!tl.isAtEnd) return undefined;
  return { dcId: main.id, authKey, testMode: main.testMode || (flags & TEST_MODE) !== 0, isBot };
}

/** Reads mtcute's own form of a data centre, in its strings and its storage: version, id, flags, address, port. */
export function readBasicDc(bytes: Buffer): MtcuteDc | undefined {
  if (bytes.length < 3) return undefined;
  const [version, id = 0, flags = 0] = bytes;
  if (version !== 1 && version !== 2) return undefined;
  const tl = new TlReader(bytes, 3);
  const address = tl.bytes().toString('latin1');
  tl.skip(4);
  if (!tl.isAtEnd) return undefined;
  return { id, testMode: (version === 2 && (flags & 4) !== 0) || isTestServer(address) };
}

/** Reads the part of Telegram's binary format (TL) that is needed. Throws a RangeError past the end. */
class TlReader {
  readonly #all: Buffer;
  #at: number;

  constructor(all: Buffer, at: number) {
    this.#all = all;
    this.#at = at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#all.length;
  }

  int(): number {
    const value = this.#all.readUInt32LE(this.#at);
    this.#at += 4;
    return value;
  }

  skip(length: number): void {
    this.#at += length;
    if (this.#at > this.#all.length) throw new RangeError('past the end');
  }

  /** A length in 1 or 4 bytes, the bytes, and zeros up to a multiple of 4. */
  bytes(): Buffer {
    const first = this.#all.readUInt8(this.#at);
    const isLong = first === 254;
    const length = isLong ? this.#all.readUIntLE(this.#at + 1, 3) : first;
    const start = this.#at + (isLong ? 4 : 1);
    this.#at = start;
    this.skip(length);
    const end = this.#at;
    this.skip((4 - ((length + (isLong ? 0 : 1)) % 4)) % 4);
    if (this.#all.subarray(end, this.#at).some((byte) => byte !== 0))
      throw new RangeError('a byte between two values');
    return this.#all.subarray(start, start + length);
  }

  /** `dcOption` of Telegram's schema, used in mtcute's versions 1 and 2. */
  dcOption(): MtcuteDc | undefined {
    if (this.int() !== TL_DC_OPTION) return undefined;
    const flags = this.int();
    const id = this.int();
    const address = this.bytes().toString('latin1');
    this.skip(4);
    if ((flags & 1024) !== 0) this.bytes();
    return { id, testMode: isTestServer(address) };
  }
}
