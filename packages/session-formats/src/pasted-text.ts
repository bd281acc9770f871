const ASSIGNMENT = /^(?:(?:export|set|const|let|var)\s+)?["'`]?[A-Za-z_][\w.-]{0,63}["'`]?\s*[:=]\s*(?=\S)/;
const DATA_URL = /^data:[^,]{0,100},/;
/** How code writes a session: `new StringSession("…")`, and `b'…'` in Python. */
const CODE = /^(?:(?:new\s+)?StringSession\(\s*)?(?:[bruBRU](?=["']))?/;
/** White space, invisible characters, quotes, and `\n` as an escape sequence. */
const NOISE = /(?:[\s\p{Cc}\p{Cf}"'`“”„‘’‚«»]|\\[nr]?)+/gu;
const OTHER_HYPHENS = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;

/** Characters that may follow a session in code or prose. */
const TAIL = new Set(';,.>)}]');

/** Extracts a session from copied text: removes the variable name, quotes, line breaks and invisible characters. */
export function extractSession(text: string): string {
  const session = text
    .replace(/^[\s\p{Cf}<({[]+/u, '')
    .replace(DATA_URL, '')
    .replace(ASSIGNMENT, '')
    .replace(CODE, '')
    .replace(NOISE, '')
    .replace(OTHER_HYPHENS, '-');
  // A regular expression with `+$` would take quadratic time for many brackets followed by another character.
  let end = session.length;
  while (TAIL.has(session.charAt(end - 1))) end -= 1;
  return session.slice(0, end);
}
