/** Acknowledgements sent together, and the most ms that the first waits for others. */
const TOGETHER = 8;
const HOLD_MS = 15_000;

/**
 * The pending acknowledgements of GramJS, some of them held back. GramJS would send one with every call, which costs as
 * much as the call itself, so several are sent together.
 * They still go out only with other data, so an idle account acknowledges its last answers with its next ping.
 */
export class HeldAcks<T> extends Set<T> {
  readonly #now: () => number;
  #heldSince = 0;

  constructor(now: () => number = Date.now) {
    super();
    this.#now = now;
  }

  override add(id: T): this {
    if (super.size === 0) this.#heldSince = this.#now();
    return super.add(id);
  }

  /** 0 while the acknowledgements wait for others. GramJS reads this before it writes. */
  override get size(): number {
    const held = super.size;
    return held >= TOGETHER || this.#now() - this.#heldSince >= HOLD_MS ? held : 0;
  }
}
