import { MAX_CAPTION_LENGTH } from '../media.ts';
import { MAX_MESSAGE_LENGTH } from '../message-fields.ts';
import type { Entity, FormattedText } from './entities.ts';
import { isInvisible } from './telegram-text.ts';

/** Where a text may be cut, best place first: after a paragraph, a line, a sentence, a word. */
const PLACES: readonly ((text: string, at: number) => boolean)[] = [
  (text, at) => isLineEnd(text, at - 1) && isLineEnd(text, at - 2) && !isLineEnd(text, at),
  (text, at) => isLineEnd(text, at - 1),
  (text, at) => '.!?…'.includes(text.charAt(at - 1)) && isSpace(text, at),
  (text, at) => isSpace(text, at - 1),
];

/** The minimum share of a message before a cut. A better place earlier than this is not used. */
const AT_LEAST = 0.5;

/** Telegram ignores a message's entities beyond this number. */
const MAX_ENTITIES = 100;

/**
 * Entities that a cut must not split, strictest rule first: any entity; those that make no sense in two pieces; none.
 */
const SPARED: readonly ((entity: Entity) => boolean)[] = [
  () => true,
  ({ type }) => ['code', 'text_link', 'text_mention', 'custom_emoji'].includes(type),
  () => false,
];

/**
 * Returns where to cut a text into messages of at most `max` UTF-16 units and 100 entities: rising offsets, empty if
 * the text fits. Cuts at ends of paragraphs, else of lines, sentences or words, as far back as half a message. A cut
 * splits an entity only if there is no other place. It never splits a character as a person sees it, as long as the
 * character fits.
 */
export function cutsOf(
  text: string,
  entities: readonly Entity[] = [],
  max: number = MAX_MESSAGE_LENGTH,
): number[] {
  if (text.length <= max && entities.length <= MAX_ENTITIES) return [];
  const cuts: number[] = [];
  const stretches = new Stretches(entities);
  let start = 0;
  for (;;) {
    const length = lengthThatFits(text, stretches, start, max);
    if (start + length >= text.length) return cuts;
    // One unit more, so that an entity or character that crosses the end is visible.
    const window = text.slice(start, start + length + 1);
    start += placeToCut(window, length, stretches.within(start, window.length));
    cuts.push(start);
  }
}

/** As {@link cutsOf}, for a text whose first part is the caption of a file, of at most `max` UTF-16 units. */
export function captionCutsOf(
  text: string,
  entities: readonly Entity[] = [],
  max: number = MAX_CAPTION_LENGTH,
): number[] {
  const [first] = cutsOf(text, entities, max);
  if (first === undefined) return [];
  const rest = new Stretches(entities).within(first, text.length - first);
  return [first, ...cutsOf(text.slice(first), rest).map((cut) => first + cut)];
}

/**
 * Returns the parts that {@link cutsOf} defines, as Telegram shows them: trimmed, with a split entity in each of its
 * parts. Omits a part of nothing but invisible characters, because Telegram takes no such message.
 */
export function partsOf(
  text: string,
  cuts: readonly number[],
  entities: readonly Entity[] = [],
): FormattedText[] {
  const stretches = new Stretches(entities);
  return [0, ...cuts]
    .map((from, index) => {
      const part = text.slice(from, cuts[index]);
      const start = from + part.length - part.trimStart().length;
      const trimmed = part.trim();
      return { text: trimmed, entities: stretches.within(start, trimmed.length) };
    })
    .filter((part) => !isInvisible(part.text));
}

/** Returns the entities of one stretch of a text after another. Reads each entity about once if the stretches rise. */
class Stretches {
  /** Sorted by offset. */
  readonly #entities: readonly Entity[];
  /** Entities that began before the last stretch and end within or after it. */
  #open: Entity[] = [];
  #next = 0;

  constructor(entities: readonly Entity[]) {
    const isSorted = entities.every((entity, index) => entity.offset >= (entities[index - 1]?.offset ?? 0));
    this.#entities = isSorted ? entities : entities.toSorted((a, b) => a.offset - b.offset);
  }

  /**
   * Returns a stretch's entities, clipped to it, with offsets from its start. Stops at `most`, but always includes the
   * entities that began before the stretch.
   * @param start not less than in earlier calls.
   */
  within(start: number, length: number, most = Infinity): Entity[] {
    const isOver = (entity: Entity) => entity.offset + entity.length <= start;
    let entity = this.#entities[this.#next];
    while (entity !== undefined && entity.offset < start) {
      if (!isOver(entity)) this.#open.push(entity);
      this.#next += 1;
      entity = this.#entities[this.#next];
    }
    this.#open = this.#open.filter((entity) => !isOver(entity));
    const result: Entity[] = [];
    const add = (spanning: Entity) => {
      const from = Math.max(0, spanning.offset - start);
      const to = Math.min(length, spanning.offset + spanning.length - start);
      if (from < to) result.push({ ...spanning, offset: from, length: to - from });
    };
    for (const spanning of this.#open) add(spanning);
    for (let index = this.#next; index < this.#entities.length && result.length < most; index += 1) {
      const following = this.#entities[index];
      if (following === undefined || following.offset >= start + length) break;
      add(following);
    }
    return result;
  }
}

/** How many UTF-16 units from `start` on fit in one message. */
function lengthThatFits(text: string, stretches: Stretches, start: number, max: number): number {
  const length = Math.min(max, text.length - start);
  const tooMany = stretches.within(start, length, MAX_ENTITIES + 1)[MAX_ENTITIES];
  // If more entities than that cover one place, no cut can help.
  return tooMany === undefined || tooMany.offset === 0 ? length : tooMany.offset;
}

/** @param window one unit longer than `max`, so that an entity or character that crosses the end is visible. */
function placeToCut(window: string, max: number, entities: readonly Entity[]): number {
  const least = Math.ceil(max * AT_LEAST);
  // Without entities the strictest rule finds all that the others would.
  for (const isSpared of entities.length === 0 ? SPARED.slice(0, 1) : SPARED) {
    const within = insides(entities.filter(isSpared), window.length);
    for (const isPlace of PLACES) {
      for (let end = max; end >= least && end > 0; end -= 1)
        if (within[end] !== 1 && isPlace(window, end)) return end;
    }
  }
  return lastCharacterEnd(window, max);
}

function isLineEnd(text: string, at: number): boolean {
  return text.charAt(at) === '\n';
}

function isSpace(text: string, at: number): boolean {
  return /^\s/.test(text.charAt(at));
}

/** Marks with 1 each offset strictly inside an entity. */
function insides(entities: readonly Entity[], length: number): Uint8Array {
  const within = new Uint8Array(length + 1);
  for (const { offset, length: covered } of entities) within.fill(1, offset + 1, offset + covered);
  return within;
}

const CHARACTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** How far to look back (UTF-16 units) for the start of a character, including flags and family emoji. */
const LONGEST_CHARACTER = 64;

function lastCharacterEnd(window: string, max: number): number {
  const from = max - LONGEST_CHARACTER;
  if (from < 0) return max;
  // Segments from an arbitrary start agree with those of the whole text after the first few.
  const starts = [...CHARACTERS.segment(window.slice(from))].map(({ index }) => from + index);
  const end = starts.filter((start) => start <= max).at(-1) ?? max;
  return end > from ? end : max;
}
