import { sameTextAs } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../caller.ts';
import { messagesById } from './messages-by-id.ts';
import type { SentMessage } from './sent-message.ts';

const PAGE_SIZE = 100;
/** Pages to search, from the floor upwards. */
const MAX_PAGES = 10;

/**
 * Searches a chat for a bot's own message with the same text ({@link sameTextAs}): the oldest one after `after`.
 * `undefined`: not found, or there is no id to start from (`after` is 0).
 * A bot may not read a chat's history, but may fetch messages by id. Ids are consecutive across all its private chats
 * and groups, or within one channel.
 */
export async function findByIds(
  asker: Asker,
  peer: Api.TypeInputPeer,
  text: string,
  after: number,
  isLike: (message: Api.Message) => boolean = () => true,
): Promise<SentMessage | undefined> {
  if (after === 0) return undefined;
  const isSame = sameTextAs(text);
  for (let page = 0; page < MAX_PAGES; page++) {
    const first = after + 1 + page * PAGE_SIZE;
    const ids = Array.from({ length: PAGE_SIZE }, (_, index) => first + index);
    const messages = await messagesById(asker, peer, ids);
    for (const { message, isInChat } of messages)
      if (
        isInChat &&
        message instanceof Api.Message &&
        message.out === true &&
        isSame(message.message) &&
        isLike(message)
      )
        return { id: message.id, date: message.date, message };
    if (messages.length === 0) return undefined;
  }
  return undefined;
}
