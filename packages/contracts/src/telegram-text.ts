import type { Entity, FormattedText } from './entities.ts';

/*
 * Telegram's own client library (TDLib: misc.cpp, fix_formatted_text of MessageEntity.cpp) changes each text before it sends it, and the
 * server does likewise. The gateway does the same once, when it accepts a message: then entities keep their places, and a message that is
 * looked for in its chat reads as it was sent.
 */

// oxlint-disable no-control-regex, no-misleading-character-class -- These characters are what it is about, one by one.

/** Characters that any of the changes below concerns. */
const UNUSUAL = /[\0-\t\v-\x1f\u030a\u0333\u033f\u200e\u200f\u2028-\u202e]/;
/** Shown as nothing, as line breaks that Telegram does not have, or as lines that pile up over other text. */
const REMOVED = /[\r\u030a\u0333\u033f\u2028-\u202e]/g;
const IS_REMOVED = new RegExp(REMOVED.source);
const CONTROL = /[\0-\t\v\f\x0e-\x1f]/g;
/** Marks of direction in a row slow down the drawing of text: all but the last become zero-width non-joiners. */
const DIRECTIONS = /[\u200e\u200f]+(?=[\u200e\u200f])/g;
/** `å` as macOS writes it in file names. Telegram drops the ring: composed, the letter keeps it. */
const RING = /[AaUuWwYy]\u030a/g;

/** Characters that Telegram shows as nothing, spaces among them; a text of these alone is MESSAGE_EMPTY. */
const HIDDEN =
  '\\s\\x00-\\x20\\x85\\xad\\u034f\\u061c\\u1680\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000' +
  '\\ufe00-\\ufe0f\\ufeff\\ufffc\u{e0000}-\u{e0fff}';
const INVISIBLE = new RegExp(`^[${HIDDEN}]*$`, 'u');

/** For the OpenAPI document: a text that is not refused as empty. */
export const SHOWS_SOMETHING = `[^${HIDDEN}\\u030a\\u0333\\u033f]`;

/** The text as Telegram takes it, except for white space at its ends. */
export function cleanText(text: string): string {
  return UNUSUAL.test(text) ? withoutRemoved(replaced(text)) : text;
}

/** Like {@link cleanText}, but keeps tabs: in Markdown that is to be parsed they indent. */
export function cleanSource(text: string): string {
  if (!UNUSUAL.test(text)) return text;
  return text
    .split('\t')
    .map((piece) => cleanText(piece))
    .join('\t');
}

/** The text as Telegram takes it, trimmed, with its entities in their places; those of nothing but white space are dropped. */
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

/** Whether Telegram refuses the text as MESSAGE_EMPTY: it shows nothing. */
export function isInvisible(text: string): boolean {
  return INVISIBLE.test(text);
}

/**
 * Compares texts of messages with one that was sent, however a server changed it. A text that was queued before texts were normalised
 * may have lost more on its way: there only what shows counts.
 */
export function sameTextAs(sent: string): (found: string) => boolean {
  const form = cleanText(sent) === sent ? comparable : shownOnly;
  const wanted = form(sent);
  return (found) => form(found) === wanted;
}

/** One space for each stretch of white space, nothing for what is invisible. */
function comparable(text: string): string {
  return cleanText(text)
    .replace(/[\u200b-\u200f\u2060-\u206f\ufeff]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function shownOnly(text: string): string {
  return text.normalize('NFD').replace(/[\s\p{Cc}\p{Cf}\u030a\u0333\u033f]+/gu, '');
}

/** Changes that keep the length, but for the rings that {@link withoutRemoved} drops. */
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

/** Not by a pattern: it would take time that grows with the square of the spaces within. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\n')) end -= 1;
  return text.slice(0, end);
}
