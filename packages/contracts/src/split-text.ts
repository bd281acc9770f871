import { MAX_MESSAGE_LENGTH } from './send.ts';

/** Ends of paragraphs, lines, sentences and words, the best place to cut first. */
const PLACES = [/\n\n+/g, /\n/g, /[.!?…](?=\s)/g, /\s/g];

/** A cut that leaves less than this part of a message before it is not taken where a worse place leaves more. */
const AT_LEAST = 0.5;

/**
 * Where to cut a text into messages of at most `max` UTF-16 units: offsets, rising, none where it fits. At ends of paragraphs, else of
 * lines, sentences or words, as far back as half a message; never within a character as a person sees it, as long as that fits.
 */
export function cutsOf(text: string, max: number = MAX_MESSAGE_LENGTH): number[] {
  const cuts: number[] = [];
  let start = 0;
  while (text.length - start > max) {
    start += placeToCut(text.slice(start, start + max + 1), max);
    cuts.push(start);
  }
  return cuts;
}

/** The parts that {@link cutsOf} makes. Telegram trims each. A part of nothing but spaces is not sent: it belongs to none. */
export function partsOf(text: string, cuts: readonly number[]): string[] {
  return [0, ...cuts]
    .map((start, index) => text.slice(start, cuts[index]))
    .filter((part) => part.trim() !== '');
}

function placeToCut(window: string, max: number): number {
  for (const place of PLACES) {
    const ends = [...window.matchAll(place)].map((match) => match.index + match[0].length);
    const last = ends.filter((end) => end <= max).at(-1);
    if (last !== undefined && last >= max * AT_LEAST) return last;
  }
  return lastCharacterEnd(window, max);
}

const CHARACTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Looking back this far (UTF-16 units) finds a character's beginning, flags and families included. */
const LONGEST_CHARACTER = 64;

function lastCharacterEnd(window: string, max: number): number {
  const from = max - LONGEST_CHARACTER;
  if (from < 0) return max;
  // Begun anywhere, the segments agree with the text's own after the first few.
  const starts = [...CHARACTERS.segment(window.slice(from))].map(({ index }) => from + index);
  const end = starts.filter((start) => start <= max).at(-1) ?? max;
  return end > from ? end : max;
}
