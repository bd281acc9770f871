import { TlDecodeError } from './errors.ts';

/** Limit for nesting. No valid object nests deeper, and a hostile one must not exhaust the stack. */
const MAX_DEPTH = 128;

/** Reads TL's primitives from a buffer in order. Reading past the end throws a {@link TlDecodeError}. */
export class TlReader {
  readonly buffer: Buffer;
  position: number;
  #depth = 0;

  constructor(bytes: Uint8Array, position = 0) {
    this.buffer = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
  }

  get remaining(): number {
    return this.buffer.length - this.position;
  }

  uint32(): number {
    return this.buffer.readUInt32LE(this.#take(4));
  }

  int32(): number {
    return this.buffer.readInt32LE(this.#take(4));
  }

  long(): bigint {
    return this.buffer.readBigInt64LE(this.#take(8));
  }

  double(): number {
    return this.buffer.readDoubleLE(this.#take(8));
  }

  /** Returns a copy, so that decoded objects do not keep the packet in memory. */
  raw(length: number): Buffer {
    const start = this.#take(length);
    return Buffer.from(this.buffer.subarray(start, start + length));
  }

  bytes(): Buffer {
    const [start, end] = this.#bytes();
    return Buffer.from(this.buffer.subarray(start, end));
  }

  string(): string {
    const [start, end] = this.#bytes();
    return this.buffer.toString('utf8', start, end);
  }

  enter(): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new TlDecodeError('malformed', `nested deeper than ${MAX_DEPTH}`);
  }

  leave(): void {
    this.#depth -= 1;
  }

  #bytes(): [start: number, end: number] {
    const first = this.buffer[this.#take(1)] ?? 0;
    const long = first === 254;
    if (first === 255) throw new TlDecodeError('malformed', 'a string of a reserved length');
    const length = long ? this.buffer.readUIntLE(this.#take(3), 3) : first;
    const start = this.#take(length);
    const unpadded = ((long ? 4 : 1) + length) % 4;
    if (unpadded !== 0) this.#take(4 - unpadded);
    return [start, start + length];
  }

  #take(length: number): number {
    const start = this.position;
    if (start + length > this.buffer.length) {
      throw new TlDecodeError('truncated', `${length} bytes wanted, ${this.remaining} left`);
    }
    this.position = start + length;
    return start;
  }
}
