import { eastAsianWidthType } from 'get-east-asian-width';

const PUNCTUATION = /^[\p{P}\p{S}]/u;
const EMOJI = /^\p{Emoji_Presentation}/u;

/** Scripts without spaces between words whose letters are not wide, conjoining Hangul included. */
const UNSPACED = /^[\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Variation selectors for text style. U+FE0F is part of emoji. */
const SELECTOR = /^[\ufe00-\ufe0e]$/;
/** Variation selectors for ideographs. */
const IDEOGRAPHIC_SELECTOR = /^[\u{e0100}-\u{e01ef}]$/u;

type Kind = 'space' | 'mark' | 'letter';

export interface Flanking {
  opens: boolean;
  closes: boolean;
}

/**
 * Whether a run of `*`, `_`, `~` or `|` may open or close formatting. The rules are CommonMark's with the CJK-friendly
 * amendments (github.com/tats-u/markdown-cjk-friendly): punctuation next to a script without spaces does not stop `**`.
 */
export function flankingOf(text: string, from: number, to: number): Flanking {
  const last = characterBefore(text, from);
  const base = SELECTOR.test(last) ? characterBefore(text, from - last.length) : last;
  const next = characterAfter(text, to);
  const before = kindOf(base);
  const after = kindOf(next);
  const unspacedBefore = isUnspaced(base) || IDEOGRAPHIC_SELECTOR.test(last);
  const unspacedAfter = isUnspaced(next);
  const unspaced = unspacedBefore || unspacedAfter;
  const left = after !== 'space' && (after === 'letter' || before !== 'letter' || unspaced);
  const right = before !== 'space' && (before === 'letter' || after !== 'letter' || unspaced);
  if (text.charAt(from) !== '_') return { opens: left, closes: right };
  // Keeps the `_` of snake_case_words, in every script.
  return {
    opens: left && (!right || before === 'mark' || (after === 'mark' && unspacedBefore)),
    closes: right && (!left || after === 'mark' || (before === 'mark' && unspacedAfter)),
  };
}

function kindOf(character: string): Kind {
  if (character === '' || /^\s/u.test(character)) return 'space';
  return PUNCTUATION.test(character) ? 'mark' : 'letter';
}

function isUnspaced(character: string): boolean {
  const code = character.codePointAt(0);
  if (code === undefined || code < 0x0e00) return false;
  const width = eastAsianWidthType(code);
  if (width === 'wide') return !EMOJI.test(character);
  return width === 'fullwidth' || width === 'halfwidth' || UNSPACED.test(character);
}

function characterAfter(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? '' : String.fromCodePoint(code);
}

function characterBefore(text: string, before: number): string {
  const pair = text.codePointAt(before - 2);
  return pair !== undefined && pair > 0xffff ? String.fromCodePoint(pair) : text.charAt(before - 1);
}
