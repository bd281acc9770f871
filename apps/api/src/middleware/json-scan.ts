/** An item of a list. */
export interface ScannedItem {
  /** Its byte range: `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  /** See {@link JsonScan}. */
  readonly separators: number;
  readonly nameBytes: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const U = 0x75;

/**
 * Scans JSON piece by piece, so that a long text does not block the event loop. The text need not be valid JSON. The
 * scan only limits the work of parsing; the parser decides whether the text is valid.
 */
export class JsonScan {
  /** Maximum nesting depth of objects and lists so far. */
  depth = 0;
  /** Commas and colons outside strings: about two per object field, one per list item. */
  separators = 0;
  /** Total bytes of all field names. */
  nameBytes = 0;
  /** Whether a string may contain half a surrogate pair. In UTF-8, JSON can express one only as an escape. */
  mayHoldHalfPair = false;
  /**
   * The items of the lists that are fields of the outermost object, in order. An empty list counts as one blank item.
   */
  readonly items: ScannedItem[] = [];
  /** {@link separators} outside of these items. */
  outerSeparators = 0;
  /** {@link nameBytes} outside of these items. */
  outerNameBytes = 0;
  /** Number of objects and lists that are currently open; 0 at the end of valid JSON. */
  open = 0;
  #isObject = false;
  #itemFrom = -1;
  #itemSeparators = 0;
  #itemNameBytes = 0;
  #inString = false;
  #stringFrom = 0;
  #lastStringBytes = 0;
  /** Number of characters since the backslash of an escape; 0: not in an escape. */
  #escape = 0;

  add(bytes: Uint8Array, from: number, to: number): void {
    for (let index = from; index < to; index++) {
      const byte = bytes[index] ?? 0;
      if (!this.#inString) this.#structure(byte, index);
      else if (this.#escape > 0) this.#escaped(byte);
      else if (byte === BACKSLASH) this.#escape = 1;
      else if (byte === QUOTE) {
        this.#inString = false;
        this.#lastStringBytes = index - this.#stringFrom;
      }
    }
  }

  #structure(byte: number, index: number): void {
    switch (byte) {
      case QUOTE:
        this.#inString = true;
        this.#stringFrom = index;
        return;
      case 0x3a: // :
        this.#separator();
        this.nameBytes += this.#lastStringBytes;
        if (this.#isInItem) this.#itemNameBytes += this.#lastStringBytes;
        else this.outerNameBytes += this.#lastStringBytes;
        return;
      case 0x2c: // ,
        this.#separator();
        if (this.open === 2) this.#endItem(index);
        return;
      case 0x5b: // [
      case 0x7b: // {
        this.open += 1;
        this.depth = Math.max(this.depth, this.open);
        if (this.open === 1) this.#isObject = byte === 0x7b;
        if (this.open === 2 && this.#isObject && byte === 0x5b) this.#itemFrom = index + 1;
        return;
      case 0x5d: // ]
      case 0x7d: // }
        if (this.open === 2) this.#endItem(index);
        this.open -= 1;
        if (this.open < 2) this.#itemFrom = -1;
    }
  }

  get #isInItem(): boolean {
    return this.#itemFrom >= 0 && this.open > 2;
  }

  #separator(): void {
    this.separators += 1;
    if (this.#isInItem) this.#itemSeparators += 1;
    else this.outerSeparators += 1;
  }

  #endItem(index: number): void {
    if (this.#itemFrom < 0) return;
    const [separators, nameBytes] = [this.#itemSeparators, this.#itemNameBytes];
    this.items.push({ from: this.#itemFrom, to: index, separators, nameBytes });
    this.#itemFrom = index + 1;
    this.#itemSeparators = 0;
    this.#itemNameBytes = 0;
  }

  /** Matches the escape `\uD8…` to `\uDF…`: `u`, `d`, then a digit from 8 to f. */
  #escaped(byte: number): void {
    if (this.#escape === 1) this.#escape = byte === U ? 2 : 0;
    else if (this.#escape === 2) this.#escape = byte === 0x64 || byte === 0x44 ? 3 : 0;
    else {
      const isHalf =
        byte === 0x38 || byte === 0x39 || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
      if (isHalf) this.mayHoldHalfPair = true;
      this.#escape = 0;
    }
  }
}
