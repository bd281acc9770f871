import type { EventDraft } from '@gateway/contracts';
import type { Append, Inbox } from '@gateway/queue';

/** How many numbers are reserved at a time. Each reservation writes the account's record. */
const BLOCK = 10_000;

export interface AccountInboxOptions {
  userId: string;
  inbox: Pick<Inbox, 'append' | 'readState' | 'writeReceiving' | 'forget' | 'publishLive'>;
  fence: string;
  /** The stored limit of the account's numbers; 0: it never received. */
  limit: () => number;
  /** Stores a higher limit. */
  raiseLimit: (limit: number) => Promise<void>;
}

/**
 * One account's sequence of events. Its numbers never go back: the session store keeps a limit above all of them, at
 * which the sequence goes on if Redis loses its data.
 */
export class AccountInbox {
  readonly #options: AccountInboxOptions;
  #hasAppended = false;

  constructor(options: AccountInboxOptions) {
    this.#options = options;
  }

  /**
   * Appends events and stores the place in Telegram's updates that they lead to, in one step. Does nothing once the
   * signal is aborted.
   * @throws {Fenced}
   */
  async append(append: Omit<Append, 'seq'>, signal?: AbortSignal): Promise<void> {
    const { inbox, userId, fence, limit, raiseLimit } = this.#options;
    // If Redis has lost its data, the sequence goes on above the limit that was stored before.
    const start = limit();
    for (;;) {
      if (signal?.aborted === true) return;
      const appended = await inbox.append(userId, fence, { ...append, seq: { start, limit: limit() } });
      this.#hasAppended ||= appended !== 'limit';
      if (appended !== 'limit') return;
      await raiseLimit(limit() + BLOCK + append.events.length);
    }
  }

  /** Appends an event of the account itself. @throws {Fenced} */
  async tell(event: EventDraft): Promise<void> {
    await this.append({ events: [event] });
  }

  /**
   * The stored place in Telegram's updates. If Redis has lost the latest events, a gap is told first.
   * @throws {Fenced}
   */
  async readState(): Promise<Record<string, string> | null> {
    if (this.#hasAppended) await this.append({ events: [] });
    return this.#options.inbox.readState(this.#options.userId);
  }

  publishLive(event: Parameters<Inbox['publishLive']>[1]): Promise<void> {
    return this.#options.inbox.publishLive(this.#options.userId, event);
  }

  /** Shows the settings to the API. @throws {Fenced} */
  writeSettings(settings: Parameters<Inbox['writeReceiving']>[2]): Promise<void> {
    return this.#options.inbox.writeReceiving(this.#options.userId, this.#options.fence, settings);
  }

  /** Deletes all events. The numbers go on. @throws {Fenced} */
  forget(): Promise<void> {
    return this.#options.inbox.forget(this.#options.userId, this.#options.fence);
  }
}
