import type { Entity } from '@gateway/contracts';
import { isOneEmoji } from './emoji.ts';
import { customEmoji, linkTo } from './markdown/link-target.ts';
import { withoutNestedCode } from './markdown/nested-code.ts';
import type { Format, Span } from './text-builder.ts';
import { joined, sorted } from './tidy.ts';

/** An entity of any kind. Kinds that are no format, such as hashtags, stay text. */
export type AnyEntity = Entity | { type: string; offset: number; length: number };

/**
 * The formats of a message that the parser of `html` takes, outer ones first. Drops links that it refuses, quotes
 * inside quotes, links inside links, custom emoji over anything but one emoji, and formats inside code.
 */
export function spansForHtml(text: string, entities: readonly AnyEntity[]): Span[] {
  const spans = sorted(entities.flatMap((entity) => spanOf(text, entity)));
  const separate = withoutOverlaps(spans);
  const whole = boundsBetweenCharacters(text, separate);
  const snapped = separate.flatMap(({ format, start, end }) => {
    const span = { format, start: whole[start] ?? start, end: whole[end] ?? end };
    return span.start < span.end ? [span] : [];
  });
  return sorted(withoutNestedCode(joined(sorted(snapped))));
}

const SIMPLE = new Set<string>(['bold', 'italic', 'underline', 'strikethrough', 'spoiler', 'code'] as const);

function spanOf(text: string, entity: AnyEntity): Span[] {
  const start = Math.max(0, entity.offset);
  const end = Math.min(text.length, entity.offset + entity.length);
  if (!(start < end)) return [];
  const format = formatOf(text.slice(start, end), entity);
  return format === null ? [] : [{ format, start, end }];
}

/** `null` for an entity that is no format, or that the parser refuses over this text. */
function formatOf(text: string, entity: AnyEntity): Format | null {
  if (isSimple(entity)) return { type: entity.type };
  if ('language' in entity)
    return { type: 'pre', language: /^\S+$/.test(entity.language) ? entity.language : '' };
  if ('url' in entity) return linkTo(entity.url);
  if ('user_id' in entity) return linkTo(`tg://user?id=${entity.user_id}`);
  if ('expandable' in entity) return { type: 'blockquote', expandable: entity.expandable };
  if ('custom_emoji_id' in entity) return isOneEmoji(text) ? customEmoji(entity.custom_emoji_id) : null;
  return null;
}

function isSimple(
  entity: AnyEntity,
): entity is Extract<
  Entity,
  { type: 'bold' | 'italic' | 'underline' | 'strikethrough' | 'spoiler' | 'code' }
> {
  return SIMPLE.has(entity.type);
}

/** Formats of one kind that must not contain one another. */
const KINDS: Readonly<Partial<Record<Format['type'], string>>> = {
  blockquote: 'quote',
  text_link: 'link',
  text_mention: 'link',
  custom_emoji: 'emoji',
};

/** `spans` must be sorted: of those that overlap, the outer or earlier one stays. */
function withoutOverlaps(spans: readonly Span[]): Span[] {
  const ends = new Map<string, number>();
  return spans.filter(({ format, start, end }) => {
    const kind = KINDS[format.type];
    if (kind === undefined) return true;
    if ((ends.get(kind) ?? 0) > start) return false;
    ends.set(kind, end);
    return true;
  });
}

/** For each position the nearest one before it that is inside no surrogate pair and no custom emoji. */
function boundsBetweenCharacters(text: string, spans: readonly Span[]): Uint32Array {
  const bounds = new Uint32Array(text.length + 1);
  for (let at = 0; at <= text.length; at += 1) bounds[at] = isInsidePair(text, at) ? at - 1 : at;
  for (const { format, start, end } of spans)
    if (format.type === 'custom_emoji') bounds.fill(start, start, end);
  return bounds;
}

function isInsidePair(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}
