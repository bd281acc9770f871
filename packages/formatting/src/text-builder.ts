import type { Entity } from '@gateway/contracts';

type WithoutSpan<T> = T extends unknown ? Omit<T, 'offset' | 'length'> : never;

/** An entity without its position in the text. */
export type Format = WithoutSpan<Entity>;

/** A format and the part of a text that it covers. */
export interface Span {
  format: Format;
  start: number;
  end: number;
}

/** A text with its formats, before `tidy`. */
export interface MarkedUp {
  text: string;
  spans: readonly Span[];
}

/** Text added by {@link TextBuilder.addOptional}, which may still be dropped. */
export interface OptionalText {
  readonly at: number;
  readonly length: number;
  kept: boolean;
}

/** Builds a text with its entities piece by piece. No call reads the existing text, so building is linear. */
export class TextBuilder {
  readonly #pieces: { at: number; text: string }[] = [];
  readonly #optional: OptionalText[] = [];
  readonly #spans: Span[] = [];
  #length = 0;
  /** Position after the last character that is not a space. */
  #solidEnd = 0;
  #droppable = 0;

  /** A position for {@link format}, in UTF-16 units. Counts optional text even if it is dropped later. */
  get length(): number {
    return this.#length;
  }

  /** Grows with the text that will be visible. Equal values mean that none was added in between. */
  get shown(): number {
    return this.#length - this.#droppable;
  }

  add(text: string): void {
    if (text === '') return;
    this.#pieces.push({ at: this.#length, text });
    const solid = text.trimEnd().length;
    if (solid > 0) this.#solidEnd = this.#length + solid;
    this.#length += text.length;
  }

  /** Adds text that {@link build} drops unless {@link keep} was called. */
  addOptional(text: string): OptionalText {
    const optional: OptionalText = { at: this.#length, length: text.length, kept: false };
    this.#optional.push(optional);
    this.#pieces.push({ at: this.#length, text });
    this.#length += text.length;
    this.#droppable += text.length;
    return optional;
  }

  keep(optional: OptionalText): void {
    if (optional.kept) return;
    optional.kept = true;
    this.#droppable -= optional.length;
  }

  /** Formats all text added since `start`. */
  format(start: number, format: Format): void {
    if (this.#length > start) this.#spans.push({ format, start, end: this.#length });
  }

  /** Whether only spaces were added since `start`. */
  isBlankSince(start: number): boolean {
    return this.#solidEnd <= start;
  }

  /** The text added since `start`. Linear in its length, so use it for short texts only. */
  since(start: number): string {
    let first = this.#pieces.length;
    while (first > 0 && (this.#pieces[first - 1]?.at ?? 0) >= start) first -= 1;
    const before = this.#pieces[first - 1];
    const head = before === undefined ? '' : before.text.slice(start - before.at);
    return head + textOf(this.#pieces.slice(first));
  }

  build(): MarkedUp {
    const dropped = this.#optional.filter(({ kept }) => !kept);
    if (dropped.length === 0) return { text: textOf(this.#pieces), spans: this.#spans };
    const gone = new Set(dropped.map(({ at }) => at));
    const lengths = runningLengths(dropped);
    return {
      text: textOf(this.#pieces.filter(({ at }) => !gone.has(at))),
      spans: this.#spans.map(({ format, start, end }) => ({
        format,
        start: start - (lengths[countBefore(dropped, start)] ?? 0),
        end: end - (lengths[countBefore(dropped, end)] ?? 0),
      })),
    };
  }
}

function textOf(pieces: readonly { text: string }[]): string {
  return pieces.map(({ text }) => text).join('');
}

function runningLengths(texts: readonly OptionalText[]): number[] {
  const sums = [0];
  let sum = 0;
  for (const { length } of texts) sums.push((sum += length));
  return sums;
}

/** The number of optional texts that start before `at`. `texts` is ascending. */
function countBefore(texts: readonly OptionalText[], at: number): number {
  let low = 0;
  let high = texts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((texts[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
