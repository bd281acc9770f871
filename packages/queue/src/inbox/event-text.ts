import type { EventDraft } from '@gateway/contracts';
import type { Sealer } from '@gateway/runtime';

/** Writes and reads events as Redis stores them: JSON, or sealed JSON. Sealed ones can always be read. */
export class EventText {
  readonly #sealer: Sealer;
  readonly #isSealed: boolean;

  constructor(sealer: Sealer, isSealed: boolean) {
    this.#sealer = sealer;
    this.#isSealed = isSealed;
  }

  write(userId: string, event: EventDraft): string {
    const json = JSON.stringify(event);
    return this.#isSealed ? this.#sealer.seal(json, contextOf(userId)) : json;
  }

  /** The cast is safe: only {@link write} writes these texts. @throws {SealingError} */
  read(userId: string, text: string): EventDraft {
    return JSON.parse(text.startsWith('{') ? text : this.#sealer.open(text, contextOf(userId))) as EventDraft;
  }
}

function contextOf(userId: string): string {
  return `event:${userId}`;
}
