import type { Entity, FormattedText } from '@gateway/contracts';

type WithoutSpan<T> = T extends unknown ? Omit<T, 'offset' | 'length'> : never;

/** What an entity is, wherever it stands. */
export type Format = WithoutSpan<Entity>;

/** Builds a text with its entities, piece by piece. */
export class TextBuilder {
  #pieces: string[] = [];
  #length = 0;
  #entities: Entity[] = [];

  /** Of the text so far, in UTF-16 units. */
  get length(): number {
    return this.#length;
  }

  add(text: string): void {
    this.#pieces.push(text);
    this.#length += text.length;
  }

  /** Formats what has been added since `start`. */
  format(start: number, format: Format): void {
    this.formatSpan(start, this.#length, format);
  }

  formatSpan(start: number, end: number, format: Format): void {
    if (end > start) this.#entities.push({ ...format, offset: start, length: end - start });
  }

  /** What has been added since `start`, as plain text. */
  since(start: number): string {
    const text = this.#pieces.join('');
    this.#pieces = [text];
    return text.slice(start);
  }

  /** Puts plain text in, at `start`; what has been added behind it moves on. No entity may reach over that place. */
  insert(start: number, text: string): void {
    const all = this.since(0);
    this.#pieces = [all.slice(0, start), text, all.slice(start)];
    this.#length += text.length;
    this.#entities = this.#entities.map((entity) =>
      entity.offset >= start ? { ...entity, offset: entity.offset + text.length } : entity,
    );
  }

  build(): FormattedText {
    return { text: this.since(0), entities: this.#entities };
  }
}
