import { spansForHtml, type AnyEntity } from './spans-for-html.ts';
import type { Format, Span } from './text-builder.ts';

/**
 * Writes a text with its entities as HTML that the parser of `html` accepts, with the same text. Entities that it
 * refuses are left out, links of other schemes among them; those that overlap without containing one another are cut.
 */
export function toHtml(text: string, entities: readonly AnyEntity[]): string {
  const spans = spansForHtml(text, entities);
  const bounds = new Set(spans.flatMap(({ start, end }) => [start, end]));
  let html = '';
  let at = 0;
  /** Inner ones last. Entities inside one another close in the other order. */
  let open: Span[] = [];
  let next = 0;
  for (const bound of [...bounds].toSorted((a, b) => a - b)) {
    html += escaped(text.slice(at, bound));
    at = bound;
    const firstEnded = open.findIndex(({ end }) => end <= bound);
    if (firstEnded >= 0) {
      const closed = open.slice(firstEnded);
      const cut = closed.filter(({ end }) => end > bound);
      for (const { format } of closed.toReversed()) html += tagsOf(format)[1];
      for (const { format } of cut) html += tagsOf(format)[0];
      open = [...open.slice(0, firstEnded), ...cut];
    }
    for (let span = spans[next]; span !== undefined && span.start <= bound; span = spans[++next]) {
      html += tagsOf(span.format)[0];
      open.push(span);
    }
  }
  return html + escaped(text.slice(at));
}

const SIMPLE = {
  bold: 'b',
  italic: 'i',
  underline: 'u',
  strikethrough: 's',
  spoiler: 'tg-spoiler',
  code: 'code',
} as const;

function tagsOf(format: Format): [open: string, close: string] {
  switch (format.type) {
    case 'pre':
      return format.language === ''
        ? ['<pre>', '</pre>']
        : [`<pre><code class="language-${inAttribute(format.language)}">`, '</code></pre>'];
    case 'text_link':
      return [`<a href="${inAttribute(format.url)}">`, '</a>'];
    case 'text_mention':
      return [`<a href="tg://user?id=${format.user_id}">`, '</a>'];
    case 'blockquote':
      return [format.expandable ? '<blockquote expandable>' : '<blockquote>', '</blockquote>'];
    case 'custom_emoji':
      return [`<tg-emoji emoji-id="${format.custom_emoji_id}">`, '</tg-emoji>'];
    default:
      return [`<${SIMPLE[format.type]}>`, `</${SIMPLE[format.type]}>`];
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function inAttribute(text: string): string {
  return escaped(text).replaceAll('"', '&quot;');
}
