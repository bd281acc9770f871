import { sameTextAs } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../../caller.ts';
import type { SentMessage } from '../sent-message.ts';
import { messagesById } from './messages-by-id.ts';

const PAGE_SIZE = 100;
/** Pages to search, from the floor upwards. */
const MAX_PAGES = 10;

/**
 * Searches a chat for a bot's own message with the same text ({@link sameTextAs}): the oldest one after `after`.
 * `undefined`: not found, or there is no id to start from (`after` is 0).
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
  for await (const page of ownPages(asker, peer, after)) {
    const message = page.find((each) => isSame(each.message) && isLike(each));
    if (message !== undefined) return { id: message.id, date: message.date, message };
  }
  return undefined;
}

/** A bot's own messages in a chat after the message `after`. */
export async function ownByIds(asker: Asker, peer: Api.TypeInputPeer, after: number): Promise<Api.Message[]> {
  const own: Api.Message[] = [];
  for await (const page of ownPages(asker, peer, after)) own.push(...page);
  return own;
}

/**
 * A bot may not read a chat's history, but may fetch messages by id. Ids are consecutive across all its private chats
 * and groups, or within one channel.
 */
async function* ownPages(
  asker: Asker,
  peer: Api.TypeInputPeer,
  after: number,
): AsyncGenerator<Api.Message[]> {
  for (let page = 0; page < MAX_PAGES; page++) {
    const first = after + 1 + page * PAGE_SIZE;
    const ids = Array.from({ length: PAGE_SIZE }, (_, index) => first + index);
    const found = await messagesById(asker, peer, ids);
    if (found.length === 0) return;
    yield found
      .filter(({ isInChat }) => isInChat)
      .map(({ message }) => message)
      .filter((message) => message instanceof Api.Message)
      .filter((message) => message.out === true);
  }
}
