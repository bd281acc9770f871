import type { MarkdownIt } from 'markdown-it';
import { bareAddressEnd } from '../markdown/bare-address.ts';

const SCHEME = /(?:https?|tg)$/i;
const LONGEST_SCHEME = 5;

/** Keeps the `_` and `*` of bare addresses. `https://x.org/_a_` would lose them to emphasis. */
export function keepBareAddresses(markdown: MarkdownIt): void {
  markdown.inline.ruler.before('escape', 'bare_address', (state, silent) => {
    const { src, pos } = state;
    // The parser stops at the colon, not at the first letter.
    if (!src.startsWith('://', pos)) return false;
    const scheme = SCHEME.exec(src.slice(Math.max(0, pos - LONGEST_SCHEME), pos))?.[0];
    if (scheme === undefined) return false;
    const end = bareAddressEnd(src, pos - scheme.length, state.posMax);
    if (end <= pos) return false;
    if (!silent) state.pending += src.slice(pos, end);
    state.pos = end;
    return true;
  });
}
