import type { MarkdownIt } from 'markdown-it';

/** Names between double underscores in Python, PHP, C and JavaScript. */
const KNOWN =
  'init|main|name|file|line|dir|doc|str|repr|all|dict|class|new|del|call|len|iter|next|enter|exit|aenter|aexit|eq|ne|lt|le|gt|ge|hash|bool|' +
  'add|sub|mul|getitem|setitem|delitem|contains|getattr|setattr|getattribute|get|set|slots|version|author|import|future|builtins|module|' +
  'qualname|annotations|path|package|spec|loader|pycache|post_init|init_subclass|subclasses|mro|bases|wrapped|typename|proto|' +
  'function|method|namespace|trait|construct|destruct|invoke|tostring|toString|date|time|func|cplusplus|mocks|tests|snapshots|fixtures';

/** A known name, or one in a code context: `__name__.py`, `__name__(`, `x.__name__`. */
const DUNDER = new RegExp(`__(?:(?:${KNOWN})__|[a-z][a-z0-9_]{0,60}?__(?=\\.\\w|\\())(?!\\w)`, 'iy');
const DUNDER_OF = /__[a-z][a-z0-9_]{0,60}?__(?!\w)/iy;

const DIGIT = /^\d$/;

/**
 * Keeps the `_` and `*` of `__init__.py` and `2*3*4`, which models also write outside code. They would be lost to
 * emphasis.
 */
export function keepCodeWords(markdown: MarkdownIt): void {
  markdown.inline.ruler.before('emphasis', 'code_words', (state, silent) => {
    const { src, pos } = state;
    const end = dunderEnd(src, pos) ?? productEnd(src, pos);
    if (end === null || end > state.posMax) return false;
    if (!silent) state.pending += src.slice(pos, end);
    state.pos = end;
    return true;
  });
}

function dunderEnd(text: string, at: number): number | null {
  if (!text.startsWith('__', at) || /\w/.test(text.charAt(at - 1))) return null;
  const pattern = text.charAt(at - 1) === '.' && /\w/.test(text.charAt(at - 2)) ? DUNDER_OF : DUNDER;
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

/** `*` or `**` directly between two digits is a product or a power. */
function productEnd(text: string, at: number): number | null {
  if (text.charAt(at) !== '*' || !DIGIT.test(text.charAt(at - 1))) return null;
  const end = text.charAt(at + 1) === '*' ? at + 2 : at + 1;
  return DIGIT.test(text.charAt(end)) ? end : null;
}
