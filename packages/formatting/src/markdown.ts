import { FormatError } from './format-error.ts';
import { parseInline } from './markdown-inline.ts';
import { MarkedText } from './marked-text.ts';
import { quoted } from './quoted.ts';
import { TextBuilder, type MarkedUp } from './text-builder.ts';

const FENCE = /^(`{3,})([^`\n]*)$/;

/**
 * Reads the Markdown of messages. It follows CommonMark for `**bold**`, `__bold__`, `*italic*`, `_italic_`, `` `code` ``, fenced code,
 * `[text](address "title")`, `<https://address>`, `> quote` and backslash escapes; `~~strike~~` is GitHub's, `||spoiler||` and
 * `![👍](tg://emoji?id=1)` are Telegram's. What CommonMark makes of pages stays as it is written: headings, lists, rules, HTML, character
 * references, indentation, blank lines. `markdown.commonmark.test.ts` lists every difference.
 *
 * CommonMark has no errors: it shows what it does not understand. A message that shows its markup is not what was meant, so this parser
 * refuses markup that begins and does not end. No CommonMark library reports that.
 * @throws {FormatError}
 */
export function parseMarkdown(source: string): MarkedUp {
  const builder = new TextBuilder();
  const lines = new MarkedText(source).lines();
  let at = 0;
  for (let line = lines[at]; line !== undefined; line = lines[at]) {
    if (at > 0) builder.add('\n');
    const [, fence, info = ''] = FENCE.exec(line.text) ?? [];
    if (fence !== undefined) at = readFence(at, fence, info);
    else if (isQuote(line)) at = readQuote(at);
    else if (line.text.trim() === '') {
      builder.add(line.text);
      at += 1;
    } else at = readParagraph(at);
  }
  return builder.build();

  function readFence(from: number, fence: string, info: string): number {
    const end = firstFrom(from + 1, ({ text }) => closes(text, fence));
    if (end === lines.length) {
      const offset = lines[from]?.sourceOffset(0) ?? 0;
      throw new FormatError(
        source,
        offset,
        quoted(fence),
        'the code block is never closed: close it on a line of its own',
      );
    }
    const start = builder.length;
    builder.add(
      lines
        .slice(from + 1, end)
        .map(({ text }) => text)
        .join('\n'),
    );
    builder.format(start, { type: 'pre', language: info.trim().split(/\s/, 1)[0] ?? '' });
    return end + 1;
  }

  function readQuote(from: number): number {
    const end = firstFrom(from, (line) => !isQuote(line));
    const start = builder.length;
    const content = lines.slice(from, end).map((line) => line.from(line.text.startsWith('> ') ? 2 : 1));
    // Each paragraph of a quote stands for itself, as outside of it.
    let paragraph: MarkedText[] = [];
    const flush = () => {
      if (paragraph.length > 0) parseInline(MarkedText.join(paragraph), source, builder);
      paragraph = [];
    };
    for (const [index, line] of content.entries()) {
      if (line.text.trim() !== '') {
        paragraph.push(line);
        continue;
      }
      if (paragraph.length > 0) {
        flush();
        builder.add('\n');
      }
      if (index < content.length - 1) builder.add('\n');
    }
    flush();
    builder.format(start, { type: 'blockquote', expandable: false });
    return end;
  }

  function readParagraph(from: number): number {
    const end = firstFrom(
      from + 1,
      (line) => line.text.trim() === '' || isQuote(line) || FENCE.test(line.text),
    );
    parseInline(MarkedText.join(lines.slice(from, end)), source, builder);
    return end;
  }

  /** The first line from `from` on of which this is true, else the number of lines. */
  function firstFrom(from: number, isTrue: (line: MarkedText) => boolean): number {
    let index = from;
    for (let line = lines[index]; line !== undefined && !isTrue(line); line = lines[index]) index += 1;
    return index;
  }
}

function isQuote({ text }: MarkedText): boolean {
  return text.startsWith('>');
}

function closes(line: string, fence: string): boolean {
  return /^`{3,}\s*$/.test(line) && line.trim().length >= fence.length;
}
