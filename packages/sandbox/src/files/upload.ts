import { createHash, type Hash } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { rpcError } from '../rpc/errors.ts';

/** The largest part, in bytes. The size of a part divides it. */
const LARGEST_PART = 512 * 1024;
const PART_UNIT = 1024;

interface Part {
  size: number;
  crc: number;
}

/** A whole uploaded file. */
export interface UploadedBytes {
  /** Hex. */
  sha256: string;
  size: number;
}

/**
 * A file that a client uploads. Each part is written to disk when it arrives, in any order. All parts have one size,
 * only the last one may be shorter.
 */
export class Upload {
  readonly path: string;
  readonly #fd: number;
  readonly #parts = new Map<number, Part>();
  /** The size of all parts but the last; 0 before the first part. */
  #partSize = 0;
  /** The digest of the first `#hashed` parts. */
  #hash: Hash = createHash('sha256');
  #hashed = 0;
  #size = 0;

  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, 'w+', 0o600);
  }

  /** The bytes that have arrived. */
  get size(): number {
    return this.#size;
  }

  /**
   * Writes a part. A repeated part replaces the earlier one.
   *
   * @param isLast undefined if the number of parts is not known yet.
   * @throws {RpcError} FILE_PART_EMPTY, FILE_PART_TOO_BIG, FILE_PART_SIZE_INVALID, FILE_PART_SIZE_CHANGED.
   */
  savePart(index: number, bytes: Uint8Array, isLast: boolean | undefined): void {
    const { length: size } = bytes;
    if (size === 0) throw rpcError('FILE_PART_EMPTY');
    if (size > LARGEST_PART) throw rpcError('FILE_PART_TOO_BIG');
    if (isLast === false && !isPartSize(size)) throw rpcError('FILE_PART_SIZE_INVALID');
    const crc = crc32(bytes);
    const known = this.#parts.get(index);
    if (known?.size === size && known.crc === crc) return;
    if (this.#parts.size === 0) this.#partSize = size;
    else if (size > this.#partSize) this.#growParts(size);
    else if (size < this.#partSize && isLast === false) throw rpcError('FILE_PART_SIZE_CHANGED');
    writeFully(this.#fd, bytes, index * this.#partSize);
    this.#parts.set(index, { size, crc });
    this.#size += size - (known?.size ?? 0);
    if (index < this.#hashed) this.#restartHash();
    this.#hashWholeParts();
  }

  /**
   * Ends the upload. The file then has exactly the bytes of the first `count` parts.
   *
   * @throws {RpcError} FILE_PART_X_MISSING, FILE_PART_SIZE_INVALID.
   */
  finish(count: number): UploadedBytes {
    for (let index = 0; index < count; index += 1) {
      const part = this.#parts.get(index);
      if (part === undefined) throw rpcError(`FILE_PART_${index}_MISSING`);
      const isLast = index === count - 1;
      if (!isLast && (part.size !== this.#partSize || !isPartSize(part.size)))
        throw rpcError('FILE_PART_SIZE_INVALID');
    }
    if (this.#hashed > count) this.#restartHash();
    const hash = this.#hash.copy();
    for (let index = this.#hashed; index < count; index += 1) hash.update(this.#read(index));
    const size = (count - 1) * this.#partSize + (this.#parts.get(count - 1)?.size ?? 0);
    ftruncateSync(this.#fd, size);
    closeSync(this.#fd);
    return { sha256: hash.digest('hex'), size };
  }

  /** Deletes the parts. */
  discard(): void {
    closeSync(this.#fd);
    rmSync(this.path, { force: true });
  }

  /** The only part so far was the last one, which is shorter: it moves to its place behind larger parts. */
  #growParts(size: number): void {
    const [first, ...others] = this.#parts;
    if (first === undefined || others.length > 0) throw rpcError('FILE_PART_SIZE_CHANGED');
    const [index] = first;
    const bytes = this.#read(index);
    this.#partSize = size;
    writeFully(this.#fd, bytes, index * size);
  }

  #restartHash(): void {
    this.#hash = createHash('sha256');
    this.#hashed = 0;
  }

  /** Hashes parts as they arrive, so that the end of a large upload is quick. A shorter part waits for the end. */
  #hashWholeParts(): void {
    while (this.#parts.get(this.#hashed)?.size === this.#partSize) {
      this.#hash.update(this.#read(this.#hashed));
      this.#hashed += 1;
    }
  }

  #read(index: number): Buffer {
    const bytes = Buffer.alloc(this.#parts.get(index)?.size ?? 0);
    readSync(this.#fd, bytes, 0, bytes.length, index * this.#partSize);
    return bytes;
  }
}

function isPartSize(size: number): boolean {
  return size % PART_UNIT === 0 && LARGEST_PART % size === 0;
}

function writeFully(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;)
    done += writeSync(fd, bytes, done, bytes.length - done, position + done);
}
