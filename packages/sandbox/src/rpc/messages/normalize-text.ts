/*
 * Telegram's normalization of message texts, as in its own client library (TDLib: clean_input_string,
 * strip_empty_characters). This is the server's side: the gateway has its own implementation (decision 3).
 */

/** The normalized text, and a mapping from positions in the sent text to positions in it. */
export interface NormalizedText {
  text: string;
  /** @param offset in the sent text, in UTF-16 units. */
  placeOf: (offset: number) => number;
}

export function normalizeText(sent: string): NormalizedText {
  const kept: string[] = [];
  const places = new Uint32Array(sent.length + 1);
  for (let index = 0; index < sent.length; index++) {
    places[index] = kept.length;
    const code = sent.charCodeAt(index);
    if (!isDropped(code)) kept.push(isControl(code) ? ' ' : sent.charAt(index));
  }
  places[sent.length] = kept.length;
  let [from, to] = [0, kept.length];
  while (from < to && isSpace(kept[from])) from += 1;
  while (to > from && isSpace(kept[to - 1])) to -= 1;
  return {
    text: withoutPiledMarks(kept.slice(from, to).join('')),
    placeOf: (offset) => Math.min(to - from, Math.max(0, (places[offset] ?? kept.length) - from)),
  };
}

/** Whether a text has no visible character; such a text gets MESSAGE_EMPTY. */
export function showsNothing(text: string): boolean {
  return Array.from(text).every((character) => isHidden(character.codePointAt(0) ?? 0));
}

/**
 * Whether Telegram drops the character: a carriage return, a line separator, a direction control, or a combining mark
 * that draws a line over other text.
 */
function isDropped(code: number): boolean {
  return (
    code === 0x0d || (code >= 0x2028 && code <= 0x202e) || code === 0x30a || code === 0x333 || code === 0x33f
  );
}

function isControl(code: number): boolean {
  return code < 0x20 && code !== 0x0a;
}

/** Keeps only the last of several direction marks in a row; the others become U+200C. */
function withoutPiledMarks(text: string): string {
  return text.replace(/[\u200e\u200f](?=[\u200e\u200f])/g, '\u200c');
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\n';
}

const HIDDEN: readonly (readonly [first: number, last: number])[] = [
  [0x00, 0x20],
  [0x85, 0x85],
  [0xa0, 0xa0],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x1680, 0x1680],
  [0x180e, 0x180e],
  [0x2000, 0x200f],
  [0x2028, 0x202f],
  [0x205f, 0x206f],
  [0x2800, 0x2800],
  [0x3000, 0x3000],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xfffc, 0xfffc],
  [0xe0000, 0xe0fff],
];

function isHidden(code: number): boolean {
  return HIDDEN.some(([first, last]) => code >= first && code <= last);
}
