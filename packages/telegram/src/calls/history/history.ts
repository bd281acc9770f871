import { sameTextAs } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../../caller.ts';
import type { SentMessage } from '../sent-message.ts';

const PAGE_SIZE = 100;
/** Pages to search, the newest first: bounded, yet enough for hours of a busy group. */
const MAX_PAGES = 20;

/** Seconds that Telegram's clock may lag behind ours. */
const CLOCK_SKEW = 60;

/** The lower bound of a search for a message. */
export interface Floor {
  /** Only messages with a greater id match; 0: no earlier message is known. */
  after: number;
  /** Only messages from this time on match: ms since the epoch, by our clock. */
  since?: number;
}

/**
 * Searches a chat for this account's own message with the same text ({@link sameTextAs}) that `isLike` accepts, down to
 * the floor and at most among the last 2,000 messages there. `undefined`: not found. Throws the call's failure, which
 * says nothing about the message.
 *
 * If several messages match:
 * - With `after` it returns the *oldest*. Sends to a chat go one after the other, so the gateway sent nothing between
 *   `after` and the wanted message, nor after it. Only the account's owner can have written a duplicate, in another
 *   app, and rather later (people who wait in vain write again) than before.
 * - Without `after` it returns the *newest*. There is no floor then, so the oldest match is likely another message (the
 *   same "good morning" of last week), and the gateway sent nothing after the wanted one.
 */
export async function findInHistory(
  asker: Asker,
  peer: Api.TypeInputPeer,
  text: string,
  { after, since = 0 }: Floor,
  isLike: (message: Api.Message) => boolean = () => true,
): Promise<SentMessage | undefined> {
  const earliest = since / 1000 - CLOCK_SKEW;
  const isSame = sameTextAs(text);
  let found: SentMessage | undefined;
  for await (const page of pagesOf(asker, peer, after, earliest)) {
    const isOwn = ownMessagesIn(page, peer);
    const matches = page.messages
      .filter((message) => message instanceof Api.Message)
      .filter((message) => message.id > after && message.date >= earliest)
      .filter((message) => isOwn(message) && isSame(message.message ?? '') && isLike(message))
      .map((message) => ({ id: message.id, date: message.date, message }))
      .toSorted((a, b) => b.id - a.id);
    if (after === 0 && matches[0] !== undefined) return matches[0];
    found = matches.at(-1) ?? found;
  }
  return found;
}

/** This account's own messages in a chat, down to the floor and at most among the last 2,000 messages there. */
export async function ownInHistory(
  asker: Asker,
  peer: Api.TypeInputPeer,
  { after, since = 0 }: Floor,
): Promise<Api.Message[]> {
  const earliest = since / 1000 - CLOCK_SKEW;
  const own: Api.Message[] = [];
  for await (const page of pagesOf(asker, peer, after, earliest)) {
    const isOwn = ownMessagesIn(page, peer);
    own.push(
      ...page.messages
        .filter((message) => message instanceof Api.Message)
        .filter((message) => message.id > after && message.date >= earliest && isOwn(message)),
    );
  }
  return own;
}

type Page = Exclude<Api.messages.TypeMessages, Api.messages.MessagesNotModified>;

/**
 * Yields the chat's messages above the floor page by page, the newest first.
 * @param earliest seconds since the epoch.
 */
export async function* pagesOf(
  asker: Asker,
  peer: Api.TypeInputPeer,
  after: number,
  earliest: number,
): AsyncGenerator<Page> {
  let offsetId = 0;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer: Api.messages.TypeMessages = await asker.ask(
      new Api.messages.GetHistory({
        peer,
        offsetId,
        offsetDate: 0,
        addOffset: 0,
        limit: PAGE_SIZE,
        maxId: 0,
        minId: after,
        hash: bigInt.zero,
      }),
    );
    if (answer instanceof Api.messages.MessagesNotModified) return;
    yield answer;
    const oldest = Math.min(...answer.messages.map(({ id }) => id));
    // `messages.messages` means that there are no more pages.
    if (answer instanceof Api.messages.Messages || oldest === Infinity || oldest <= after + 1) return;
    if (answer.messages.some((message) => 'date' in message && message.date < earliest)) return;
    offsetId = oldest;
  }
}

/** Telegram does not mark messages as outgoing in the chat with oneself, whatever name it is addressed by. */
function ownMessagesIn(page: Page, peer: Api.TypeInputPeer): (message: Api.Message) => boolean {
  const isSelf =
    peer instanceof Api.InputPeerSelf ||
    (peer instanceof Api.InputPeerUser &&
      page.users.some((user) => user instanceof Api.User && user.self && user.id.equals(peer.userId)));
  return (message) => isSelf || message.out === true;
}
