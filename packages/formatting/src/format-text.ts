import type { FormattedText } from '@gateway/contracts';
import { FormatError } from './format-error.ts';
import { parseFormatted } from './parse-formatted.ts';
import { formatReply } from './reply/format-reply.ts';

export type Markup = 'markdown' | 'html' | 'markdown_lenient';

/** `fault`: what is wrong with the markup, where, and what to write instead. */
export type FormatOutcome = FormattedText | { fault: string };

/** Parses a marked-up text. `markdown_lenient` never has a fault. The outcome can be posted to another thread. */
export function formatText(text: string, markup: Markup): FormatOutcome {
  if (markup === 'markdown_lenient') return formatReply(text);
  try {
    return parseFormatted(text, markup);
  } catch (error) {
    if (error instanceof FormatError) return { fault: error.message };
    throw error;
  }
}
