/**
 * Part of a source that knows the source position of each of its characters. Some source characters may be left out.
 */
export class MarkedText {
  readonly text: string;
  /** Starts of the pieces, in this text and in the source, ascending. */
  readonly #pieces: readonly { at: number; source: number }[];

  constructor(text: string, pieces: readonly { at: number; source: number }[] = [{ at: 0, source: 0 }]) {
    this.text = text;
    this.#pieces = pieces;
  }

  /** Joins lines with line ends. */
  static join(lines: readonly MarkedText[]): MarkedText {
    if (lines.length === 1 && lines[0] !== undefined) return lines[0];
    const pieces: { at: number; source: number }[] = [];
    let at = 0;
    for (const line of lines) {
      for (const piece of line.#pieces) pieces.push({ at: at + piece.at, source: piece.source });
      at += line.text.length + 1;
    }
    return new MarkedText(lines.map(({ text }) => text).join('\n'), pieces);
  }

  /** The lines, without line ends. */
  lines(): MarkedText[] {
    let at = 0;
    return this.text.split('\n').map((text) => {
      const line = new MarkedText(text, [{ at: 0, source: this.sourceOffset(at) }]);
      at += text.length + 1;
      return line;
    });
  }

  /** The rest of a single line after its first `length` characters. */
  from(length: number): MarkedText {
    return new MarkedText(this.text.slice(length), [{ at: 0, source: this.sourceOffset(length) }]);
  }

  /** The source position of a character of this text. */
  sourceOffset(at: number): number {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#pieces[middle]?.at ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    const piece = this.#pieces[low] ?? { at: 0, source: 0 };
    return piece.source + at - piece.at;
  }
}
