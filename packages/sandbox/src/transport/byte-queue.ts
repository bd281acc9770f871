/** A queue of bytes: chunks of any size go in, and pieces of other sizes come out. */
export class ByteQueue {
  #chunks: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** Returns up to `count` bytes from the front and leaves them in the queue. */
  peek(count: number): Buffer {
    const [first] = this.#chunks;
    if (first === undefined) return Buffer.alloc(0);
    if (first.length >= count) return first.subarray(0, count);
    const parts: Buffer[] = [];
    let missing = Math.min(count, this.#length);
    for (const chunk of this.#chunks) {
      if (missing <= 0) break;
      parts.push(chunk.subarray(0, missing));
      missing -= chunk.length;
    }
    return Buffer.concat(parts);
  }

  /** Removes and returns `count` bytes. The queue must have that many. */
  take(count: number): Buffer {
    const joined = this.#chunks.length === 1 ? (this.#chunks[0] ?? Buffer.alloc(0)) : this.#join(count);
    const rest = joined.subarray(count);
    this.#chunks = rest.length === 0 ? this.#chunks.slice(1) : [rest, ...this.#chunks.slice(1)];
    this.#length -= count;
    return joined.subarray(0, count);
  }

  /** Joins chunks until the first has at least `count` bytes, and returns it. */
  #join(count: number): Buffer {
    let length = 0;
    let chunks = 0;
    for (const chunk of this.#chunks) {
      if (length >= count) break;
      length += chunk.length;
      chunks += 1;
    }
    const joined = Buffer.concat(this.#chunks.slice(0, chunks), length);
    this.#chunks.splice(0, chunks, joined);
    return joined;
  }
}
