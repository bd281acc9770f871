import type { Entity, FormattedText } from '@gateway/contracts';
import { isCode, withoutNestedCode } from './markdown/nested-code.ts';
import type { Format, MarkedUp, Span } from './text-builder.ts';

/**
 * Normalises a formatted text as Telegram does, because Telegram's own changes would shift offsets. Trims the text;
 * removes spaces at entity ends, empty entities and entities inside code; joins equal adjacent entities. Sorts by
 * start, outer entities first.
 */
export function tidy({ text, spans }: MarkedUp): FormattedText {
  const trimmed = text.trim();
  const lead = text.length - text.trimStart().length;
  // Joined first, since code then splits fewer of them.
  const whole = joined(sorted(spans));
  const bounds = new SolidBounds(text, lead, lead + trimmed.length);
  const tight: Span[] = [];
  for (const span of withoutNestedCode(whole)) {
    const start = bounds.next(span.start);
    const end = bounds.previous(span.end);
    if (start < end) tight.push({ format: span.format, start, end });
  }
  return { text: trimmed, entities: joined(sorted(tight)).map((span) => entityOf(span, lead)) };
}

/** @param lead number of characters trimmed from the start. */
function entityOf({ format, start, end }: Span, lead: number): Entity {
  const offset = start - lead;
  const length = end - start;
  switch (format.type) {
    case 'pre':
    case 'text_link':
    case 'text_mention':
    case 'custom_emoji':
    case 'blockquote':
      return { ...format, offset, length };
    default:
      // Most entities have no further fields. Creating them takes a tenth of the time of copying `format`.
      return { type: format.type, offset, length };
  }
}

/** Finds positions without a space before or after them. */
class SolidBounds {
  readonly #from: number;
  readonly #to: number;
  /** Starts and ends of all runs of spaces, ascending. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  /** @param from start of the trimmed text; `to`: its end. */
  constructor(text: string, from: number, to: number) {
    this.#from = from;
    this.#to = to;
    for (const { 0: spaces, index } of text.matchAll(/\s+/g)) {
      this.#starts.push(index);
      this.#ends.push(index + spaces.length);
    }
  }

  /** The first position at or after `at` that is not before a space. */
  next(at: number): number {
    const from = Math.max(this.#from, at);
    const run = firstAbove(this.#ends, from);
    return (this.#starts[run] ?? this.#to) <= from ? (this.#ends[run] ?? from) : from;
  }

  /** The last position at or before `at` that is not after a space. */
  previous(at: number): number {
    const from = Math.min(this.#to, at);
    const start = this.#starts[firstAbove(this.#ends, from - 1)] ?? this.#to;
    return Math.min(start, from);
  }
}

/** The index of the first number greater than `value`. `numbers` is ascending. */
function firstAbove(numbers: readonly number[], value: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Outer ones first. */
export function sorted(spans: readonly Span[]): Span[] {
  return spans.toSorted((a, b) => a.start - b.start || b.end - a.end || rankOf(a) - rankOf(b));
}

/** For spans over the same text: code and emoji are the inner ones. */
function rankOf(span: Span): number {
  return isCode(span) || span.format.type === 'custom_emoji' ? 1 : 0;
}

/** Adjacent formats of these types are not joined, because each is a separate element. */
const NEVER_JOINED: ReadonlySet<Format['type']> = new Set(['pre', 'blockquote', 'custom_emoji']);

/** Joins equal spans that overlap or touch, such as bold inside bold. `spans` must be sorted. */
export function joined(spans: readonly Span[]): Span[] {
  const last = new Map<string, number>();
  const result: Span[] = [];
  for (const span of spans) {
    const key = keyOf(span.format);
    const index = last.get(key);
    const before = index === undefined ? undefined : result[index];
    const gap = NEVER_JOINED.has(span.format.type) ? 1 : 0;
    if (index !== undefined && before !== undefined && before.end >= span.start + gap) {
      if (span.end > before.end) result[index] = { ...before, end: span.end };
    } else {
      last.set(key, result.length);
      result.push(span);
    }
  }
  return result;
}

/** A key that is equal for equal formats. */
function keyOf(format: Format): string {
  switch (format.type) {
    case 'pre':
      return `pre ${format.language}`;
    case 'text_link':
      return `link ${format.url}`;
    case 'text_mention':
      return `mention ${format.user_id}`;
    case 'custom_emoji':
      return `emoji ${format.custom_emoji_id}`;
    case 'blockquote':
      return `quote ${format.expandable}`;
    default:
      return format.type;
  }
}
