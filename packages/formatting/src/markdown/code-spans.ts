/** Finds the ends of inline code. Scans the text once for any number of calls. */
export class CodeSpans {
  /** Positions of the backtick runs of each length, ascending. */
  readonly #runs = new Map<number, number[]>();

  constructor(text: string) {
    if (!text.includes('`')) return;
    for (const { 0: ticks, index } of text.matchAll(/`+/g)) {
      const starts = this.#runs.get(ticks.length);
      if (starts === undefined) this.#runs.set(ticks.length, [index]);
      else starts.push(index);
    }
  }

  /** The position of the first run of exactly `count` backticks at or after `from`; -1 if there is none. */
  closing(from: number, count: number): number {
    const starts = this.#runs.get(count) ?? [];
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) < from) low = middle + 1;
      else high = middle;
    }
    return starts[low] ?? -1;
  }
}

/** The number of backticks at `at`. */
export function backtickCount(text: string, at: number): number {
  let end = at;
  while (text.charAt(end) === '`') end += 1;
  return end - at;
}
