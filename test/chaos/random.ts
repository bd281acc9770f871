/** The only source of chance in a chaos run (mulberry32): the same seed gives the same numbers. */
export class Random {
  #state: number;

  /** `seed`: any integer; its lowest 32 bits count. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to 1, 1 excluded. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** True with the probability `share` (0 to 1). */
  chance(share: number): boolean {
    return this.next() < share;
  }

  /** @throws {Error} if the list is empty. */
  pick<T>(list: readonly T[]): T {
    const [picked] = list.slice(this.whole(0, list.length - 1));
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  shuffled<T>(list: readonly T[]): T[] {
    const keyed = list.map((item) => ({ item, key: this.next() }));
    return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
  }

  /** A separate source, so that draws in one part do not change the numbers in another. */
  fork(): Random {
    return new Random(Math.floor(this.next() * 2 ** 32));
  }
}
