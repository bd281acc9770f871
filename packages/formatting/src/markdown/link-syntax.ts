/** The part in parentheses after a link's text. */
export interface LinkTail {
  address: string;
  /** Position of the address. */
  addressAt: number;
  /** Position after the closing parenthesis. */
  end: number;
}

/** Why the text is not a valid link tail, and where. */
export interface TailFault {
  at: number;
  fault: 'unclosed' | 'bracket' | 'space' | 'title' | 'parentheses';
}

/** A backslash escapes ASCII punctuation. */
const ESCAPE = /\\([!-/:-@[-`{-~])/g;

const TITLE_ENDS: Readonly<Record<string, string>> = { '"': '"', "'": "'", '(': ')' };

/** Maximum depth of parentheses in an address. */
const MAX_DEPTH = 32;

/**
 * Parses `(address "title")` from the parenthesis at `open`, by CommonMark's grammar. The address may be in `<…>`, the
 * title in `"…"`, `'…'` or `(…)`. Drops the title, since Telegram has none.
 */
export function readLinkTail(text: string, open: number, to: number): LinkTail | TailFault {
  const addressAt = skipSpace(text, open + 1, to);
  const bracketed = text.charAt(addressAt) === '<';
  const addressEnd = bracketed ? endOfBracketed(text, addressAt, to) : endOfBare(text, addressAt, to);
  if (typeof addressEnd !== 'number') return addressEnd;
  const address = (bracketed ? text.slice(addressAt + 1, addressEnd - 1) : text.slice(addressAt, addressEnd))
    // Removes the escapes.
    .replaceAll(ESCAPE, '$1');
  let at = skipSpace(text, addressEnd, to);
  const titleEnd = at > addressEnd ? TITLE_ENDS[text.charAt(at)] : undefined;
  if (at < to && titleEnd !== undefined) {
    const end = endOfTitle(text, at, to, titleEnd);
    if (end < 0) return { at, fault: 'title' };
    at = skipSpace(text, end, to);
    if (at < to && text.charAt(at) !== ')') return { at, fault: 'title' };
  }
  if (at >= to) return { at: open, fault: 'unclosed' };
  if (text.charAt(at) !== ')') return { at, fault: 'space' };
  return { address, addressAt, end: at + 1 };
}

function skipSpace(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && /[ \t\n]/.test(text.charAt(at))) at += 1;
  return at;
}

function endOfBracketed(text: string, from: number, to: number): number | TailFault {
  for (let at = from + 1; at < to; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') at += 1;
    else if (char === '>') return at + 1;
    else if (char === '\n' || char === '<') break;
  }
  return { at: from, fault: 'bracket' };
}

/** A bare address has balanced parentheses and no spaces. */
function endOfBare(text: string, from: number, to: number): number | TailFault {
  let depth = 0;
  let at = from;
  for (; at < to; at += 1) {
    const char = text.charAt(at);
    if (char <= ' ') break;
    if (char === '\\') at += 1;
    else if (char === '(') {
      depth += 1;
      if (depth > MAX_DEPTH) return { at, fault: 'parentheses' };
    } else if (char === ')') {
      if (depth === 0) break;
      depth -= 1;
    }
  }
  return depth > 0 ? { at: from, fault: 'unclosed' } : Math.min(at, to);
}

function endOfTitle(text: string, from: number, to: number, close: string): number {
  for (let at = from + 1; at < to; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') at += 1;
    else if (char === close) return at + 1;
    else if (close === ')' && char === '(') return -1;
  }
  return -1;
}
