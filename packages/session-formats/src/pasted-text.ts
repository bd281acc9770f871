const ASSIGNMENT = /^(?:(?:export|set|const|let|var)\s+)?["'`]?[A-Za-z_][\w.-]{0,63}["'`]?\s*[:=]\s*(?=\S)/;
const DATA_URL = /^data:[^,]{0,100},/;
/** How programs write one: `new StringSession("…")`, and `b'…'` of Python. */
const CODE = /^(?:(?:new\s+)?StringSession\(\s*)?(?:[bruBRU](?=["']))?/;
/** White space, invisible marks, quotes, and `\n` as a program writes it. */
const NOISE = /(?:[\s\p{Cc}\p{Cf}"'`“”„‘’‚«»]|\\[nr]?)+/gu;
const OTHER_HYPHENS = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;

/** A session out of what a person copied: without its variable's name, quotes, line breaks and invisible marks. */
export function fromPaste(text: string): string {
  return text
    .replace(/^[\s\p{Cf}<({[]+/u, '')
    .replace(DATA_URL, '')
    .replace(ASSIGNMENT, '')
    .replace(CODE, '')
    .replace(NOISE, '')
    .replace(OTHER_HYPHENS, '-')
    .replace(/[;,.>)}\]]+$/, '');
}
