/**
 * Splits bytes that arrive in pieces of any size into lines, ended by LF, CR or CRLF. Drops a byte order mark at the
 * start. Buffers at most one unfinished line.
 */
export class LineSplitter {
  readonly #decoder = new TextDecoder();
  readonly #maxLength: number;
  #unfinished: string[] = [];
  #length = 0;
  #endsInCr = false;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** @throws {RangeError} if a line exceeds the maximum length. */
  *push(bytes: Uint8Array): Generator<string> {
    yield* this.#cut(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The last line, if it has no line end. */
  *end(): Generator<string> {
    yield* this.#cut(this.#decoder.decode());
    if (this.#length > 0) yield this.#take('');
  }

  *#cut(text: string): Generator<string> {
    if (text === '') return;
    // Skips the LF of a CRLF that was split between two pieces.
    let start = this.#endsInCr && text.startsWith('\n') ? 1 : 0;
    this.#endsInCr = text.endsWith('\r');
    const lineEnd = /\r\n|\n|\r/g;
    lineEnd.lastIndex = start;
    for (let end = lineEnd.exec(text); end !== null; end = lineEnd.exec(text)) {
      yield this.#take(text.slice(start, end.index));
      start = lineEnd.lastIndex;
    }
    this.#hold(text.slice(start));
  }

  #hold(text: string): void {
    if (text === '') return;
    this.#length += text.length;
    if (this.#length > this.#maxLength) throw new RangeError(`a line is over ${this.#maxLength} characters`);
    this.#unfinished.push(text);
  }

  #take(text: string): string {
    if (this.#length === 0) return text;
    this.#hold(text);
    const line = this.#unfinished.join('');
    this.#unfinished = [];
    this.#length = 0;
    return line;
  }
}
