import type { PeerId } from '../../state/model.ts';

/** One "typing…" that an account has shown. */
export interface TypingNotice {
  from: number;
  to: PeerId;
  /** The TL name, e.g. `sendMessageTypingAction`. */
  action: string;
  topicId?: number;
  /** Unix milliseconds. */
  at: number;
}

/** How many notices are kept. */
const MAX_NOTICES = 10_000;

/** The latest typing notices, oldest first. They are kept in memory only. */
export class TypingNotices {
  #notices: TypingNotice[] = [];

  add(notice: TypingNotice): void {
    this.#notices.push(notice);
    if (this.#notices.length > MAX_NOTICES) this.#notices.shift();
  }

  list(): readonly TypingNotice[] {
    return this.#notices;
  }
}
