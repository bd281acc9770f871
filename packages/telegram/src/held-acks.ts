/** Acknowledgements that go out together, and ms that the first of them may wait for others. */
const TOGETHER = 8;
const HOLD_MS = 15_000;

/**
 * Answers that Telegram has not been told of that they have come, as GramJS asks about them before it writes: it would send an acknowledgement
 * along with each call, and that costs as much as the call. Some are held back for those to come. They still go only with what is written
 * anyway, so an account at rest acknowledges its last answers with its next ping.
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

  /** None, while they wait for others. */
  override get size(): number {
    const held = super.size;
    return held >= TOGETHER || this.#now() - this.#heldSince >= HOLD_MS ? held : 0;
  }
}
