import { Api } from 'telegram/tl/index.js';
import { messageIn, type Arrival } from './arrivals.ts';

/** Messages to remember: more than an account sends while a difference is fetched. */
const MAX_KNOWN = 500;

/**
 * The random ids of messages that the account has sent lately, by Telegram's answers. A difference may tell a message
 * before the reader reads the answer, and names no random id.
 */
export class SentMessages {
  readonly #randomIds = new Map<string, string>();

  /** @param answer what Telegram answered to a call of the account. */
  remember(answer: readonly Arrival[]): void {
    for (const arrival of answer) {
      const key = keyOf(arrival);
      if (key === undefined || arrival.randomId === undefined) continue;
      this.#randomIds.set(key, arrival.randomId);
      const [oldest] = this.#randomIds.keys();
      if (this.#randomIds.size > MAX_KNOWN && oldest !== undefined) this.#randomIds.delete(oldest);
    }
  }

  /** Adds the random id if it is known. */
  named(arrival: Arrival): Arrival {
    const key = arrival.randomId === undefined ? keyOf(arrival) : undefined;
    const randomId = key === undefined ? undefined : this.#randomIds.get(key);
    return randomId === undefined ? arrival : { ...arrival, randomId };
  }
}

/** `undefined`: it is no new message. */
function keyOf({ update, channelId }: Arrival): string | undefined {
  const isNew = update instanceof Api.UpdateNewMessage || update instanceof Api.UpdateNewChannelMessage;
  const message = isNew ? messageIn(update) : undefined;
  return message === undefined ? undefined : `${channelId ?? ''}:${message.id}`;
}
