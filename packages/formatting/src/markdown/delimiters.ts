import type { FormatError } from '../format-error.ts';
import { quoted } from '../quoted.ts';
import type { Format, OptionalText, TextBuilder } from '../text-builder.ts';
import { flankingOf } from './flanking.ts';

interface Opener {
  char: string;
  /** Number of characters that are not closed yet. */
  left: number;
  /** Position in the paragraph. */
  at: number;
  /** Position of its content in the builder, with and without text that may be dropped. */
  start: number;
  shown: number;
  /** The character as text, if it may be plain: a single one between letters. */
  literal: OptionalText | null;
}

/** Maximum number of open delimiters. More are a mistake or an attack. */
const MAX_OPEN = 64;

/** Parses the runs of `*`, `_`, `~~` and `||` in a stretch of text, by CommonMark's rules. */
export class Delimiters {
  readonly #text: string;
  readonly #builder: TextBuilder;
  readonly #fault: (at: number, what: string, hint: string) => FormatError;
  readonly #open: Opener[] = [];

  constructor(
    text: string,
    builder: TextBuilder,
    fault: (at: number, what: string, hint: string) => FormatError,
  ) {
    this.#text = text;
    this.#builder = builder;
    this.#fault = fault;
  }

  /** Parses the run at `at`. @returns its end. @throws {FormatError} */
  read(at: number, to: number): number {
    const char = this.#text.charAt(at);
    let end = at;
    while (end < to && this.#text.charAt(end) === char) end += 1;
    const length = end - at;
    // `~`, `|`, `~~~` and rows of four or more stars are plain text.
    const known = char === '*' || char === '_' ? length <= 3 : length === 2;
    const { opens, closes } = known ? flankingOf(this.#text, at, end) : { opens: false, closes: false };
    let left = length;
    if (closes) left = this.#close(char, length, at);
    if (left === 0) return end;
    const run = char.repeat(left);
    if (opens) {
      if (this.#open.length >= MAX_OPEN)
        throw this.#fault(at, quoted(run), `at most ${MAX_OPEN} may be open at once`);
      const literal = closes && length === 1 ? this.#builder.addOptional(char) : null;
      const { length: start, shown } = this.#builder;
      this.#open.push({ char, left, at, start, shown, literal });
    } else if (closes && left >= 2) {
      throw this.#fault(at, quoted(run), `it closes nothing: ${instead(char, left)}`);
    } else this.#builder.add(run);
    return end;
  }

  /** @throws {FormatError} if a delimiter is still open. */
  end(): void {
    this.#dropOpeners(0, 'it is never closed: close it, or');
  }

  /** Closes as many openers as possible. @returns the number of characters left over. */
  #close(char: string, length: number, at: number): number {
    let left = length;
    while (left > 0) {
      const index = this.#open.findLastIndex((opener) => opener.char === char && fits(opener, left));
      const opener = this.#open[index];
      if (opener === undefined) return left;
      this.#dropOpeners(
        index + 1,
        `it is not closed before the ${quoted(char.repeat(length))} after it: close it first, or`,
      );
      const used = char === '*' || char === '_' ? Math.min(2, left, opener.left) : 2;
      if (this.#builder.shown === opener.shown)
        throw this.#fault(
          at,
          quoted(char.repeat(used)),
          `there is nothing between it and the one before: ${instead(char, used)}`,
        );
      this.#builder.format(opener.start, formatOf(char, used));
      opener.left -= used;
      left -= used;
      if (opener.left === 0) this.#open.pop();
    }
    return 0;
  }

  /** Drops the openers from `index` on, because nothing can close them any more. */
  #dropOpeners(index: number, why: string): void {
    for (const { char, left, at, literal } of this.#open.splice(index)) {
      if (literal === null) throw this.#fault(at, quoted(char.repeat(left)), `${why} ${instead(char, left)}`);
      this.#builder.keep(literal);
    }
  }
}

/**
 * Two characters close two, and one closes one. Three may be split into two and one. Anything else is probably a
 * mistake.
 */
function fits(opener: Opener, left: number): boolean {
  return opener.left === left || opener.left === 3 || left === 3;
}

function formatOf(char: string, count: number): Format {
  if (char === '~') return { type: 'strikethrough' };
  if (char === '|') return { type: 'spoiler' };
  return { type: count === 2 ? 'bold' : 'italic' };
}

function instead(char: string, count: number): string {
  return `write ${`\\${char}`.repeat(count)} for plain characters`;
}
