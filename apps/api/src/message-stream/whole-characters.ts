/**
 * Puts surrogate pairs together that a model's stream has cut in two, and replaces other halves by U+FFFD: nothing else can take them, and a
 * reply cannot be refused for one character.
 */
export class WholeCharacters {
  /** Halves that had no other half. */
  replaced = 0;
  /** A first half at the end of the last piece. */
  #first = '';

  /** The piece, without a first half at its end, which waits for the next piece. */
  add(piece: string): string {
    const text = this.#first + piece;
    this.#first = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : '';
    return this.#wellFormed(this.#first === '' ? text : text.slice(0, -1));
  }

  /** What is left at the end of the stream. */
  end(): string {
    const rest = this.#wellFormed(this.#first);
    this.#first = '';
    return rest;
  }

  #wellFormed(text: string): string {
    if (text.isWellFormed()) return text;
    this.replaced += text.match(/\p{Cs}/gu)?.length ?? 0;
    return text.toWellFormed();
  }
}
