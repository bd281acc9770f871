import type { Entity, FormattedText } from './entities.ts';

/*
 * Telegram's client library (TDLib: misc.cpp, fix_formatted_text of MessageEntity.cpp) changes each text before it
 * sends it, and the server does likewise. The gateway applies the same changes once, when it accepts a message. So
 * entities keep their offsets, and a message found in its chat reads as it was sent.
 */

// oxlint-disable no-control-regex, no-misleading-character-class -- This file lists such characters one by one.

/** Matches a text that any of the changes below affects. */
const UNUSUAL = /[\0-\t\v-\x1f\u030a\u0333\u033f\u200e\u200f\u2028-\u202e]/;
/** Characters that show nothing, line breaks that Telegram does not support, and lines that pile up over other text. */
const REMOVED = /[\r\u030a\u0333\u033f\u2028-\u202e]/g;
const IS_REMOVED = new RegExp(REMOVED.source);
const CONTROL = /[\0-\t\v\f\x0e-\x1f]/g;
/** Runs of direction marks slow down the drawing of text: all but the last mark become zero-width non-joiners. */
const DIRECTIONS = /[\u200e\u200f]+(?=[\u200e\u200f])/g;
/**
 * Letters with a combining ring, such as `å` as macOS writes it in file names. Telegram drops the ring; composing the
 * letter keeps it.
 */
const RING = /[AaUuWwYy]\u030a/g;

/**
 * Characters that Telegram shows as nothing, spaces included. Telegram refuses a text of only these as MESSAGE_EMPTY.
 */
const HIDDEN_USUAL =
  '\\s\\x00-\\x20\\x85\\xad\\u034f\\u061c\\u1680\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000' +
  '\\ufe00-\\ufe0f\\ufeff\\ufffc';
const HIDDEN = `${HIDDEN_USUAL}\u{e0000}-\u{e0fff}`;
const INVISIBLE = new RegExp(`^[${HIDDEN}]*$`, 'u');

/**
 * OpenAPI pattern of a text that is not refused as empty. It leaves out the tags (U+E0000 and behind), since some
 * validators read patterns without the flag `u`.
 */
export const SHOWS_SOMETHING = `[^${HIDDEN_USUAL}\\u030a\\u0333\\u033f]`;

/** Changes the text as Telegram does, except for white space at its ends. */
export function cleanText(text: string): string {
  return UNUSUAL.test(text) ? withoutRemoved(replaced(text)) : text;
}

/** Like {@link cleanText}, but keeps tabs: they indent in Markdown that is parsed later. */
export function cleanSource(text: string): string {
  if (!UNUSUAL.test(text)) return text;
  return text
    .split('\t')
    .map((piece) => cleanText(piece))
    .join('\t');
}

/**
 * Changes and trims the text as Telegram does, and moves its entities along. Drops entities that cover only white
 * space.
 */
export function normalizeFormatted({ text, entities }: FormattedText): FormattedText {
  const isUsual = !UNUSUAL.test(text);
  const same = isUsual ? text : replaced(text);
  const moved = isUsual ? [...entities] : withoutRemovedPlaces(same, entities);
  const clean = isUsual ? text : withoutRemoved(same);
  const lead = clean.length - clean.replace(/^[ \n]+/, '').length;
  const trimmed = trimEnd(clean.slice(lead));
  const within = moved.flatMap((entity) => {
    const from = Math.max(0, entity.offset - lead);
    const to = Math.min(trimmed.length, entity.offset + entity.length - lead);
    return from < to && /[^ \n]/.test(trimmed.slice(from, to))
      ? [{ ...entity, offset: from, length: to - from }]
      : [];
  });
  return { text: trimmed, entities: within };
}

/** Whether Telegram refuses the text as MESSAGE_EMPTY, because nothing in it is visible. */
export function isInvisible(text: string): boolean {
  return INVISIBLE.test(text);
}

/**
 * Returns a predicate that recognizes a sent text among messages, whatever a server changed in it. A text queued before
 * the gateway normalised texts may have lost more on its way, so only its visible characters are compared.
 */
export function sameTextAs(sent: string): (found: string) => boolean {
  const form = cleanText(sent) === sent ? comparable : shownOnly;
  const wanted = form(sent);
  return (found) => form(found) === wanted;
}

/** Reduces each run of white space to one space and drops invisible characters. */
function comparable(text: string): string {
  return cleanText(text)
    .replace(/[\u200b-\u200f\u2060-\u206f\ufeff]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function shownOnly(text: string): string {
  return text.normalize('NFD').replace(/[\s\p{Cc}\p{Cf}\u030a\u0333\u033f]+/gu, '');
}

/** Applies the changes that keep the length, apart from the rings that {@link withoutRemoved} drops. */
function replaced(text: string): string {
  return text.replace(RING, (letter) => `${letter.normalize('NFC')}\u030a`).replace(CONTROL, ' ');
}

function withoutRemoved(text: string): string {
  return text.replace(REMOVED, '').replace(DIRECTIONS, (marks) => '\u200c'.repeat(marks.length));
}

function withoutRemovedPlaces(text: string, entities: readonly Entity[]): Entity[] {
  const removed = new Uint32Array(text.length + 1);
  for (let index = 0; index < text.length; index++)
    removed[index + 1] = (removed[index] ?? 0) + (IS_REMOVED.test(text[index] ?? '') ? 1 : 0);
  const placeOf = (offset: number) => offset - (removed[Math.min(offset, text.length)] ?? 0);
  return entities.flatMap((entity) => {
    const offset = placeOf(entity.offset);
    const length = placeOf(entity.offset + entity.length) - offset;
    return length > 0 ? [{ ...entity, offset, length }] : [];
  });
}

/** Not a regular expression: its time would grow with the square of the number of inner spaces. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\n')) end -= 1;
  return text.slice(0, end);
}
