/**
 * Joins surrogate pairs that a model's stream splits between pieces, and replaces unpaired surrogates by U+FFFD. They
 * cannot be encoded or sent, and one bad character is no reason to refuse a reply.
 */
export class WholeCharacters {
  /** Number of unpaired surrogates replaced. */
  replaced = 0;
  /** A high surrogate at the end of the last piece. */
  #first = '';

  /** Returns the piece, but keeps a high surrogate at its end for the next piece. */
  add(piece: string): string {
    const text = this.#first + piece;
    this.#first = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : '';
    return this.#wellFormed(this.#first === '' ? text : text.slice(0, -1));
  }

  /** Returns the rest at the end of the stream. */
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
