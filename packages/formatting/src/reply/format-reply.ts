import type { FormattedText } from '@gateway/contracts';
import { TextBuilder } from '../text-builder.ts';
import { tidy } from '../tidy.ts';
import { parseReply } from './parse-reply.ts';
import { ReplyRenderer } from './reply-renderer.ts';

/**
 * Formats a language model's Markdown: CommonMark with GitHub's tables, strike-through and task lists. Never throws and
 * drops nothing. Elements that Telegram lacks become readable text (bold headings, bullets, tables aligned in a code
 * block), and unparsable markup stays as written. Runs in linear time.
 */
export function formatReply(markdown: string): FormattedText {
  const written = () => tidy({ text: markdown, spans: [] });
  try {
    const tokens = parseReply(markdown);
    if (tokens === null) return written();
    const builder = new TextBuilder();
    new ReplyRenderer(tokens, builder).render();
    const formatted = tidy(builder.build());
    return formatted.text === '' ? written() : formatted;
  } catch {
    return written();
  }
}
