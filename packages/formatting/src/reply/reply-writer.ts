import type { Format, TextBuilder } from '../text-builder.ts';

/** Builds a text with indented lines in lists. */
export class ReplyWriter {
  readonly #builder: TextBuilder;
  #indent = '';
  #atLineStart = true;

  constructor(builder: TextBuilder) {
    this.#builder = builder;
  }

  add(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#addPart(text.slice(start, end));
      this.#builder.add('\n');
      this.#atLineStart = true;
      start = end + 1;
    }
    this.#addPart(text.slice(start));
  }

  /** Indents the lines that `write` starts. */
  indented(columns: number, write: () => void): void {
    const before = this.#indent;
    this.#indent += ' '.repeat(columns);
    write();
    this.#indent = before;
  }

  formatted(format: Format | null, write: () => void): void {
    const start = this.#builder.length;
    write();
    if (format !== null) this.#builder.format(start, format);
  }

  /** A position for {@link formatSince}. */
  get position(): number {
    return this.#builder.length;
  }

  formatSince(position: number, format: Format): void {
    this.#builder.format(position, format);
  }

  #addPart(text: string): void {
    if (text === '') return;
    this.#builder.add(this.#atLineStart ? this.#indent + text : text);
    this.#atLineStart = false;
  }
}
