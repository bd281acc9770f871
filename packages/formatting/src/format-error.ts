/** Invalid markup. The message says what is wrong, where, and what to write instead. */
export class FormatError extends Error {
  /** Position in the source, in UTF-16 units. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;

  /** @param what names the faulty markup; the message adds its line and column. `hint` says what to do. */
  constructor(source: string, offset: number, what: string, hint: string) {
    const before = source.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - before.lastIndexOf('\n');
    super(`${what} at line ${line}, column ${column}: ${hint}`);
    this.name = 'FormatError';
    this.offset = offset;
    this.line = line;
    this.column = column;
  }
}
