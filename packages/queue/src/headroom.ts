/** ms that a count of what waits is gone by. */
const FRESH_MS = 1_000;
/** Of the room that was counted, this part is given out before it is counted again: others may be adding too. */
const SHARE = 10;
/** Accounts remembered at a time. */
const MAX_KNOWN = 10_000;

/** Room in the lines of accounts, as last counted, so that an account far from its limit is not counted with every message. */
export class Headroom {
  readonly #known = new Map<string, { left: number; until: number }>();

  /** Takes room for some more messages. `false`: it must be counted first. */
  take(userId: string, messages: number): boolean {
    const known = this.#known.get(userId);
    if (known === undefined || known.left < messages || known.until <= Date.now()) return false;
    known.left -= messages;
    return true;
  }

  /** There was room for so many more just now. */
  note(userId: string, room: number): void {
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(userId, { left: Math.floor(room / SHARE), until: Date.now() + FRESH_MS });
  }
}
