import type { Entity, FormattedText } from './entities.ts';
import { MAX_MESSAGE_LENGTH } from './send.ts';

/** Ends of paragraphs, lines, sentences and words, the best place to cut first. */
const PLACES = [/\n\n+/g, /\n/g, /[.!?…](?=\s)/g, /\s/g];

/** A cut that leaves less than this part of a message before it is not taken where a worse place leaves more. */
const AT_LEAST = 0.5;

/** Entities of one message at most: Telegram ignores those behind. */
const MAX_ENTITIES = 100;

/** Which entities a cut must not go through, the strictest first: any; those that make no sense in two; none. */
const SPARED: readonly ((entity: Entity) => boolean)[] = [
  () => true,
  ({ type }) => ['code', 'text_link', 'text_mention', 'custom_emoji'].includes(type),
  () => false,
];

/**
 * Where to cut a text into messages of at most `max` UTF-16 units and 100 entities: offsets, rising, none where it fits. At ends of
 * paragraphs, else of lines, sentences or words, as far back as half a message; through an entity (a long block of code, say, at the end
 * of a line) only where there is no such place outside of one; never within a character as a person sees it, as long as that fits.
 */
export function cutsOf(
  text: string,
  entities: readonly Entity[] = [],
  max: number = MAX_MESSAGE_LENGTH,
): number[] {
  if (text.length <= max && entities.length <= MAX_ENTITIES) return [];
  const cuts: number[] = [];
  let start = 0;
  for (;;) {
    const length = lengthThatFits(text, entities, start, max);
    if (start + length >= text.length) return cuts;
    const window = text.slice(start, start + length + 1);
    start += placeToCut(window, length, spansWithin(entities, start, window.length));
    cuts.push(start);
  }
}

/**
 * The parts that {@link cutsOf} makes, as Telegram shows them: trimmed, an entity that was cut in each of its parts. A part of nothing but
 * spaces is no message: it is none of them.
 */
export function partsOf(
  text: string,
  cuts: readonly number[],
  entities: readonly Entity[] = [],
): FormattedText[] {
  return [0, ...cuts]
    .map((from, index) => {
      const part = text.slice(from, cuts[index]);
      const start = from + part.length - part.trimStart().length;
      const trimmed = part.trim();
      return { text: trimmed, entities: spansWithin(entities, start, trimmed.length) };
    })
    .filter((part) => part.text !== '');
}

/** How much of the text from `start` on may stand in one message. */
function lengthThatFits(text: string, entities: readonly Entity[], start: number, max: number): number {
  const length = Math.min(max, text.length - start);
  const tooMany = spansWithin(entities, start, length)[MAX_ENTITIES];
  // More than that over one and the same place: it cannot be helped.
  return tooMany === undefined || tooMany.offset === 0 ? length : tooMany.offset;
}

/** The entities of a stretch, with offsets from its beginning; those that reach out of it are cut off. */
function spansWithin(entities: readonly Entity[], start: number, length: number): Entity[] {
  return entities.flatMap((entity) => {
    const from = Math.max(0, entity.offset - start);
    const to = Math.min(length, entity.offset + entity.length - start);
    return from < to ? [{ ...entity, offset: from, length: to - from }] : [];
  });
}

/** @param window one character longer than `max`, so that what reaches over the end shows. */
function placeToCut(window: string, max: number, entities: readonly Entity[]): number {
  for (const isSpared of SPARED) {
    const within = insides(entities.filter(isSpared), window.length);
    for (const place of PLACES) {
      const ends = [...window.matchAll(place)].map((match) => match.index + match[0].length);
      const last = ends.filter((end) => end <= max && within[end] !== 1).at(-1);
      if (last !== undefined && last >= max * AT_LEAST) return last;
    }
  }
  return lastCharacterEnd(window, max);
}

/** 1 for each place that is within an entity, its beginning and end not counted. */
function insides(entities: readonly Entity[], length: number): Uint8Array {
  const within = new Uint8Array(length + 1);
  for (const { offset, length: covered } of entities) within.fill(1, offset + 1, offset + covered);
  return within;
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
