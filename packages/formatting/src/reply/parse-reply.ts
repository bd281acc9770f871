import MarkdownParser, { type MarkdownIt, type Token } from 'markdown-it';
import { flankingOf } from '../markdown/flanking.ts';
import { keepBareAddresses } from './bare-addresses.ts';
import { keepCodeWords } from './code-words.ts';
import { keepMath } from './math.ts';
import { keepExtraCells } from './table-cells.ts';

/** Maximum depth of nested blocks. Deeper text is unreadable, and the parser would drop it. */
const MAX_NESTING = 100;

/** Parses a model's Markdown. @returns `null` if blocks are nested too deeply. */
export function parseReply(markdown: string): Token[] | null {
  const tokens = parser.parse(markdown, {});
  return tokens.some(({ level, nesting }) => nesting === 1 && level >= MAX_NESTING - 1) ? null : tokens;
}

const parser = createParser();

function createParser(): MarkdownIt {
  const markdown = new MarkdownParser({ html: true, maxNesting: MAX_NESTING });
  // Indented text is rarely meant as code, and a model's `[1]: x` is rarely a link definition.
  markdown.disable(['code', 'reference']);
  // Keeps all addresses as written, including those that Telegram does not open.
  markdown.validateLink = () => true;
  markdown.normalizeLink = (url) => url;
  markdown.normalizeLinkText = (url) => url;
  useFlanking(markdown);
  keepExtraCells(markdown);
  keepMath(markdown);
  keepBareAddresses(markdown);
  keepCodeWords(markdown);
  return markdown;
}

/** Applies the same delimiter rules as the strict Markdown, CJK included. */
function useFlanking(markdown: MarkdownIt): void {
  markdown.inline.State = class extends markdown.inline.State {
    override scanDelims(start: number) {
      const char = this.src.charAt(start);
      let end = start;
      while (end < this.posMax && this.src.charAt(end) === char) end += 1;
      const { opens, closes } = flankingOf(this.src, start, end);
      return { can_open: opens, can_close: closes, length: end - start };
    }
  };
}
