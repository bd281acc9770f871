/**
 * What is known of up to so many keys. When one more comes all the others are forgotten: cheaper than to keep account of which is the oldest,
 * and right where what is forgotten is found out again.
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

/** A function that always says the same of the same key, and works it out once as long as it remembers it: up to so many at a time. */
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
