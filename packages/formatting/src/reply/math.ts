import type { MarkdownIt, StateInline } from 'markdown-it';

const CLOSERS: Readonly<Record<string, string>> = { '\\(': '\\)', '\\[': '\\]', $$: '$$' };
const MARKS = /\\[()[\]]|\$\$/g;

/** Text between math delimiters is a formula if it contains a command, an index, a power or an equals sign. */
const FORMULA = /\\[A-Za-z]|[\^_=]/;

/** Keeps formulas unchanged. Markdown would take `\(` for an escaped parenthesis, and `_` or `*` for emphasis. */
export function keepMath(markdown: MarkdownIt): void {
  const known = new WeakMap<StateInline, ReadonlyMap<number, number>>();
  markdown.inline.ruler.before('escape', 'math', (state, silent) => {
    const char = state.src.charAt(state.pos);
    if (char !== '\\' && char !== '$') return false;
    const formulas = known.get(state) ?? formulasOf(state.src);
    known.set(state, formulas);
    const end = formulas.get(state.pos);
    if (end === undefined || end > state.posMax) return false;
    if (!silent) state.pending += state.src.slice(state.pos, end);
    state.pos = end;
    return true;
  });
}

/** Maps the start of each formula to its end. */
function formulasOf(text: string): ReadonlyMap<number, number> {
  const formulas = new Map<number, number>();
  let start = -1;
  let closer = '';
  for (const { 0: mark, index } of text.matchAll(MARKS)) {
    if (start >= 0 && mark === closer) {
      if (FORMULA.test(text.slice(start + 2, index))) formulas.set(start, index + 2);
      start = -1;
    } else if (CLOSERS[mark] !== undefined) {
      start = index;
      closer = CLOSERS[mark];
    }
  }
  return formulas;
}
