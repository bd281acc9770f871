import type { FormatError } from './format-error.ts';
import type { Format, TextBuilder } from './text-builder.ts';

interface Opener {
  char: string;
  /** Characters that are still to be closed. */
  left: number;
  /** In the paragraph, and in the text. */
  at: number;
  start: number;
  /** May be meant as plain characters: a single one between letters. */
  soft: boolean;
}

/** More are a mistake, or meant to do harm. */
const MAX_OPEN = 64;

const PUNCTUATION = /[\p{P}\p{S}]/u;

/** The runs of `*`, `_`, `~~` and `||` of a stretch of text: what each opens or closes, by CommonMark's rules. */
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

  /** Reads the run at `at`. @returns where it ends. @throws {FormatError} */
  read(at: number, to: number): number {
    const char = this.#text.charAt(at);
    let end = at;
    while (end < to && this.#text.charAt(end) === char) end += 1;
    const length = end - at;
    // `~`, `|`, `~~~` and rows of stars are themselves.
    const known = char === '*' || char === '_' ? length <= 3 : length === 2;
    const { opens, closes } = known ? this.#flanks(at, end) : { opens: false, closes: false };
    let left = length;
    if (closes) left = this.#close(char, length, at);
    if (left === 0) return end;
    if (opens) {
      if (this.#open.length >= MAX_OPEN)
        throw this.#fault(at, `\`${char.repeat(left)}\``, `at most ${MAX_OPEN} may be open at a time`);
      this.#open.push({ char, left, at, start: this.#builder.length, soft: closes && length === 1 });
    } else if (closes && left >= 2) {
      throw this.#fault(at, `\`${char.repeat(left)}\``, `it closes nothing: ${instead(char, left)}`);
    } else this.#builder.add(char.repeat(left));
    return end;
  }

  /** @throws {FormatError} where something is still open. */
  end(): void {
    this.#dropTo(0, 'it is never closed: close it, or');
  }

  #flanks(from: number, to: number): { opens: boolean; closes: boolean } {
    const before = kindOf(lastCharacter(this.#text, from));
    const after = kindOf(firstCharacter(this.#text, to));
    const left = after !== 'space' && (after === 'letter' || before !== 'letter');
    const right = before !== 'space' && (before === 'letter' || after !== 'letter');
    if (this.#text.charAt(from) !== '_') return { opens: left, closes: right };
    // snake_case_words are words.
    return { opens: left && (!right || before === 'mark'), closes: right && (!left || after === 'mark') };
  }

  /** Closes what it can. @returns how many of its characters are left. */
  #close(char: string, length: number, at: number): number {
    let left = length;
    while (left > 0) {
      const index = this.#open.findLastIndex((opener) => opener.char === char && fits(opener, left));
      const opener = this.#open[index];
      if (opener === undefined) return left;
      this.#dropTo(
        index + 1,
        `it is not closed before the \`${char.repeat(length)}\` behind it: close it first, or`,
      );
      const used = char === '*' || char === '_' ? Math.min(2, left, opener.left) : 2;
      if (this.#builder.length === opener.start)
        throw this.#fault(
          at,
          `\`${char.repeat(used)}\``,
          `there is nothing between it and the one before: ${instead(char, used)}`,
        );
      this.#builder.format(opener.start, formatOf(char, used));
      opener.left -= used;
      left -= used;
      if (opener.left === 0) this.#open.pop();
    }
    return 0;
  }

  /** Openers from `index` on are closed by nothing any more. */
  #dropTo(index: number, why: string): void {
    for (const opener of this.#open.splice(index)) {
      const { char, left, at, start } = opener;
      if (!opener.soft) throw this.#fault(at, `\`${char.repeat(left)}\``, `${why} ${instead(char, left)}`);
      this.#builder.insert(start, char.repeat(left));
      for (const other of this.#open) if (other.start > start) other.start += left;
    }
  }
}

/** Two close two, one closes one; three may be closed, or close, as two and one. Anything else is not what was meant. */
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

function kindOf(character: string): 'space' | 'mark' | 'letter' {
  if (character === '' || /\s/u.test(character)) return 'space';
  return PUNCTUATION.test(character) ? 'mark' : 'letter';
}

function firstCharacter(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? '' : String.fromCodePoint(code);
}

function lastCharacter(text: string, before: number): string {
  return /.$/su.exec(text.slice(Math.max(0, before - 2), before))?.[0] ?? '';
}
