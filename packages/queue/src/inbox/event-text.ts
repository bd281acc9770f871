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
    const json = JSON.stringify(event.type === 'chat.member' ? { ...event, told_by: undefined } : event);
    return this.#isSealed ? this.#sealer.seal(json, contextOf(userId)) : json;
  }

  /**
   * Tells one edit of a message from another; empty for a message that was not edited. The date alone does not: its
   * unit is seconds.
   */
  editOf(event: EventDraft): string {
    if (!('message' in event) || event.message.edit_date === null) return '';
    const { edit_date: date, text, entities, buttons, media } = event.message;
    const content = JSON.stringify([text, entities, buttons, media?.type, media?.size]);
    return `${date} ${this.#sealer.pseudonym(content, 'event').slice(0, 8)}`;
  }

  /** The cast is safe: only {@link write} writes these texts. @throws {SealingError} */
  read(userId: string, text: string): EventDraft {
    return JSON.parse(text.startsWith('{') ? text : this.#sealer.open(text, contextOf(userId))) as EventDraft;
  }
}

function contextOf(userId: string): string {
  return `event:${userId}`;
}
