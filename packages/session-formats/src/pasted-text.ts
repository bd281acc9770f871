const ASSIGNMENT = /^(?:(?:export|set|const|let|var)\s+)?["'`]?[A-Za-z_][\w.-]{0,63}["'`]?\s*[:=]\s*(?=\S)/;
const DATA_URL = /^data:[^,]{0,100},/;
/** How programs write one: `new StringSession("…")`, and `b'…'` of Python. */
const CODE = /^(?:(?:new\s+)?StringSession\(\s*)?(?:[bruBRU](?=["']))?/;
/** White space, invisible marks, quotes, and `\n` as a program writes it. */
const NOISE = /(?:[\s\p{Cc}\p{Cf}"'`“”„‘’‚«»]|\\[nr]?)+/gu;
const OTHER_HYPHENS = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;

/** What may follow a session in a program or in prose. */
const TAIL = new Set(';,.>)}]');

/** A session out of what a person copied: without its variable's name, quotes, line breaks and invisible marks. */
export function fromPaste(text: string): string {
  const session = text
    .replace(/^[\s\p{Cf}<({[]+/u, '')
    .replace(DATA_URL, '')
    .replace(ASSIGNMENT, '')
    .replace(CODE, '')
    .replace(NOISE, '')
    .replace(OTHER_HYPHENS, '-');
  // A pattern with `+$` would take quadratic time on many brackets with something behind them.
  let end = session.length;
  while (TAIL.has(session.charAt(end - 1))) end -= 1;
  return session.slice(0, end);
}
