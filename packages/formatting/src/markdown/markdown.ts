import { FormatError } from '../format-error.ts';
import { MarkedText } from '../marked-text.ts';
import { quoted } from '../quoted.ts';
import { TextBuilder, type MarkedUp } from '../text-builder.ts';
import { parseInline } from './markdown-inline.ts';

/** The start of a code block. With backticks in the rest of the line it is inline code instead. */
const FENCE = /^( {0,3})(?:(`{3,})([^`]*)|(~{3,})([^\n]*))$/;

const ESCAPE = /\\([!-/:-@[-`{-~])/g;

/**
 * Parses the Markdown of messages. CommonMark: `**bold**`, `__bold__`, `*italic*`, `_italic_`, `` `code` ``, fenced
 * code, `[text](address "title")`, `<https://address>`, `> quote`, backslash escapes. GitHub: `~~strike~~`. Telegram:
 * `||spoiler||`, `![👍](tg://emoji?id=1)`. Plain text: headings, lists, rules, HTML, character references, indentation,
 * blank lines. `commonmark.test.ts` lists every difference.
 *
 * CommonMark has no errors: it shows markup that it cannot parse. A message that shows its markup is a mistake, so this
 * parser refuses markup that is not closed. No CommonMark library reports that.
 * @throws {FormatError}
 */
export function parseMarkdown(source: string): MarkedUp {
  const builder = new TextBuilder();
  new BlockParser(source, builder).read(new MarkedText(source).lines(), false);
  return builder.build();
}

class BlockParser {
  readonly #source: string;
  readonly #builder: TextBuilder;

  constructor(source: string, builder: TextBuilder) {
    this.#source = source;
    this.#builder = builder;
  }

  read(lines: readonly MarkedText[], inQuote: boolean): void {
    let at = 0;
    for (let line = lines[at]; line !== undefined; line = lines[at]) {
      if (at > 0) this.#builder.add('\n');
      const fence = fenceOf(line.text);
      if (fence !== null) at = this.#readFence(lines, at, fence);
      else if (!inQuote && isQuote(line)) at = this.#readQuote(lines, at);
      else if (line.text.trim() === '') {
        if (!inQuote) this.#builder.add(line.text);
        at += 1;
      } else at = this.#readParagraph(lines, at, inQuote);
    }
  }

  #readFence(lines: readonly MarkedText[], from: number, { indent, marks, info }: Fence): number {
    let end = from + 1;
    while (end < lines.length && !closes(lines[end]?.text ?? '', marks)) end += 1;
    if (end === lines.length) {
      const offset = lines[from]?.sourceOffset(indent) ?? 0;
      throw new FormatError(
        this.#source,
        offset,
        quoted(marks),
        'the code block is never closed: close it on a line of its own',
      );
    }
    const start = this.#builder.length;
    const content = lines.slice(from + 1, end).map(({ text }) => withoutIndent(text, indent));
    this.#builder.add(content.join('\n'));
    const language = info.trim().replaceAll(ESCAPE, '$1').split(/\s/, 1)[0] ?? '';
    this.#builder.format(start, { type: 'pre', language });
    return end + 1;
  }

  #readQuote(lines: readonly MarkedText[], from: number): number {
    let end = from;
    while (end < lines.length && isQuote(lines[end])) end += 1;
    const start = this.#builder.length;
    const content = lines.slice(from, end).map((line) => line.from(line.text.startsWith('> ') ? 2 : 1));
    this.read(content, true);
    this.#builder.format(start, { type: 'blockquote', expandable: false });
    return end;
  }

  #readParagraph(lines: readonly MarkedText[], from: number, inQuote: boolean): number {
    let end = from + 1;
    while (end < lines.length && continuesParagraph(lines[end], inQuote)) end += 1;
    parseInline(MarkedText.join(lines.slice(from, end)), this.#source, this.#builder);
    return end;
  }
}

interface Fence {
  /** Number of spaces before it. */
  indent: number;
  marks: string;
  /** The rest of its line. */
  info: string;
}

function fenceOf(line: string): Fence | null {
  const [, indent = '', ticks, tickInfo, tildes, tildeInfo] = FENCE.exec(line) ?? [];
  const marks = ticks ?? tildes;
  return marks === undefined ? null : { indent: indent.length, marks, info: tickInfo ?? tildeInfo ?? '' };
}

function closes(line: string, marks: string): boolean {
  const written = line.trim();
  const isRun = written.length >= marks.length && written === marks.charAt(0).repeat(written.length);
  return isRun && line.indexOf(marks.charAt(0)) <= 3;
}

function withoutIndent(line: string, most: number): string {
  let spaces = 0;
  while (spaces < most && line.charAt(spaces) === ' ') spaces += 1;
  return line.slice(spaces);
}

function isQuote(line: MarkedText | undefined): boolean {
  return line?.text.startsWith('>') === true;
}

function continuesParagraph(line: MarkedText | undefined, inQuote: boolean): boolean {
  if (line === undefined || line.text.trim() === '' || fenceOf(line.text) !== null) return false;
  return inQuote || !isQuote(line);
}
