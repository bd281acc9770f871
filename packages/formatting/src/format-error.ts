/** Marked-up text that is not right. The message says what is wrong, where, and what to write instead. */
export class FormatError extends Error {
  /** Where in the source, in UTF-16 units. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;

  /** @param what names the fault; `line …, column …` is put behind it. `hint` says what to do. */
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
