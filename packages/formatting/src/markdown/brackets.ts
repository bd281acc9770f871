import { backtickCount, type CodeSpans } from './code-spans.ts';

/** Maps the position of each `[` to that of its `]`. Ignores escaped brackets and brackets in code. */
export function matchBrackets(text: string, code: CodeSpans): ReadonlyMap<number, number> {
  const closed = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') at += 1;
    else if (char === '`') {
      const ticks = backtickCount(text, at);
      const end = code.closing(at + ticks, ticks);
      // Unclosed code is reported later, when it is parsed.
      if (end < 0) break;
      at = end + ticks - 1;
    } else if (char === '[') open.push(at);
    else if (char === ']') {
      const begin = open.pop();
      if (begin !== undefined) closed.set(begin, at);
    }
  }
  return closed;
}
