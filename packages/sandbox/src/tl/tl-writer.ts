import { TlEncodeError } from './errors.ts';

const MAX_BYTES = 0xff_ff_ff;

/** Writes TL's primitives into a growing buffer. Callers check the types of the values. */
export class TlWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(capacity = 512) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  /** Returns the bytes written. The writer must not be used afterwards. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  uint32(value: number): void {
    const start = this.#room(4);
    this.#buffer.writeUInt32LE(value, start);
  }

  int32(value: number): void {
    const start = this.#room(4);
    this.#buffer.writeInt32LE(value, start);
  }

  long(value: bigint): void {
    const start = this.#room(8);
    this.#buffer.writeBigInt64LE(value, start);
  }

  double(value: number): void {
    const start = this.#room(8);
    this.#buffer.writeDoubleLE(value, start);
  }

  raw(value: Uint8Array): void {
    const start = this.#room(value.length);
    this.#buffer.set(value, start);
  }

  bytes(value: Uint8Array): void {
    const start = this.#bytesHeader(value.length);
    this.#buffer.set(value, start);
  }

  string(value: string): void {
    const length = Buffer.byteLength(value);
    const start = this.#bytesHeader(length);
    this.#buffer.write(value, start, length, 'utf8');
  }

  /** Writes the length and zeroed padding, with space for the content between them. @returns the content's position. */
  #bytesHeader(length: number): number {
    if (length > MAX_BYTES)
      throw new TlEncodeError(`TL holds no string of ${length} bytes, ${MAX_BYTES} at most`);
    const header = length < 254 ? 1 : 4;
    const padding = (4 - ((header + length) % 4)) % 4;
    const start = this.#room(header + length + padding);
    if (header === 1) this.#buffer[start] = length;
    else this.#buffer.writeUInt32LE(((length << 8) | 254) >>> 0, start);
    this.#buffer.fill(0, this.#length - padding, this.#length);
    return start + header;
  }

  #room(bytes: number): number {
    const start = this.#length;
    this.#length += bytes;
    if (this.#length > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length));
      this.#buffer.copy(grown, 0, 0, start);
      this.#buffer = grown;
    }
    return start;
  }
}
