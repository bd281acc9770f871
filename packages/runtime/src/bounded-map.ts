/**
 * A map with a maximum number of keys. One key more clears it: that is cheaper than tracking the oldest key, and right
 * for values that can be computed again.
 */
export class BoundedMap<K, V extends {}> {
  readonly #most: number;
  readonly #known = new Map<K, V>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: K): V | undefined {
    return this.#known.get(key);
  }

  set(key: K, value: V): void {
    if (this.#known.size >= this.#most && !this.#known.has(key)) this.#known.clear();
    this.#known.set(key, value);
  }

  delete(key: K): void {
    this.#known.delete(key);
  }
}

/** Memoizes a pure function for at most `most` keys at a time. */
export function remembered<K, V extends {}>(most: number, workOut: (key: K) => V): (key: K) => V {
  const known = new BoundedMap<K, V>(most);
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = workOut(key);
    known.set(key, value);
    return value;
  };
}
