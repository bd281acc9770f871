import type { FormattedText } from '@gateway/contracts';
import { parseHtml } from './html.ts';
import { parseMarkdown } from './markdown/markdown.ts';
import { tidy } from './tidy.ts';

/**
 * Parses a marked-up text into plain text and entities. The text is trimmed as Telegram trims it, and is empty if there
 * was nothing but markup.
 * @throws {FormatError} for invalid markup; never returns a half-formatted text.
 */
export function parseFormatted(text: string, mode: 'markdown' | 'html'): FormattedText {
  return tidy(mode === 'html' ? parseHtml(text) : parseMarkdown(text));
}
