import type { FormattedText } from '@gateway/contracts';
import { FormatError } from './format-error.ts';
import { parseInline } from './markdown-inline.ts';
import { MarkedText } from './marked-text.ts';
import { TextBuilder } from './text-builder.ts';

const FENCE = /^(`{3,})([^`\n]*)$/;

/**
 * Reads the Markdown of messages. It is CommonMark's as far as it goes (`**bold**`, `__bold__`, `*italic*`, `_italic_`, `` `code` ``, fenced
 * code, `[text](address)`, `> quote`, backslash escapes), `~~strike~~` as GitHub has it, and `||spoiler||` as Telegram has it. What CommonMark
 * makes of pages is left as it was written: headings, lists, rules, HTML, indentation, blank lines.
 *
 * CommonMark has no errors, it shows what it does not understand. A message that shows its markup is not what was meant, so whatever begins
 * here and does not end is refused. That is why this is no CommonMark library, which could not tell.
 * @throws {FormatError}
 */
export function parseMarkdown(source: string): FormattedText {
  const builder = new TextBuilder();
  const lines = new MarkedText(source).lines();
  let at = 0;
  let first = true;
  while (at < lines.length) {
    const line = lines[at];
    if (line === undefined) break;
    if (!first) builder.add('\n');
    first = false;
    const fence = FENCE.exec(line.text);
    if (fence !== null) at = readFence(at, fence[1] ?? '', fence[2] ?? '');
    else if (isQuote(line)) at = readQuote(at);
    else if (line.text.trim() === '') {
      builder.add(line.text);
      at += 1;
    } else at = readParagraph(at);
  }
  return builder.build();

  function readFence(from: number, fence: string, info: string): number {
    const length = lines.slice(from + 1).findIndex(({ text }) => closes(text, fence));
    if (length < 0) {
      const offset = lines[from]?.sourceOffset(0) ?? 0;
      throw new FormatError(
        source,
        offset,
        `\`${fence}\``,
        'the code block is never closed: close it on a line of its own',
      );
    }
    const start = builder.length;
    const end = from + 1 + length;
    builder.add(
      lines
        .slice(from + 1, end)
        .map(({ text }) => text)
        .join('\n'),
    );
    builder.format(start, { type: 'pre', language: info.trim().split(/\s/)[0] ?? '' });
    return end + 1;
  }

  function readQuote(from: number): number {
    const end = from + countWhile(lines.slice(from), isQuote);
    const start = builder.length;
    const quoted = lines.slice(from, end).map((line) => line.from(/^> ?/.exec(line.text)?.[0].length ?? 0));
    // Each paragraph of a quote stands for itself, as outside of it.
    let paragraph: MarkedText[] = [];
    const flush = () => {
      if (paragraph.length > 0) parseInline(MarkedText.join(paragraph), source, builder);
      paragraph = [];
    };
    for (const [index, line] of quoted.entries()) {
      if (line.text.trim() !== '') {
        paragraph.push(line);
        continue;
      }
      if (paragraph.length > 0) {
        flush();
        builder.add('\n');
      }
      if (index < quoted.length - 1) builder.add('\n');
    }
    flush();
    builder.format(start, { type: 'blockquote', expandable: false });
    return end;
  }

  function readParagraph(from: number): number {
    const isParagraph = (line: MarkedText) =>
      line.text.trim() !== '' && !isQuote(line) && !FENCE.test(line.text);
    const end = from + Math.max(1, countWhile(lines.slice(from), isParagraph));
    parseInline(MarkedText.join(lines.slice(from, end)), source, builder);
    return end;
  }
}

function isQuote({ text }: MarkedText): boolean {
  return text.startsWith('>');
}

function closes(line: string, fence: string): boolean {
  return /^`{3,}\s*$/.test(line) && line.trim().length >= fence.length;
}

function countWhile<T>(items: readonly T[], holds: (item: T) => boolean): number {
  const end = items.findIndex((item) => !holds(item));
  return end < 0 ? items.length : end;
}
