import type { FormattedText } from '@gateway/contracts';
import { parseHtml } from './html.ts';
import { parseMarkdown } from './markdown/markdown.ts';
import { tidy } from './tidy.ts';

/**
 * Plain text and entities of a marked-up text, exactly as it says. The text is trimmed, as Telegram trims it; empty where there was
 * nothing but markup.
 * @throws {FormatError} where the markup is not right: never a half-formatted text.
 */
export function parseFormatted(text: string, mode: 'markdown' | 'html'): FormattedText {
  return tidy(mode === 'html' ? parseHtml(text) : parseMarkdown(text));
}
