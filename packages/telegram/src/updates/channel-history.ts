import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../caller.ts';
import { pagesOf } from '../calls/history/history.ts';
import type { Recipients } from '../peers/recipients.ts';
import { arrivalsOfMessages, type Arrival } from './arrivals.ts';
import type { People } from './people.ts';

/** Reads a channel's messages where Telegram no longer tells the difference. */
export class ChannelHistory {
  readonly #options: { asker: Asker; recipients: Recipients; people: People };

  constructor(options: { asker: Asker; recipients: Recipients; people: People }) {
    this.#options = options;
  }

  /**
   * Yields the messages after the id `after` and from `since` (seconds) on, page by page, the oldest first; the latest
   * 2,000 if there are more. `before`: only those before this id.
   */
  async *since(
    { channelId, accessHash }: Api.InputChannel,
    { after, before = null, since }: { after: number; before?: number | null; since: number },
  ): AsyncGenerator<Arrival[]> {
    const { asker, recipients, people } = this.#options;
    const peer = new Api.InputPeerChannel({ channelId, accessHash });
    const pages: Arrival[][] = [];
    // Telegram pages from the newest message on.
    for await (const page of pagesOf(asker, peer, after, since)) {
      recipients.remember(page);
      people.remember(page);
      const wanted = page.messages
        .filter(({ id }) => id > after && (before === null || id < before))
        .filter((message) => 'date' in message && message.date >= since)
        .toSorted((a, b) => a.id - b.id);
      pages.push(arrivalsOfMessages(wanted, page));
    }
    yield* pages.toReversed();
  }
}
