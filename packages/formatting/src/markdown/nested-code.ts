import type { Span } from '../text-builder.ts';

export function isCode({ format: { type } }: Span): boolean {
  return type === 'code' || type === 'pre';
}

/**
 * Removes code inside a link, since the link wins. Other code stays without further formatting: formats around it are
 * split, except quotes. `spans` must be sorted; the result is not.
 */
export function withoutNestedCode(spans: readonly Span[]): Span[] {
  const code = outermost(spans);
  const result = [...code];
  for (const span of spans) {
    if (isCode(span)) continue;
    if (span.format.type === 'blockquote') result.push(span);
    else addAround(span, code, result);
  }
  return result;
}

/** Code that is outside links and other code. Where two cover the same text, a code block wins over inline code. */
function outermost(spans: readonly Span[]): Span[] {
  const code: Span[] = [];
  let linkEnd = -1;
  for (const span of spans) {
    if (span.format.type === 'text_link' || span.format.type === 'text_mention') {
      linkEnd = Math.max(linkEnd, span.end);
    } else if (isCode(span)) {
      const outer = code.at(-1);
      if (outer?.start === span.start && outer.end === span.end) {
        if (span.format.type === 'pre') code[code.length - 1] = span;
        // Spans are nested, so a span that starts before the link's end is inside the link.
      } else if (span.end > linkEnd && (outer === undefined || outer.end <= span.start)) {
        code.push(span);
      }
    }
  }
  return code;
}

/** Adds the parts of a span that are outside the code. `code` is ascending. */
function addAround({ format, start, end }: Span, code: readonly Span[], result: Span[]): void {
  let from = start;
  for (let index = firstEndingAfter(code, start); index < code.length; index += 1) {
    const hole = code[index];
    if (hole === undefined || hole.start >= end) break;
    if (hole.start > from) result.push({ format, start: from, end: hole.start });
    from = hole.end;
  }
  if (from < end) result.push({ format, start: from, end });
}

/** The index of the first code span that ends after `at`. */
function firstEndingAfter(code: readonly Span[], at: number): number {
  let low = 0;
  let high = code.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((code[middle]?.end ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
